"""Images in the cache: whether one is of this tree, and whether mpy-cross fits a stock one."""

from collections.abc import Iterator

from stormbench.doctor import mpy
from stormbench.doctor.finding import OK, WARN, Finding
from stormbench.doctor.mends import BUILD
from stormbench.image import find_image, firmware_sha256, inspect
from stormbench.image.cache import cache_root, stored_images
from stormbench.image.get import OFFICIAL_BOARD
from stormbench.tree import firmware_sources


def image_findings() -> Iterator[Finding]:
    """Of the cache, then of the stock image in it if there is one."""
    yield _cache()
    stock = next(iter(stored_images(OFFICIAL_BOARD)), None)
    if stock is not None:
        yield mpy_finding("stock image", inspect(stock).micropython_version)


def _cache() -> Finding:
    path = find_image()
    if path is None:
        return Finding("image cache", WARN, f"no image of the hub in {cache_root()}", BUILD)
    if inspect(path).source_sha256 != firmware_sha256(firmware_sources()):
        return Finding("image cache", WARN, f"{path} is of other sources than this tree's", BUILD)
    return Finding("image cache", OK, f"{path} is this tree's")


def mpy_finding(name: str, micropython_version: str | None) -> Finding:
    """Whether what mpy-cross compiles here runs on this MicroPython, where both are known."""
    runs, makes = mpy.runs(micropython_version), mpy.made_here()
    shown = f"MicroPython {micropython_version or 'of unknown version'}"
    if runs is None or makes is None:
        unknown = "which .mpy it runs" if runs is None else "no mpy-cross is here"
        return Finding(name, OK, f"{shown}; not compared: {unknown}")
    if runs != makes:
        return Finding(
            name,
            WARN,
            f"{shown} runs .mpy {runs}, mpy-cross here makes {makes}",
            "stormbench firmware get",
        )
    return Finding(name, OK, f"{shown} runs .mpy {runs}, as mpy-cross here makes")
