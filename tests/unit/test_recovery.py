"""The recovery pin: it erases the key before anything else, or the hub goes on with its key."""

import errno
from pathlib import Path

from commshub import board, keystore, recovery
from commshub.store import LittleFsFile


class BoardWithPin:
    """A board whose pin is held, or not, and whose files lie in a folder."""

    def __init__(self, folder: Path, is_low: bool) -> None:
        self._folder = folder
        self._is_low = is_low

    def is_recovery_pin_low(self) -> bool:
        return self._is_low

    def file(self, name: str) -> LittleFsFile:
        return LittleFsFile(str(self._folder / name))


class WornFile:
    """A file that cannot be erased."""

    def erase(self) -> None:
        raise OSError(errno.EIO, "worn out")


def test_pin_that_nobody_holds_leaves_the_key(tmp_path: Path) -> None:
    key = tmp_path / keystore.FILE
    key.write_bytes(b"key")
    assert not recovery.is_asked_for(BoardWithPin(tmp_path, is_low=False))
    assert key.read_bytes() == b"key"


def test_pin_that_is_held_erases_the_key_and_nothing_else(tmp_path: Path) -> None:
    for name in (keystore.FILE, "commshub.save"):
        (tmp_path / name).write_bytes(b"something")
    assert recovery.is_asked_for(BoardWithPin(tmp_path, is_low=True))
    assert [path.name for path in tmp_path.iterdir()] == ["commshub.save"]


def test_pin_that_is_held_leaves_to_the_repl_where_there_is_no_key(tmp_path: Path) -> None:
    assert recovery.is_asked_for(BoardWithPin(tmp_path, is_low=True))


def test_key_that_cannot_be_erased_is_not_left_to_the_repl(tmp_path: Path) -> None:
    worn = BoardWithPin(tmp_path, is_low=True)
    worn.file = lambda name: WornFile()  # type: ignore[assignment,method-assign,return-value]
    assert not recovery.is_asked_for(worn)


def test_where_there_is_no_pin_nobody_holds_it() -> None:
    assert not board.is_recovery_pin_low()
