"""MicroPython's own image for the Pico, built here: the release cannot be had everywhere.

It is the board RPI_PICO of the sources that the hub's image is built from, without four drivers
of micropython-lib, which those sources lack and the hub does not import. It is kept beside the
build folders, where no command looks for an image.
"""

from pathlib import Path

from stormbench.image import cache
from stormbench.image.compilation import compile_image
from stormbench.image.identity import Identity
from stormbench.image.recipe import Recipe
from stormbench.image.sources import fetched_sources
from stormbench.image.toolchain import toolchain_version
from stormbench.image.uf2 import encode_uf2

BOARD = "RPI_PICO"
MANIFEST = b"""freeze("$(PORT_DIR)/modules")
include("$(MPY_DIR)/extmod/asyncio")
"""


def stock_micropython() -> Path:
    """The image; built if it is not there already, which takes a minute."""
    sources = fetched_sources()
    folder = sources.path / "ports" / "rp2" / "boards" / BOARD
    board = {
        f"{BOARD}/{path.name}": path.read_bytes() for path in folder.iterdir() if path.is_file()
    }
    board[f"{BOARD}/manifest.py"] = MANIFEST
    board[f"{BOARD}/mpconfigboard.cmake"] += (
        b"\nset(MICROPY_FROZEN_MANIFEST ${MICROPY_BOARD_DIR}/manifest.py)\n"
    )
    nobody = Identity((0, 0, 0), "")
    recipe = Recipe(BOARD, nobody, {}, board, sources, toolchain_version())
    kept = cache.builds_dir() / f"{BOARD}-for-tests" / f"{recipe.key}.uf2"
    if not kept.is_file():
        image = encode_uf2(compile_image(recipe, kept.parent / "build", lambda *_: None))
        kept.write_bytes(image)
    return kept
