"""Stock MicroPython for the Pico, which has no hub in it: a file, the cache, or the release."""

from pathlib import Path

from stormbench.errors import InvalidInput, NoHub
from stormbench.image import cache
from stormbench.image.get import OFFICIAL_BOARD, OFFICIAL_URL, get
from stormbench.image.image_info import ImageInfo, inspect

WAYS = (
    "Three ways to a hub on the emulated Pico: --uf2 PATH, an image that you have (stock "
    "MicroPython with --hub emulated:stock); `stormbench firmware build`, which puts one into the "
    "cache (from Debian's packages, or from a checkout with --micropython PATH); or MicroPython's "
    f"release, where {OFFICIAL_URL} can be reached: --hub emulated:stock fetches it and puts the "
    "firmware into its files"
)


def stock_image(uf2: Path | None = None) -> Path:
    """Return an image of MicroPython without a hub.

    Args:
        uf2: the image, if there is one to be taken; else the newest in the cache, else the
            official release is fetched into the cache.

    Raises:
        InvalidInput: the file is no such image.
        NoHub: there is none, and the release cannot be had.
    """
    if uf2 is not None:
        _require_stock(uf2, inspect(uf2))
        return uf2
    kept = next((p for p in cache.stored_images(OFFICIAL_BOARD) if _is_stock(inspect(p))), None)
    return kept or _fetched()


def _fetched() -> Path:
    try:
        fetched = get(OFFICIAL_URL)
    except NoHub as error:
        raise NoHub(f"{str(error).splitlines()[0]}. {WAYS}") from error
    _require_stock(fetched.path, fetched.info)
    return fetched.path


def _is_stock(info: ImageInfo) -> bool:
    return info.micropython_version is not None and info.source_sha256 is None


def _require_stock(path: Path, info: ImageInfo) -> None:
    if not _is_stock(info):
        found = "one with a hub in it" if info.source_sha256 else "another program"
        raise InvalidInput(f"expected an image of stock MicroPython at {path}, got {found}")
