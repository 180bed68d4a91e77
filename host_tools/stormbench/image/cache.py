"""The cache outside the tree: sources that were fetched, build folders, and finished images.

    sources/debian                   what boards/debian/fetch-sources.sh unpacked
    builds/BOARD-PLACE/              a persistent build folder
    images/BOARD/KEY.uf2             finished images; the name is the key

An image is one file and gets its name by a rename, so whoever looks sees all of it or nothing.
Must match boards/debian/fetch-sources.sh in where the root is.
"""

import os
import tempfile
from pathlib import Path

import platformdirs

from stormbench.errors import HostToolError, InvalidInput
from stormbench.image.image_info import inspect

KEPT_IMAGES = 32
"""Of each board; the oldest go first."""


def cache_root() -> Path:
    """Return the folder named by STORMBENCH_CACHE, or the user's cache folder."""
    named = os.environ.get("STORMBENCH_CACHE")
    default = platformdirs.user_cache_dir("stormbench", appauthor=False)
    return Path(named or default).absolute()


def sources_dir() -> Path:
    """Return where fetched MicroPython sources are."""
    return cache_root() / "sources"


def builds_dir() -> Path:
    """Return where the build folders are, by the one name that cmake knows them by."""
    return (cache_root() / "builds").resolve()


def stored_image(board: str, key: str) -> Path | None:
    """Return the image with this key, if it is there and whole."""
    path = _images_dir(board) / f"{key}.uf2"
    return path if _is_whole(path) else None


def stored_images(board: str) -> list[Path]:
    """Return every whole image of a board, the newest first."""
    found = sorted(_images_dir(board).glob("*.uf2"), key=_age_order, reverse=True)
    return [path for path in found if _is_whole(path)]


def store_image(board: str, key: str, content: bytes) -> Path:
    """Put an image into the cache under its key, and let the oldest ones go.

    Returns:
        Its path. An image that was there under the same key is replaced.

    Raises:
        HostToolError: The cache cannot be written to.
    """
    path = _images_dir(board) / f"{key}.uf2"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_at_once(path, content)
        for old in sorted(path.parent.glob("*.uf2"), key=_age_order)[:-KEPT_IMAGES]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise HostToolError(
            f"expected to write the image to {path}, got: {error.strerror}; "
            "STORMBENCH_CACHE=DIR names another cache"
        ) from error
    return path


def _write_at_once(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        try:
            part.write(content)
            part.close()
            os.chmod(part.name, 0o644)
            os.replace(part.name, path)
        except BaseException:
            os.unlink(part.name)
            raise


def _images_dir(board: str) -> Path:
    return cache_root() / "images" / board


def _age_order(path: Path) -> tuple[int, str]:
    try:
        return path.stat().st_mtime_ns, path.name
    except FileNotFoundError:  # Another process let it go.
        return 0, path.name


def _is_whole(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        inspect(path)
    except InvalidInput:
        return False
    return True
