"""Which image in the cache to take for a board."""

from pathlib import Path

from stormbench import tree
from stormbench.errors import HostToolError
from stormbench.image import cache
from stormbench.image.identity import firmware_sha256
from stormbench.image.image_info import inspect
from stormbench.image.recipe import DEFAULT_BOARD, recipe_for


def find_image(board: str = DEFAULT_BOARD) -> Path | None:
    """Find the image that fits the tree best; never builds one.

    Returns:
        The image that was made of exactly what is there now; otherwise the newest one with the
        tree's own firmware in it (made with another compiler, or another MicroPython); otherwise
        the newest one of that board, whose Hello will show another source hash; otherwise None.
    """
    exact = _exact_image(board)
    if exact:
        return exact
    images = cache.stored_images(board)
    wanted = firmware_sha256(tree.firmware_sources())
    fitting = (path for path in images if inspect(path).source_sha256 == wanted)
    return next(fitting, images[0] if images else None)


def _exact_image(board: str) -> Path | None:
    try:
        return cache.stored_image(board, recipe_for(board).key)
    except HostToolError:  # No sources, no tool-chain, no such board: then there is no key.
        return None
