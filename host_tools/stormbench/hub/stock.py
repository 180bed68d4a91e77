"""`--hub emulated:stock`: stock MicroPython on an emulated Pico, with the firmware in its files.

The firmware gets there as it gets onto a board, through the raw REPL (`deploy`). What the flash
then holds is kept as an image of its own, so that this happens once for each firmware.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from stormbench.deploy.mpy_cross import MpyCross
from stormbench.deploy.run import OnStep, deploy, say_nothing
from stormbench.emulator.pico import EmulatedPico
from stormbench.emulator.port import EmulatedPort
from stormbench.image import cache
from stormbench.image.recipe import firmware_to_freeze
from stormbench.image.stock import stock_image
from stormbench.image.uf2 import encode_uf2
from stormbench.link.raw_repl import RawRepl

STOCK = "emulated:stock"

BOARD = "RPI_PICO-deployed"
"""Where the cache has them."""

_UNIQUE_ID = b"\x00\xdb\x12\x34\x00\x00\x00\x00"
"""Of the board on which it is done; nothing of it is kept."""


def deployed_image(uf2: Path | None = None, on_step: OnStep = say_nothing) -> Path:
    """Return an image of stock MicroPython whose files are the tree's firmware.

    Two processes that want it at once wait for each other.

    Args:
        uf2: the stock image; None: see `stock_image`.
        on_step: told what is being done, where something is.

    Raises:
        NoHub: no stock image, or no mpy-cross. InvalidInput: the file is no stock image.
        HostToolError: what `deploy` raises.
    """
    stock = stock_image(uf2)
    compiler = MpyCross()
    key = _key(stock, compiler)
    with _alone():
        kept = cache.stored_image(BOARD, key)
        if kept is not None:
            return kept
        on_step("putting the firmware onto stock MicroPython, once", None)
        image = encode_uf2(_deployed_flash(stock, compiler, on_step), with_erased=False)
        return cache.store_image(BOARD, key, image)


def stock_pico(uf2: Path | None = None) -> EmulatedPort:
    """MicroPython's port of an emulated Pico that has just got its stock image.

    Args:
        uf2: the stock image; None: see `stock_image`.

    Raises:
        NoHub: no stock image. InvalidInput: the file is no stock image.
    """
    return EmulatedPort(EmulatedPico(stock_image(uf2), unique_id=_UNIQUE_ID), name=STOCK)


def _deployed_flash(stock: Path, compiler: MpyCross, on_step: OnStep) -> bytes:
    port = stock_pico(stock)
    try:
        deploy(RawRepl(port), compiler, on_step=on_step)
        return port.pico.flash
    finally:
        port.close()


def _key(stock: Path, compiler: MpyCross) -> str:
    identity, _ = firmware_to_freeze()
    digest = hashlib.sha256(stock.read_bytes())
    digest.update(f"{compiler.said}\0{identity.version}\0{identity.source_sha256}".encode())
    return digest.hexdigest()[:32]


@contextmanager
def _alone() -> Iterator[None]:
    folder = cache.builds_dir()
    folder.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(folder / f"{BOARD}.lock"):
        yield
