"""`firmware get`, with a file in place of the network."""

import hashlib
import os
import sys
from pathlib import Path

import pytest

from stormbench.errors import InvalidInput, NoHub
from stormbench.image import OFFICIAL_URL, cache, find_image, get
from stormbench.image.get import OFFICIAL_BOARD, OFFICIAL_KEY
from stormbench.image.uf2 import encode_uf2

IMAGE = encode_uf2(b"stock MicroPython")
getting = sys.modules[get.__module__]  # whose name in its package is the function's
SHA256 = hashlib.sha256(IMAGE).hexdigest()


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STORMBENCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def url(tmp_path: Path) -> str:
    (tmp_path / "pico.uf2").write_bytes(IMAGE)
    return (tmp_path / "pico.uf2").as_uri()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_fetched_image_is_in_the_cache_with_its_hash(url: str) -> None:
    fetched = get(url)
    assert fetched.path.read_bytes() == IMAGE
    assert (fetched.sha256, fetched.verified) == (SHA256, False)
    assert find_image(OFFICIAL_BOARD) == fetched.path


def test_stock_image_is_never_taken_for_a_hub(url: str) -> None:
    assert get(url).info.source_sha256 is None
    assert find_image("COMMS_HUB_PICO") is None


def test_image_that_was_asked_for_by_its_hash_is_verified(url: str) -> None:
    assert get(url, SHA256.upper()).verified


def test_image_with_another_hash_is_refused_and_not_kept(url: str, empty_cache: Path) -> None:
    with pytest.raises(NoHub, match=f"expected SHA-256 {'0' * 64} .* got {SHA256}"):
        get(url, "0" * 64)
    assert files(empty_cache) == []


def test_download_that_is_no_image_is_refused_and_not_kept(
    tmp_path: Path, empty_cache: Path
) -> None:
    (tmp_path / "page.html").write_bytes(b"<html>log in first</html>")
    with pytest.raises(NoHub, match=r"page.html: expected whole blocks"):
        get((tmp_path / "page.html").as_uri())
    assert files(empty_cache) == []


def test_address_that_cannot_be_reached_is_an_error_with_the_three_ways(tmp_path: Path) -> None:
    with pytest.raises(NoHub) as caught:
        get((tmp_path / "absent.uf2").as_uri())
    for way in ("--uf2 PATH", "stormbench firmware build", "stormbench firmware get"):
        assert way in str(caught.value)


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "image.uf2")
    with pytest.raises(NoHub, match="got a folder, a pipe or a device"):
        get((tmp_path / "image.uf2").as_uri())


@pytest.mark.parametrize("sha256", ["", "0" * 63, "0" * 65, "x" * 64])
def test_hash_that_is_none_is_refused_before_anything_is_fetched(sha256: str) -> None:
    with pytest.raises(InvalidInput, match="64 hex digits"):
        get("file:///absent.uf2", sha256)


@pytest.mark.parametrize("url", ["", "pico.uf2", "ftp://host/pico.uf2"])
def test_url_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="begins http, https, file"):
        get(url)


@pytest.fixture
def kept() -> Path:
    """What lies in the cache as the official release."""
    return cache.store_image(OFFICIAL_BOARD, OFFICIAL_KEY, IMAGE)


def test_official_release_is_fetched_once(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getting, "OFFICIAL_SHA256", SHA256)
    fetched = get(OFFICIAL_URL)
    assert (fetched.path, fetched.verified) == (kept, True)


def test_official_release_that_is_another_file_is_refused(kept: Path) -> None:
    with pytest.raises(NoHub, match=f"expected SHA-256 {getting.OFFICIAL_SHA256} .* got {SHA256}"):
        get(OFFICIAL_URL)


def test_whoever_knows_a_hash_has_the_last_word_on_the_official_release(kept: Path) -> None:
    assert get(OFFICIAL_URL, SHA256).path == kept
