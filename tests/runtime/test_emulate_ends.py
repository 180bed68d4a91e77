"""The ends of an emulated board's ports: a pseudo-terminal, a socket, pyserial before them."""

import gc
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import serial

from stormbench.emulate.end import End
from stormbench.emulate.loopback import Loopback
from stormbench.emulate.pseudo_terminal import PseudoTerminal

BYTES = bytes(range(256))


@pytest.fixture(params=["pty", "socket"])
def end(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[End]:
    """One that the board shows."""
    made: End = PseudoTerminal(tmp_path / "ttyACM0") if request.param == "pty" else Loopback()
    made.appear()
    yield made
    made.close()


def opened(end: End) -> serial.Serial:
    return serial.serial_for_url(end.name, timeout=5)


def until(is_so: Callable[[], bool]) -> bool:
    """Whether it comes to be so, within some seconds."""
    for _ in range(500):
        if is_so():
            return True
        time.sleep(0.01)
    return False


def test_end_is_open_while_a_tool_has_it_open(end: End) -> None:
    assert not end.is_open()
    tool = opened(end)
    assert until(end.is_open)
    tool.close()
    assert until(lambda: end.take(1) == b"" and not end.is_open())


def test_every_byte_goes_both_ways_as_it_is(end: End) -> None:
    with opened(end) as tool:
        assert until(end.is_open)
        tool.write(BYTES)
        came = bytearray()
        assert until(lambda: len(came.__iadd__(end.take(4_096))) == len(BYTES))
        assert bytes(came) == BYTES
        assert end.give(BYTES) == len(BYTES)
        assert tool.read(len(BYTES)) == BYTES


def test_tool_that_does_not_read_has_no_room_in_the_end(end: End) -> None:
    with opened(end):
        assert until(end.is_open)
        assert until(lambda: end.give(bytes(65_536)) == 0)


# pyserial 3.5 does not close a socket whose other side has gone (protocol_socket.py, `close`).
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_tool_loses_an_end_that_vanishes_and_finds_the_next_by_the_same_name(end: End) -> None:
    with opened(end) as tool:
        assert until(end.is_open)
        end.vanish()
        with pytest.raises((serial.SerialException, OSError)):
            for _ in range(10):
                tool.write(b"?")
                tool.read(1)
    del tool
    gc.collect()
    end.appear()
    with opened(end) as tool:
        assert until(end.is_open)
        assert end.give(b"again") == 5 and tool.read(5) == b"again"


def test_name_of_a_pseudo_terminal_leads_nowhere_while_the_board_is_away(tmp_path: Path) -> None:
    end = PseudoTerminal(tmp_path / "ttyACM0")
    assert not os.path.lexists(end.name)
    end.appear()
    assert os.path.exists(end.name)
    end.vanish()
    assert not os.path.lexists(end.name)


def test_pseudo_terminal_changes_no_byte_for_a_tool_that_sets_nothing(tmp_path: Path) -> None:
    end = PseudoTerminal(tmp_path / "ttyACM0")
    end.appear()
    tool = os.open(end.name, os.O_RDWR | os.O_NOCTTY)
    assert end.give(b"\x03\r\n") == 3
    assert os.read(tool, 3) == b"\x03\r\n"
    assert end.take(100) == b"", "what the board says is not echoed to it"
    os.close(tool)
    end.close()


def test_socket_is_of_this_computer_alone() -> None:
    end = Loopback()
    assert end.name.startswith("socket://127.0.0.1:")
    end.close()
