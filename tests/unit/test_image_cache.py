"""The cache of images, which of them is taken for a board, and folders made equal to a set."""

import os
import subprocess
from pathlib import Path

import pytest
from pytest_mock import MockerFixture

from stormbench import tree
from stormbench.errors import HostToolError, InvalidInput, NoHub
from stormbench.image import cache, find_image, stage
from stormbench.image.identity import Identity, firmware_sha256, identity_module
from stormbench.image.recipe import recipe_for
from stormbench.image.staging import mirror
from stormbench.image.uf2 import encode_uf2

BOARD = "COMMS_HUB_PICO"


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STORMBENCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def image_with(source_sha256: str) -> bytes:
    return encode_uf2(identity_module(Identity((0, 1, 0), source_sha256)))


def store(key: str, content: bytes, age_s: int) -> Path:
    path = cache.store_image(BOARD, key, content)
    os.utime(path, (1_000_000 - age_s, 1_000_000 - age_s))
    return path


def test_stored_image_is_found_under_its_key() -> None:
    path = cache.store_image(BOARD, "k1", image_with("0" * 64))
    assert cache.stored_image(BOARD, "k1") == path
    assert cache.stored_image(BOARD, "k2") is None
    assert cache.stored_image("OTHER", "k1") is None


def test_image_that_is_damaged_in_the_cache_counts_as_not_there() -> None:
    path = cache.store_image(BOARD, "k1", image_with("0" * 64))
    path.write_bytes(path.read_bytes()[:-1])
    assert cache.stored_image(BOARD, "k1") is None
    assert find_image(BOARD) is None


def test_storing_leaves_nothing_but_the_image(empty_cache: Path) -> None:
    path = cache.store_image(BOARD, "k1", image_with("0" * 64))
    assert [found for found in empty_cache.rglob("*") if found.is_file()] == [path]


def test_storing_that_fails_leaves_the_old_image_and_nothing_else(empty_cache: Path) -> None:
    path = cache.store_image(BOARD, "k1", image_with("0" * 64))
    with pytest.raises(TypeError):
        cache.store_image(BOARD, "k1", "no bytes")  # type: ignore[arg-type]
    assert [found for found in empty_cache.rglob("*") if found.is_file()] == [path]


def test_cache_that_cannot_be_written_to_is_an_error_with_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("STORMBENCH_CACHE", str(tmp_path / "file"))
    with pytest.raises(HostToolError, match=r"file/images/.* STORMBENCH_CACHE=DIR"):
        cache.store_image(BOARD, "k1", image_with("0" * 64))


def test_oldest_images_go_when_there_are_too_many() -> None:
    for number in range(cache.KEPT_IMAGES + 1):
        store(f"k{number}", image_with("0" * 64), age_s=100 - number)
    assert cache.stored_image(BOARD, "k0") is None
    assert len(cache.stored_images(BOARD)) == cache.KEPT_IMAGES


def test_no_image_is_found_in_an_empty_cache() -> None:
    assert find_image(BOARD) is None


def test_newest_image_of_the_board_is_found_where_none_fits_the_tree() -> None:
    store("old", image_with("1" * 64), age_s=20)
    newest = store("new", image_with("2" * 64), age_s=10)
    assert find_image(BOARD) == newest


def test_image_with_the_tree_s_firmware_goes_before_a_newer_one() -> None:
    fitting = store("old", image_with(firmware_sha256(tree.firmware_sources())), age_s=20)
    store("new", image_with("2" * 64), age_s=10)
    assert find_image(BOARD) == fitting


class Gcc:
    """Plays the tool-chain, which is programs."""

    def __init__(self, mocker: MockerFixture) -> None:
        self.version = "13.2"
        mocker.patch("shutil.which", side_effect=lambda name: f"/usr/bin/{name}")
        mocker.patch("subprocess.run", side_effect=self._run)

    def _run(self, command: list[str], **_: object) -> "subprocess.CompletedProcess[str]":
        said = f"gcc {self.version}\n" if "--version" in command else "/usr/lib/nano.specs\n"
        return subprocess.CompletedProcess(command, 0, said, "")


def fetch_sources(cache_folder: Path) -> None:
    """Lay down what MicroPython's sources are known by."""
    header = cache_folder / "sources/debian/micropython/py/mpconfig.h"
    header.parent.mkdir(parents=True)
    header.write_text("#define MICROPY_VERSION_MAJOR 1\n#define MICROPY_VERSION_MINOR 25\n")
    (cache_folder / "sources/debian/versions.txt").write_text("dated 1744675200\n")


def test_image_of_exactly_what_is_here_goes_before_a_newer_one_with_the_same_firmware(
    empty_cache: Path, mocker: MockerFixture
) -> None:
    fetch_sources(empty_cache)
    gcc, ours = Gcc(mocker), firmware_sha256(tree.firmware_sources())
    exact = store(recipe_for(BOARD).key, image_with(ours), age_s=20)
    newer = store("by-another-compiler", image_with(ours), age_s=10)
    assert find_image(BOARD) == exact
    gcc.version = "14.1"
    assert find_image(BOARD) == newer


def test_sources_that_were_not_fetched_are_an_error_with_the_next_step() -> None:
    with pytest.raises(NoHub, match=r"sources/debian, got nothing there; run `.*`, or name"):
        recipe_for(BOARD)


def test_unknown_board_is_refused_with_the_boards_there_are() -> None:
    with pytest.raises(InvalidInput, match=r"\(COMMS_HUB_PICO, .*\), got PICO"):
        recipe_for("PICO")


def test_folder_that_is_no_micropython_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"got none of ports/rp2/CMakeLists.txt"):
        recipe_for(BOARD, tmp_path)


def test_staged_folder_has_the_tree_s_firmware_and_its_identity(tmp_path: Path) -> None:
    stage(tmp_path / "staged")
    constants: dict[str, object] = {}
    exec((tmp_path / "staged/commshub_identity/__init__.py").read_bytes(), constants)
    assert constants["SOURCE_SHA256"] == firmware_sha256(tree.firmware_sources())
    for name, path in tree.firmware_sources().items():
        assert (tmp_path / "staged" / name).read_bytes() == path.read_bytes()


def test_folder_that_is_in_use_is_not_staged_into(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_bytes(b"mine")
    with pytest.raises(InvalidInput, match="expected no folder, or an empty one"):
        stage(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_mirrored_folder_holds_exactly_the_files(tmp_path: Path) -> None:
    mirror({"a.py": b"1", "p/b.py": b"2", "d.py": b"4"}, tmp_path / "m")
    assert mirror({"a.py": b"1", "p/c.py": b"3", "d.py": b"5"}, tmp_path / "m")
    files = {path.name: path.read_bytes() for path in (tmp_path / "m").rglob("*.py")}
    assert files == {"a.py": b"1", "c.py": b"3", "d.py": b"5"}


def test_file_that_only_has_to_go_counts_as_a_change(tmp_path: Path) -> None:
    mirror({"a.py": b"1", "b.py": b"2"}, tmp_path)
    assert mirror({"a.py": b"1"}, tmp_path)


def test_file_that_stays_the_same_is_not_touched(tmp_path: Path) -> None:
    mirror({"a.py": b"1"}, tmp_path)
    os.utime(tmp_path / "a.py", (1, 1))
    assert not mirror({"a.py": b"1"}, tmp_path)
    assert (tmp_path / "a.py").stat().st_mtime == 1
