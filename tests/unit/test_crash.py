"""What a hub does that cannot go on: it keeps its last words, starts anew, and tells them once."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from commshub import crash, keystore
from commshub.outbox import Outbox
from commshub.store import LittleFsFile
from hub_bench import HubBench

FAULT = ValueError("no such thing")


class Restarted(BaseException):
    """The board is reset."""


class Board:
    """A board whose files lie in a folder and whose time only the test moves."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.is_pico = True
        self.row = 0
        self.runs_ms = 10
        self.slept_s: list[int] = []
        self.characters: list[int] = []
        time = SimpleNamespace(ticks_ms=lambda: self.runs_ms, sleep=self.slept_s.append)
        watchdog = SimpleNamespace(crashes=self._crashes)
        kbd = SimpleNamespace(kbd_intr=self.characters.append)
        monkeypatch.setattr(crash, "time", time)
        monkeypatch.setattr(crash, "machine", SimpleNamespace(reset=self._reset))
        monkeypatch.setattr(crash, "micropython", kbd)
        monkeypatch.setattr(crash.recovery, "micropython", kbd)
        monkeypatch.setattr("commshub.watchdog", watchdog, raising=False)
        monkeypatch.setitem(__import__("sys").modules, "commshub.watchdog", watchdog)

    def crash(self, fault: BaseException = FAULT) -> None:
        """Crash, up to the reset."""
        with pytest.raises(Restarted):
            crash.end(self, fault, self.words, self.save)

    @property
    def words(self) -> LittleFsFile:
        return self.file("commshub.crash")

    @property
    def save(self) -> LittleFsFile:
        return self.file("commshub.save")

    def file(self, name: str) -> LittleFsFile:
        return LittleFsFile(str(self.folder / name))

    def has_repl(self) -> bool:
        return self.is_pico

    is_rp2040 = has_repl

    def _crashes(self, count: int | None = None) -> int:
        self.row = self.row if count is None else count
        return self.row

    @staticmethod
    def _reset() -> None:
        raise Restarted


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Board:
    return Board(tmp_path, monkeypatch)


def test_crash_keeps_its_traceback_and_resets_the_board(board: Board) -> None:
    board.crash()
    kept = board.words.read()
    assert kept is not None and kept.startswith(b"the hub crashed, 1 in a row")
    assert kept.endswith(b"ValueError('no such thing')")


def test_of_several_crashes_that_nobody_heard_of_the_first_is_kept(board: Board) -> None:
    board.crash()
    first = board.words.read()
    board.crash(OSError("another"))
    assert board.words.read() == first


def test_each_crash_in_a_row_waits_twice_as_long_up_to_17_minutes(board: Board) -> None:
    for _ in range(14):
        board.crash()
    assert board.slept_s == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1024, 1024]


def test_hub_that_ran_for_a_minute_begins_another_row(board: Board) -> None:
    board.crash()
    board.crash()
    board.runs_ms = crash.WELL_MS
    board.crash()
    assert board.slept_s == [0, 1, 0]


def test_fourth_crash_in_a_row_takes_the_save_along_and_says_so(board: Board) -> None:
    board.save.replace([b"counts"])
    board.file(keystore.FILE).replace([b"a key"])
    for _ in range(3):
        board.crash()
    assert board.save.read() == b"counts"
    board.crash(OSError("again"))
    kept = board.words.read()
    assert board.save.read() is None
    assert kept is not None and kept.startswith(
        b"the hub crashed, 4 in a row, and started anew, without what it had saved:\n"
    )
    assert kept.endswith(b"OSError('again')")
    assert board.file(keystore.FILE).read() == b"a key"


def test_row_without_a_save_keeps_its_first_words(board: Board) -> None:
    for _ in range(4):
        board.crash()
    kept = board.words.read()
    assert kept is not None and kept.startswith(b"the hub crashed, 1 in a row, and started anew:")


def test_save_that_cannot_be_erased_does_not_keep_a_board_from_its_reset(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: LittleFsFile) -> None:
        raise OSError(30, "read only")

    board.save.replace([b"counts"])
    monkeypatch.setattr(LittleFsFile, "erase", fail)
    for _ in range(4):
        board.crash()
    kept = board.words.read()
    assert kept is not None and b"without" not in kept


def test_ctrl_c_is_heard_before_the_restart_where_there_is_no_key(board: Board) -> None:
    board.crash()
    assert board.characters == [-1, 3]


def test_ctrl_c_is_not_heard_before_the_restart_where_there_is_a_key(board: Board) -> None:
    board.file(keystore.FILE).replace([b"a key"])
    board.crash()
    assert board.characters == [-1]


def test_keyboard_interrupt_leads_to_the_repl_where_there_is_no_key(board: Board) -> None:
    with pytest.raises(KeyboardInterrupt):
        crash.end(board, KeyboardInterrupt(), board.words, board.save)
    assert board.words.read() is None


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), SystemExit(), MemoryError()])
def test_whatever_ends_a_hub_with_a_key_resets_it(board: Board, fault: BaseException) -> None:
    board.file(keystore.FILE).replace([b"a key"])
    board.crash(fault)


def test_full_drive_does_not_keep_a_board_from_its_reset(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: LittleFsFile, pieces: list[bytes]) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr(LittleFsFile, "replace", fail)
    board.crash()
    assert board.words.read() is None


def test_where_there_is_no_board_the_fault_is_kept_and_raised(board: Board) -> None:
    board.is_pico = False
    with pytest.raises(ValueError, match="no such thing"):
        crash.end(board, FAULT, board.words, board.save)
    assert board.words.read()


def test_long_traceback_is_kept_as_far_as_a_log_has_room(board: Board) -> None:
    board.crash(ValueError("x" * 1000 + " the end"))
    kept = board.words.read()
    assert kept is not None and len(kept) == 400 and kept.endswith(b"the end')")


def test_words_are_told_right_behind_hello_and_once(board: Board) -> None:
    board.crash()
    hub = HubBench()
    hub.app.last_words = crash.LastWords(board.words, board.words.read())
    said = hub.send("HelloRequest", nonce=1)
    assert [frame.name for frame in said] == ["Hello", "Log"]
    assert b"no such thing" in said[1]["text"]
    assert board.words.read() is None
    assert [frame.name for frame in hub.send("HelloRequest", nonce=2)] == ["Hello"]


def test_words_that_cannot_be_erased_are_told_all_the_same(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: LittleFsFile) -> None:
        raise OSError(30, "read only")

    board.crash()
    hub = HubBench()
    hub.app.last_words = crash.LastWords(board.words, board.words.read())
    monkeypatch.setattr(LittleFsFile, "erase", fail)
    assert [frame.name for frame in hub.send("HelloRequest", nonce=1)] == ["Hello", "Log"]


def test_words_are_kept_while_the_port_takes_nothing(board: Board) -> None:
    board.crash()
    words = crash.LastWords(board.words, board.words.read())
    assert not words.tell(Outbox(lambda buffer, length: False, lambda: False))
    assert board.words.read()
