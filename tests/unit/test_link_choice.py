"""Which link the hub takes at its boot, and what it says of it. `Machine` is MicroPython's."""

import sys
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import pytest

from commshub import board, uart_link, wire
from commshub.lanes import Lanes
from commshub.link import StdioLink
from commshub.uart_link import UartLink
from commshub.usb_link import UsbLink
from stormbench.hub import emulated
from usb_bench import Device


class Machine:
    """A board's pins, of which some are held at a level from outside, and its UARTs.

    A pin that is pulled up is high once some time has passed. `names` are the image's of pins; a
    stock one has none of ours. `USBDevice` is there from MicroPython 1.23 on.
    """

    mem32: dict[int, int] = defaultdict(int)  # noqa: RUF012

    def __init__(
        self,
        levels: dict[int, int],
        has_usb_device: bool = True,
        names: dict[str, int] | None = None,
    ) -> None:
        self.uarts: list[tuple[Any, ...]] = []
        self.now_ms = 0
        machine = self

        class Pin:
            IN, PULL_UP = 0, 1
            board = SimpleNamespace(**(names or {}))

            def __init__(self, number: int, mode: int | None = None, pull: int | None = None):
                self.number = number
                self._is_pulled_up = pull == self.PULL_UP
                self._since_ms = machine.now_ms

            def value(self) -> int:
                is_up = self._is_pulled_up and machine.now_ms > self._since_ms
                return levels.get(self.number, int(is_up))

        self.Pin = Pin
        if has_usb_device:
            self.USBDevice = Device

    def sleep_ms(self, ms: int) -> None:
        self.now_ms += ms

    def UART(self, number: int, baud: int, *, tx: Any, rx: Any, **rest: int) -> Any:  # noqa: N802
        if (tx.number + 4) // 8 % 2 != number:  # ports/rp2/machine_uart.c, IS_VALID_PERIPH
            raise ValueError("bad TX pin")
        self.uarts.append((number, baud, tx.number, rx.number, rest))
        return SimpleNamespace()


class Poll:
    """A poll that takes anything."""

    def register(self, stream: Any, events: int) -> None:
        """Nothing is looked at."""


def chosen_on_a_pico(
    monkeypatch: pytest.MonkeyPatch,
    levels: dict[int, int],
    has_usb_device: bool = True,
    names: dict[str, int] | None = None,
) -> tuple[Lanes, Machine]:
    machine = Machine(levels, has_usb_device, names)
    monkeypatch.setattr(board, "PICO", sys.platform)
    monkeypatch.setattr(board, "machine", machine)
    monkeypatch.setattr("time.sleep_ms", machine.sleep_ms, raising=False)
    monkeypatch.setattr(board, "_lanes", None)
    monkeypatch.setattr("select.poll", Poll)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=None))
    monkeypatch.setattr("sys.stdout", SimpleNamespace(buffer=None))
    return board.lanes(), machine


def test_an_open_strap_is_the_usb_port(monkeypatch: pytest.MonkeyPatch) -> None:
    lanes, machine = chosen_on_a_pico(monkeypatch, {})
    assert (type(lanes.link), board.transport()) == (StdioLink, wire.TRANSPORT_USB_REPL)
    assert machine.uarts == []


def served_on(lanes: Lanes) -> list[tuple[type, int]]:
    return [(type(lane.link), lane.transport) for lane in lanes.all]


def test_on_the_usb_there_is_a_port_of_its_own_too(monkeypatch: pytest.MonkeyPatch) -> None:
    lanes, _ = chosen_on_a_pico(monkeypatch, {})
    first = (StdioLink, wire.TRANSPORT_USB_REPL)
    assert served_on(lanes) == [first, (UsbLink, wire.TRANSPORT_USB_ENDPOINT)]


def test_a_micropython_without_usb_devices_has_its_own_port_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lanes, _ = chosen_on_a_pico(monkeypatch, {}, has_usb_device=False)
    assert served_on(lanes) == [(StdioLink, wire.TRANSPORT_USB_REPL)]


def test_a_strap_to_ground_is_the_uart(monkeypatch: pytest.MonkeyPatch) -> None:
    lanes, _ = chosen_on_a_pico(monkeypatch, {board._LINK_STRAP: 0})
    assert served_on(lanes) == [(UartLink, wire.TRANSPORT_UART)]
    assert board.transport() == wire.TRANSPORT_UART


def test_the_uart_has_its_pins_its_rate_and_large_buffers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, machine = chosen_on_a_pico(monkeypatch, {board._LINK_STRAP: 0})
    buffers = {"rxbuf": uart_link.RX_BYTES, "txbuf": uart_link.TX_BYTES, "timeout": 0}
    assert machine.uarts == [(0, 921_600, board._UART_TX, board._UART_RX, buffers)]


def test_pins_of_two_uarts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"UART_TX": 3, "UART_RX": 5}
    monkeypatch.setattr(Machine, "UART", no_uart)
    with pytest.raises(ValueError, match="not pins of one UART"):
        chosen_on_a_pico(monkeypatch, {board._LINK_STRAP: 0}, names=names)


def no_uart(self: Machine, *_: Any, **__: Any) -> None:
    raise ValueError("bad TX pin")


def test_without_pins_it_is_the_standard_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("select.poll", Poll)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=None))
    monkeypatch.setattr(board, "_lanes", None)
    assert served_on(board.lanes()) == [(StdioLink, wire.TRANSPORT_STDIO)]
    assert board.transport() == wire.TRANSPORT_STDIO


def test_an_image_that_names_its_pins_has_the_strap_where_it_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen_on_a_pico(monkeypatch, {board._LINK_STRAP: 0}, names={"LINK_STRAP": 28})
    assert board.transport() == wire.TRANSPORT_USB_REPL


def test_pins_of_the_other_uart_are_opened_as_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"LINK_STRAP": 28, "UART_TX": 20, "UART_RX": 5}
    lanes, machine = chosen_on_a_pico(monkeypatch, {28: 0}, names=names)
    assert served_on(lanes) == [(UartLink, wire.TRANSPORT_UART)]
    assert [uart[:4] for uart in machine.uarts] == [(1, 921_600, 20, 5)]


def test_the_emulated_board_has_the_firmwares_strap() -> None:
    assert emulated.UART_STRAP == {board._LINK_STRAP: False}
