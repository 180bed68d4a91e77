"""From a board's port to its REPL on purpose, without Ctrl-C at the right moment.

A hub is asked to leave, which one with a key does for its key alone. Whatever answers neither as a
hub nor as a REPL is left as it is.
"""

from collections.abc import Callable
from typing import NamedTuple

from stormbench.attached.asking import Who, ask
from stormbench.errors import ForeignHub, HubTimeout, LinkLost, NoHub
from stormbench.link.board_ports import found_ports
from stormbench.link.client import HubClient
from stormbench.link.hello import Hello
from stormbench.link.port import Port
from stormbench.link.raw_repl import RawRepl
from stormbench.link.serial_port import SerialPort

OpenPort = Callable[[str], Port]


class Repl(NamedTuple):
    """Where a REPL is, and the Hello of the hub that left for it; None: none ran."""

    device: str
    left: Hello | None


def leave_for_repl(name: str, open_port: OpenPort = SerialPort.open) -> Repl:
    """Let the hub on a port, if one is there, leave for MicroPython's REPL; it saves before.

    Args:
        name: `auto`, `id:SERIAL` or a port's name, of either port of the board.

    Raises:
        NoHub: there is no such port, or the REPL is on none of this computer.
        InvalidInput: `auto`, and there are several.
        HubTimeout: nothing answers. LinkLost: the port cannot be read.
        ForeignHub: a hub of another protocol does.
        NoAuthority, HubRefused: it has a key, which is not known here.
    """
    port = open_port(name)
    try:
        return _left(port)
    finally:
        port.close()


def hand_over_repl(name: str, open_port: OpenPort = SerialPort.open) -> Repl:
    """As `leave_for_repl`, for other tools: with the port gone that the hub had added.

    A soft reset takes that down, and the REPL's with it for a moment. mpremote begins with one,
    and would lose its own port by it; so it is made here.
    """
    repl = leave_for_repl(name, open_port)
    if repl.left is not None:
        port = open_port(repl.device)
        try:
            raw = RawRepl(port)
            raw.soft_reset()
            raw.leave()
        finally:
            port.close()
    return repl


def _left(port: Port) -> Repl:
    answer = ask(port)
    if answer.who is Who.REPL:
        return Repl(port.name, None)
    if answer.who is Who.UNREACHABLE:
        raise LinkLost(f"{port.name}: {answer.sentence}")
    if answer.who is Who.SILENT:
        raise HubTimeout(f"{port.name}: {answer.sentence}")
    if answer.who is Who.OTHER_PROTOCOL:
        raise ForeignHub(f"{port.name}: {answer.sentence}; it cannot be told to leave")
    client = HubClient(port)
    repl = port.name
    if client.hello.transport != "usb_repl":
        repl = _repl_of(client.hello.unique_id, port.name)
    client.enter_repl()
    return Repl(repl, client.hello)


def _repl_of(unique_id: str, device: str) -> str:
    """The port with the REPL of a board whose hub was met on another one."""
    for port in found_ports():
        if (port.serial_number or "").upper() == unique_id and port.role == "repl":
            return port.device
    raise NoHub(
        f"{device}: the REPL of board {unique_id} is on its USB, and no port here is that: plug "
        "it in"
    )
