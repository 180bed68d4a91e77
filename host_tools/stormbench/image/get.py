"""Fetches a finished image: by default MicroPython's official one, which has no hub in it."""

import hashlib
import http.client
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from stormbench.errors import InvalidInput, NoHub
from stormbench.image import cache
from stormbench.image.image_file import LARGEST_BYTES
from stormbench.image.image_info import ImageInfo, inspect_bytes
from stormbench.image.sources import fetch_command
from stormbench.image.uf2 import Uf2Damaged

OFFICIAL_BOARD = "RPI_PICO"
OFFICIAL_URL = "https://micropython.org/resources/firmware/RPI_PICO-20250415-v1.25.0.uf2"
OFFICIAL_SHA256 = "e0c40eacf1afc550a6add74888c48bb981b28788a6d75a62a0e2444e997b9864"
"""MicroPython publishes none. This is what the tests of a compressor say that file has, which is
among what it is tried on (github.com/BrianPugh/tamp, `V1_DATASETS`)."""
OFFICIAL_KEY = "RPI_PICO-20250415-v1.25.0"
"""Its name in the cache: a release does not change, so it is fetched once."""
_SCHEMES = ("http", "https", "file")
_TIMEOUT_S = 30


@dataclass(frozen=True)
class Fetched:
    """An image that was fetched into the cache."""

    path: Path
    url: str
    sha256: str
    """Of the file: 64 hex digits, lower case."""
    verified: bool
    """The SHA-256 was known before, and this is it."""
    info: ImageInfo


def get(url: str = OFFICIAL_URL, sha256: str | None = None) -> Fetched:
    """Download an image, check that it is one, and put it into the cache.

    Args:
        url: Where from; http, https or file.
        sha256: What the file must hash to, in hex digits of any case; None: of the official one
            what is known of it, else what comes is taken.

    Raises:
        InvalidInput: `sha256` is not 64 hex digits, or the URL is none.
        NoHub: Nothing could be had from there, it is not a UF2 of an RP2040, or it is not the
            file that was asked for.
    """
    if urllib.parse.urlsplit(url).scheme not in _SCHEMES:
        raise InvalidInput(f"expected a URL that begins {', '.join(_SCHEMES)}, got {url}")
    wanted = _checked_sha256(sha256) or (OFFICIAL_SHA256 if url == OFFICIAL_URL else None)
    kept = cache.stored_image(OFFICIAL_BOARD, OFFICIAL_KEY) if url == OFFICIAL_URL else None
    content = kept.read_bytes() if kept else _download(url)
    found = hashlib.sha256(content).hexdigest()
    if wanted not in (None, found):
        raise NoHub(f"expected SHA-256 {wanted} from {url}, got {found}: it is another file")
    try:
        info = inspect_bytes(content, url)
    except Uf2Damaged as error:
        raise NoHub(f"{error}; nothing was kept") from error
    key = OFFICIAL_KEY if url == OFFICIAL_URL else found[:32]
    path = kept or cache.store_image(info.board or OFFICIAL_BOARD, key, content)
    return Fetched(path, url, found, wanted is not None, info)


def _checked_sha256(sha256: str | None) -> str | None:
    if sha256 is None:
        return None
    if len(sha256) != 64 or not set(sha256.lower()) <= set("0123456789abcdef"):
        raise InvalidInput(f"expected a SHA-256 of 64 hex digits, got {sha256[:80]!r}")
    return sha256.lower()


def _download(url: str) -> bytes:
    _require_file(url)
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer:
            content: bytes = answer.read(LARGEST_BYTES + 1)
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
        raise NoHub(
            f"expected an image from {url}, got: {_reason(error)}\n{_three_ways()}"
        ) from error
    if len(content) > LARGEST_BYTES:
        raise NoHub(f"expected at most {LARGEST_BYTES} bytes from {url}, got more")
    return content


def _require_file(url: str) -> None:
    """A pipe that an address of this computer names would be waited for without end."""
    parts = urllib.parse.urlsplit(url)
    path = Path(urllib.request.url2pathname(parts.path))
    if parts.scheme == "file" and path.exists() and not path.is_file():
        raise NoHub(f"expected an image from {url}, got a folder, a pipe or a device")


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code} {error.reason}"
    return str(getattr(error, "reason", error)) or type(error).__name__


def _three_ways() -> str:
    return (
        "There are three ways to an image:\n"
        "  --uf2 PATH                                   a file that you have\n"
        f"  {fetch_command()} && stormbench firmware build       build the hub's image here\n"
        "  stormbench firmware get [--url URL]          where that address can be reached"
    )
