"""Sealed saves: what is sound, what is damage, and what a cut or a full drive leaves behind."""

import errno
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_mock import MockerFixture

from commshub.store import (
    DAMAGED,
    NOTHING,
    PIECE_BYTES,
    SOUND,
    LittleFsFile,
    PosixFile,
    Store,
)
from hub_bench import Drive

OLD = b"what was saved before"
NEW = b"what is saved now, which is longer"

Write = Callable[[bytes], object]


def pour_new(write: Write) -> None:
    """The new save, in two calls."""
    write(NEW[:5])
    write(NEW[5:])


@pytest.fixture
def file(tmp_path: Path) -> PosixFile:
    """A file that holds the old save."""
    file = PosixFile(str(tmp_path / "saved"))
    Store(file).save(lambda write: write(OLD))
    return file


def loaded(file: object) -> tuple[int, bytes | None]:
    """What is found, with octets that can be compared."""
    found, octets = Store(file).load()
    return found, None if octets is None else bytes(octets)


def held(octets: bytes) -> Drive:
    """A file that holds exactly these octets."""
    file = Drive(lambda: None)
    file.put(octets)
    return file


def sealed(octets: bytes) -> bytes:
    file = Drive(lambda: None)
    Store(file).save(lambda write: write(octets))
    return file.read() or b""


# Sound, or nothing.


@pytest.mark.parametrize("kind", [PosixFile, LittleFsFile])
def test_save_takes_the_place_of_the_one_before(kind: type, tmp_path: Path) -> None:
    file = kind(str(tmp_path / "saved"))
    Store(file).save(lambda write: write(OLD))
    Store(file).save(pour_new)
    assert loaded(file) == (SOUND, NEW)


@pytest.mark.parametrize("kind", [PosixFile, LittleFsFile])
def test_shorter_save_leaves_nothing_of_the_longer_one(kind: type, tmp_path: Path) -> None:
    file = kind(str(tmp_path / "saved"))
    Store(file).save(pour_new)
    Store(file).save(lambda write: write(b"x"))
    assert loaded(file) == (SOUND, b"x")


def test_empty_save_is_sound() -> None:
    assert loaded(held(sealed(b""))) == (SOUND, b"")


@given(st.lists(st.integers(0, 2 * PIECE_BYTES + 1), max_size=6))
def test_save_poured_in_any_parts_comes_back_whole(lengths: list[int]) -> None:
    parts = [bytes([number + 1]) * length for number, length in enumerate(lengths)]
    file = Drive(lambda: None)
    Store(file).save(lambda write: [write(part) for part in parts])
    assert loaded(file) == (SOUND, b"".join(parts))


@pytest.mark.parametrize("length", [0, PIECE_BYTES - 4, PIECE_BYTES, 20 * PIECE_BYTES + 1])
def test_file_is_given_pieces_that_a_heap_in_use_has_room_for(
    length: int, mocker: MockerFixture
) -> None:
    file = mocker.Mock()
    Store(file).save(lambda write: write(bytes(length)))
    (pieces,) = file.replace.call_args.args
    assert sum(map(len, pieces)) == length + 4
    assert max(map(len, pieces)) <= PIECE_BYTES


@pytest.mark.parametrize("kind", [PosixFile, LittleFsFile])
def test_where_there_is_no_file_there_is_nothing(kind: type, tmp_path: Path) -> None:
    assert loaded(kind(str(tmp_path / "saved"))) == (NOTHING, None)


def test_where_there_is_no_folder_there_is_nothing(tmp_path: Path) -> None:
    assert loaded(PosixFile(str(tmp_path / "nowhere" / "saved"))) == (NOTHING, None)


# Damage.


@pytest.mark.parametrize("octets", [b"", b"a", OLD])
def test_any_single_flipped_bit_is_damage(octets: bytes) -> None:
    whole = sealed(octets)
    for bit in range(8 * len(whole)):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        assert loaded(held(bytes(flipped))) == (DAMAGED, None)


def test_file_cut_at_any_length_but_0_is_damage() -> None:
    whole = sealed(OLD)
    for length in range(1, len(whole)):
        assert loaded(held(whole[:length])) == (DAMAGED, None)


def test_file_of_which_nothing_was_written_yet_is_none() -> None:
    assert loaded(held(b"")) == (NOTHING, None)


def test_drive_that_fails_to_open_a_file_is_not_taken_for_a_new_one(
    tmp_path: Path, mocker: MockerFixture
) -> None:
    file = PosixFile(str(tmp_path / "saved"))
    mocker.patch("builtins.open", side_effect=OSError(errno.EIO, "the drive is gone"))
    assert loaded(file) == (DAMAGED, None)


def test_one_octet_behind_the_seal_is_damage() -> None:
    assert loaded(held(sealed(OLD) + b"\x00")) == (DAMAGED, None)


@pytest.mark.parametrize("octets", [b"\x00" * 400, b"\xff" * 400])
def test_erased_flash_is_damage(octets: bytes) -> None:
    assert loaded(held(octets)) == (DAMAGED, None)


def test_file_that_cannot_be_read_is_damage(tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    assert loaded(PosixFile(str(tmp_path / "saved"))) == (DAMAGED, None)


# What fails midway.


def test_write_that_fails_midway_leaves_the_old_save(file: PosixFile) -> None:
    def fail_midway(write: Write) -> None:
        write(NEW[:5])
        raise OSError(errno.EIO, "the drive is gone")

    with pytest.raises(OSError, match="the drive is gone"):
        Store(file).save(fail_midway)
    assert loaded(file) == (SOUND, OLD)


def test_full_drive_is_told_and_leaves_the_old_save(
    file: PosixFile, mocker: MockerFixture
) -> None:
    drive = mocker.patch("commshub.store.open", mocker.mock_open(), create=True)
    drive.return_value.write.side_effect = OSError(errno.ENOSPC, "no space left")
    with pytest.raises(OSError, match="no space left"):
        Store(file).save(pour_new)
    mocker.stopall()
    assert loaded(file) == (SOUND, OLD)


def test_first_save_that_fails_midway_leaves_nothing(tmp_path: Path) -> None:
    file = PosixFile(str(tmp_path / "saved"))

    def fail(write: Write) -> None:
        write(NEW)
        raise OSError

    with pytest.raises(OSError):
        Store(file).save(fail)
    assert loaded(file) == (NOTHING, None)


@pytest.mark.parametrize("left", [b"", NEW[:5], sealed(NEW), bytes(1000)])
def test_new_file_that_a_cut_left_behind_is_harmless(
    file: PosixFile, left: bytes, tmp_path: Path
) -> None:
    (tmp_path / "saved.new").write_bytes(left)
    assert loaded(file) == (SOUND, OLD)
    Store(file).save(pour_new)
    assert loaded(file) == (SOUND, NEW)


def test_nothing_is_left_beside_the_save(file: PosixFile, tmp_path: Path) -> None:
    Store(file).save(pour_new)
    assert [path.name for path in tmp_path.iterdir()] == ["saved"]
