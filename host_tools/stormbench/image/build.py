"""From the tree's firmware to a UF2 in the cache."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import filelock

from stormbench.errors import InvalidInput
from stormbench.image import cache
from stormbench.image.compilation import compile_image
from stormbench.image.identity import find_identity
from stormbench.image.image_info import inspect
from stormbench.image.recipe import DEFAULT_BOARD, Recipe, firmware_to_freeze, recipe_for
from stormbench.image.running import BuildFailed, OnStep
from stormbench.image.staging import mirror
from stormbench.image.uf2 import encode_uf2


@dataclass(frozen=True)
class Built:
    """An image in the cache, and what it was made of."""

    path: Path
    board: str
    source_sha256: str
    """Of the firmware's sources: 64 hex digits, lower case."""
    firmware_version: str
    micropython_version: str
    toolchain: str
    image_bytes: int
    """What the image takes of the flash."""
    reused: bool
    """It was in the cache already; nothing was compiled."""


def _say_nothing(_text: str, _share: float | None) -> None:
    pass


def build(
    board: str = DEFAULT_BOARD,
    micropython: Path | None = None,
    on_step: OnStep = _say_nothing,
) -> Built:
    """Build the image of the tree's own firmware, if it is not in the cache already.

    Two processes that build at once wait for each other.

    Args:
        board: The name of a folder in `boards/`.
        micropython: A MicroPython checkout; None takes the sources that were fetched.
        on_step: Told what is being done, and the share that is done.

    Raises:
        InvalidInput: There is no such board, or no MicroPython at that path.
        NoHub: Sources or tool-chain are not there.
        BuildFailed: Something did not compile; the text has the last lines and the log's path.
    """
    recipe = recipe_for(board, micropython)
    image = cache.stored_image(board, recipe.key)
    if image:
        return _built(recipe, image, reused=True)
    folder = folder_for(recipe)
    with _alone_in(folder, on_step):
        image = cache.stored_image(board, recipe.key)
        if image:
            return _built(recipe, image, reused=True)
        binary = compile_image(recipe, folder, on_step)
        _expect_identity(binary, recipe, folder)
        image = cache.store_image(board, recipe.key, encode_uf2(binary))
    return _built(recipe, image, reused=False)


def stage(folder: Path) -> None:
    """Write what the board's manifest freezes into a folder, for a build by hand.

    Raises:
        InvalidInput: There is something in that folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidInput(f"expected no folder, or an empty one, at {folder}, got something else")
    _, frozen = firmware_to_freeze()
    mirror(frozen, folder)


def _expect_identity(binary: bytes, recipe: Recipe, folder: Path) -> None:
    found = find_identity(binary)
    if found != recipe.identity:
        raise BuildFailed(
            f"expected an image of the sources {recipe.identity.source_sha256}, got "
            f"{found.source_sha256 if found else 'none in it'}; remove {folder} and build again"
        )


def folder_for(recipe: Recipe) -> Path:
    """Return where an image is built: one folder for each board and each place of sources."""
    place = hashlib.sha256(str(recipe.micropython.path).encode()).hexdigest()[:8]
    return cache.builds_dir() / f"{recipe.board}-{place}"


@contextmanager
def _alone_in(folder: Path, on_step: OnStep) -> Iterator[None]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(folder.with_name(folder.name + ".lock"))
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        on_step("waiting for another build", None)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _built(recipe: Recipe, image: Path, reused: bool) -> Built:
    return Built(
        path=image,
        board=recipe.board,
        source_sha256=recipe.identity.source_sha256,
        firmware_version=".".join(map(str, recipe.identity.version)),
        micropython_version=recipe.micropython.version,
        toolchain=recipe.toolchain,
        image_bytes=inspect(image).image_bytes,
        reused=reused,
    )
