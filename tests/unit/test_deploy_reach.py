"""From a port to the board's raw REPL: past a hub that runs, and past nobody at all."""

from types import SimpleNamespace
from typing import Any

import pytest
from pytest_mock import MockerFixture

from commshub.leaving import FOR_REPL
from hubwire.framing import Frame, Receiver
from scripted_port import ScriptedPort
from stormbench.deploy.mpy_version import MpyVersion, read_mpy
from stormbench.deploy.reach import reach_repl
from stormbench.deploy.where import repl_device
from stormbench.errors import ExitCode, HubTimeout, InvalidInput, NoHub
from stormbench.hub.sim import SimPort
from stormbench.link.board_ports import OWN_PORT
from stormbench.link.raw_repl import ENTER_RAW, RAW_PROMPT

PICO = (0x2E8A, 0x0005)


def port(device: str, serial_number: str, interface: int) -> SimpleNamespace:
    name = OWN_PORT if interface else "Board CDC"
    return SimpleNamespace(
        device=device,
        serial_number=serial_number,
        vid=PICO[0],
        pid=PICO[1],
        interface=name,
        location=f"1-1:1.{interface}",
    )


FIRST = [port("/dev/ttyACM0", "E66A", 0), port("/dev/ttyACM1", "E66A", 2)]
SECOND = [port("/dev/ttyACM2", "E66B", 0)]


@pytest.fixture
def plug(mocker: MockerFixture) -> Any:
    """Plug ports in, in the place of those before."""
    found = mocker.patch("serial.tools.list_ports.comports", return_value=[])

    def plug(*ports: SimpleNamespace) -> None:
        found.return_value = list(ports)

    return plug


class LeavingHub(SimPort):
    """A hub in process, in whose place MicroPython's REPL answers when it has left."""

    def __init__(self) -> None:
        super().__init__()
        self.has_repl = False

    def write(self, burst: bytes) -> None:
        if burst == ENTER_RAW:
            self.has_repl = self._app.leaves_for == FOR_REPL
        else:
            super().write(burst)

    def read(self, timeout_ms: int) -> bytes:
        return RAW_PROMPT if self.has_repl else super().read(timeout_ms)


class Silent(ScriptedPort):
    """Nobody is there, until somebody interrupts a program that listens to nothing."""

    def __init__(self, is_micropython: bool) -> None:
        super().__init__()
        self._is_micropython = is_micropython

    def write(self, burst: bytes) -> None:
        super().write(burst)
        if burst == ENTER_RAW and self._is_micropython:
            self.say(RAW_PROMPT)


class Repl(Silent):
    """MicroPython's friendly REPL: it says again what it hears."""

    def write(self, burst: bytes) -> None:
        super().write(burst)
        if burst != ENTER_RAW:
            self.say(burst)


def test_stock_board_is_known_by_what_its_repl_says_again() -> None:
    board = Repl(is_micropython=True)
    reach_repl(board)
    assert board.octets.endswith(ENTER_RAW)
    assert board.at_ms < 2_000  # nobody was waited for


def test_hub_that_runs_is_asked_to_leave_first() -> None:
    hub = LeavingHub()
    reach_repl(hub)
    assert hub.has_repl


def test_program_on_a_board_is_interrupted() -> None:
    board = Silent(is_micropython=True)
    reach_repl(board, may_interrupt=True)
    assert board.octets.endswith(ENTER_RAW)


def test_board_that_is_no_micropython_is_told_with_what_to_do() -> None:
    with pytest.raises(HubTimeout, match=r"MicroPython on script, .*neither a hub nor a REPL"):
        reach_repl(Silent(is_micropython=False), may_interrupt=True)


def test_what_answers_nothing_gets_nothing_but_the_question() -> None:
    unknown = Silent(is_micropython=True)
    with pytest.raises(HubTimeout, match=r"on script, .*Nothing more was sent"):
        reach_repl(unknown)
    frames = list(filter(None, Receiver().feed(unknown.octets)))
    assert {frame.name for frame in frames if isinstance(frame, Frame)} == {"HelloRequest"}
    assert all(isinstance(frame, Frame) for frame in frames)


@pytest.mark.parametrize("name", ["auto", "id:e66a", "/dev/ttyACM0", "/dev/ttyACM1"])
def test_of_a_boards_ports_the_one_with_the_repl_is_taken(name: str, plug: Any) -> None:
    plug(*FIRST)
    assert repl_device(name) == "/dev/ttyACM0"


def test_port_that_is_no_boards_is_taken_as_it_is(plug: Any) -> None:
    plug(*FIRST)
    assert repl_device("socket://bench:2000") == "socket://bench:2000"


def test_no_board_is_told_with_how_one_gets_micropython(plug: Any) -> None:
    with pytest.raises(NoHub, match=r"none plugged in.*BOOTSEL"):
        repl_device("auto")


def test_two_boards_and_no_choice_are_told_by_port_and_serial_number(plug: Any) -> None:
    plug(*FIRST, *SECOND)
    with pytest.raises(InvalidInput, match=r"ttyACM0 \(id:E66A\), /dev/ttyACM2 \(id:E66B\)"):
        repl_device("auto")


def test_board_that_is_not_there_is_told_by_its_serial_number(plug: Any) -> None:
    plug(*FIRST)
    with pytest.raises(NoHub, match="serial number is E66C") as caught:
        repl_device("id:E66C")
    assert caught.value.exit_code == ExitCode.NO_HUB


def test_mpy_number_of_a_pico_is_read() -> None:
    assert read_mpy(4870) == (MpyVersion(6, 3), "armv6m")


def test_architecture_that_is_not_known_is_told_by_its_number() -> None:
    assert read_mpy(15 << 10 | 0x306) == (MpyVersion(6, 3), "number 15")
