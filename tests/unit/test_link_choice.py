"""Which link the hub takes at its boot, and what it says of it. `Machine` is MicroPython's."""

import csv
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from commshub import board, uart_link, wire
from commshub.link import StdioLink
from commshub.uart_link import UartLink
from stormbench.hub import emulated

PINS = Path(__file__).resolve().parents[2] / "boards" / "COMMS_HUB_PICO" / "pins.csv"


class Machine:
    """A Pico's pins, of which some are held at a level from outside, and its UARTs.

    A pin that is pulled up is high once some time has passed.
    """

    mem32: dict[int, int] = {}  # noqa: RUF012

    def __init__(self, levels: dict[int, int]) -> None:
        self.uarts: list[tuple[Any, ...]] = []
        self.now_ms = 0
        machine = self

        class Pin:
            IN, PULL_UP = 0, 1

            def __init__(self, number: int, mode: int | None = None, pull: int | None = None):
                self.number = number
                self._is_pulled_up = pull == self.PULL_UP
                self._since_ms = machine.now_ms

            def value(self) -> int:
                is_up = self._is_pulled_up and machine.now_ms > self._since_ms
                return levels.get(self.number, int(is_up))

        self.Pin = Pin

    def sleep_ms(self, ms: int) -> None:
        self.now_ms += ms

    def UART(self, number: int, baud: int, *, tx: Any, rx: Any, **rest: int) -> Any:  # noqa: N802
        self.uarts.append((number, baud, tx.number, rx.number, rest))
        return SimpleNamespace()


class Poll:
    """A poll that takes anything."""

    def register(self, stream: Any, events: int) -> None:
        """Nothing is looked at."""


def chosen_on_a_pico(
    monkeypatch: pytest.MonkeyPatch, levels: dict[int, int]
) -> tuple[Any, Machine]:
    machine = Machine(levels)
    monkeypatch.setattr(board, "PICO", sys.platform)
    monkeypatch.setattr(board, "machine", machine)
    monkeypatch.setattr("time.sleep_ms", machine.sleep_ms, raising=False)
    monkeypatch.setattr(board, "_transport", wire.TRANSPORT_USB_REPL)
    monkeypatch.setattr("select.poll", Poll)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=None))
    monkeypatch.setattr("sys.stdout", SimpleNamespace(buffer=None))
    return board.link(), machine


def test_an_open_strap_is_the_usb_port(monkeypatch: pytest.MonkeyPatch) -> None:
    link, machine = chosen_on_a_pico(monkeypatch, {})
    assert (type(link), board.transport()) == (StdioLink, wire.TRANSPORT_USB_REPL)
    assert machine.uarts == []


def test_a_strap_to_ground_is_the_uart(monkeypatch: pytest.MonkeyPatch) -> None:
    link, _ = chosen_on_a_pico(monkeypatch, {board.LINK_STRAP: 0})
    assert (type(link), board.transport()) == (UartLink, wire.TRANSPORT_UART)


def test_the_uart_has_its_pins_its_rate_and_large_buffers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, machine = chosen_on_a_pico(monkeypatch, {board.LINK_STRAP: 0})
    buffers = {"rxbuf": uart_link.RX_BYTES, "txbuf": uart_link.TX_BYTES, "timeout": 0}
    assert machine.uarts == [(0, 921_600, board.UART_TX, board.UART_RX, buffers)]


def test_without_pins_it_is_the_standard_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("select.poll", Poll)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=None))
    assert type(board.link()) is StdioLink
    assert board.transport() == wire.TRANSPORT_STDIO


@pytest.mark.parametrize("name", ["UART_TX", "UART_RX", "LINK_STRAP"])
def test_the_boards_pins_bear_the_firmwares_names(name: str) -> None:
    with PINS.open(encoding="utf-8") as file:
        pins = dict(csv.reader(file))
    assert pins[name] == f"GPIO{getattr(board, name)}"


def test_the_emulated_board_has_the_firmwares_strap() -> None:
    assert emulated.UART_STRAP == {board.LINK_STRAP: False}
