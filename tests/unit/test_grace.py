"""A while after its start a hub without a key can be stopped by Ctrl-C, and only then."""

from pathlib import Path
from typing import Any

import pytest

from commshub import keystore, recovery
from commshub.recovery import GRACE_MS, Grace
from commshub.store import LittleFsFile

CTRL_C, NONE = 3, -1


class BoardWithRepl:
    """A board whose files lie in a folder."""

    def __init__(self, folder: Path, has_repl: bool = True) -> None:
        self._folder = folder
        self._has_repl = has_repl

    def has_repl(self) -> bool:
        return self._has_repl

    def file(self, name: str) -> LittleFsFile:
        return LittleFsFile(str(self._folder / name))


class Bench:
    """Lanes that wait as long as they are told, and what is Ctrl-C meanwhile."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kind = 0  # of the last good frame
        self.now_ms = 700_000  # ticks begin anywhere
        self.character = CTRL_C
        self.waits: list[tuple[int, int]] = []  # how long, and what was Ctrl-C
        self.framer = self
        self.is_interrupted = False
        monkeypatch.setattr(recovery, "micropython", self)
        Grace(self, lambda: self.now_ms, int.__sub__)

    def kbd_intr(self, character: int) -> None:
        self.character = character

    def wait(self, wait_ms: int) -> bool:
        if self.is_interrupted:
            raise KeyboardInterrupt
        self.waits.append((wait_ms, self.character))
        self.now_ms += wait_ms
        return False


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


def test_ctrl_c_is_heard_while_the_hub_waits_and_not_while_it_works(bench: Bench) -> None:
    assert bench.character == NONE
    bench.wait(10)
    assert (bench.waits, bench.character) == ([(10, CTRL_C)], NONE)


def test_grace_is_the_3_s_of_security_md(bench: Bench) -> None:
    bench.wait(2_999)
    bench.wait(10)
    bench.wait(10)
    assert bench.waits == [(2_999, CTRL_C), (1, CTRL_C), (10, NONE)]
    security = (Path(__file__).parents[2] / "SECURITY.md").read_text(encoding="utf-8")
    assert "stopped by Ctrl-C while it starts, for 3 s" in security


def test_grace_ends_by_itself(bench: Bench) -> None:
    bench.wait(-1)
    bench.wait(5000)
    assert bench.waits == [(GRACE_MS, CTRL_C), (5000, NONE)]


def test_grace_ends_with_the_first_good_frame(bench: Bench) -> None:
    bench.kind = 0x20
    bench.wait(10)
    bench.kind = 0
    bench.wait(10)
    assert bench.waits == [(10, NONE), (10, NONE)]


def test_keyboard_interrupt_in_the_wait_comes_out_and_is_the_last(bench: Bench) -> None:
    bench.is_interrupted = True
    with pytest.raises(KeyboardInterrupt):
        bench.wait(10)
    assert bench.character == NONE


def test_board_without_a_key_is_free(tmp_path: Path) -> None:
    assert recovery.is_free(BoardWithRepl(tmp_path))


@pytest.mark.parametrize("octets", [b"a key", b"\x00"])
def test_board_with_anything_in_the_place_of_its_key_is_not(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / keystore.FILE).write_bytes(octets)
    assert not recovery.is_free(BoardWithRepl(tmp_path))


def test_board_whose_key_cannot_be_read_is_not_free(tmp_path: Path) -> None:
    (tmp_path / keystore.FILE).mkdir()
    assert not recovery.is_free(BoardWithRepl(tmp_path))


def test_where_there_is_no_repl_nothing_is_free(tmp_path: Path) -> None:
    hub: Any = BoardWithRepl(tmp_path, has_repl=False)
    assert not recovery.is_free(hub)
