"""The way of a running board to BOOTSEL without its button, as `mpremote bootloader` goes it.

A hub is asked to leave for the REPL first, which one with a key does for its key alone. Whatever
answers neither as a hub nor as a REPL is left as it is.
"""

from collections.abc import Callable
from contextlib import suppress

from stormbench.attached.asking import Who, ask
from stormbench.errors import ForeignHub, HostToolError, HubTimeout, InvalidInput, LinkLost, NoHub
from stormbench.hub.open import VIRTUAL_HUBS
from stormbench.link.board_ports import found_ports
from stormbench.link.client import HubClient
from stormbench.link.port import Port
from stormbench.link.raw_repl import RawRepl
from stormbench.link.serial_port import SerialPort

THE_BUTTON = "or unplug the board and hold BOOTSEL while you plug it in, which needs no port"

_ENTER = "import time, machine; time.sleep_ms(100); machine.bootloader()"
"""The pause lets MicroPython say that it has taken the code."""

OpenPort = Callable[[str], Port]


class NotAtBootsel(HostToolError):
    """Something stands in the way; the button does not need it."""

    def __init__(self, cause: HostToolError) -> None:
        super().__init__(f"{cause}; {THE_BUTTON}")
        self.exit_code = cause.exit_code


def send_to_bootsel(name: str, open_port: OpenPort = SerialPort.open) -> None:
    """Let the board on a port restart as a drive.

    Args:
        name: `auto`, `id:SERIAL` or a port's name, as `--hub` takes them.

    Raises:
        InvalidInput: it names a virtual hub.
        NotAtBootsel: there is no such port, nothing answers, a hub of another protocol does, the
            hub has a key that is not known here, or its REPL is on no port of this computer. The
            exit code is that of the cause.
    """
    if name in VIRTUAL_HUBS:
        raise InvalidInput(
            f"--port {name}: a virtual hub has no flash to write; it takes an image by --uf2"
        )
    try:
        port = open_port(name)
        try:
            repl = _leave_hub(port)
        finally:
            port.close()
        _run_boot_loader(repl, open_port)
    except InvalidInput:
        raise
    except HostToolError as error:
        raise NotAtBootsel(error) from error


def _leave_hub(port: Port) -> str:
    """Let the hub on this port, if one is there, leave for the REPL; which port that is on."""
    answer = ask(port)
    if answer.who is Who.REPL:
        return port.name
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
    return repl


def _repl_of(unique_id: str, device: str) -> str:
    """The port with the REPL of a board whose hub was met on another one."""
    for port in found_ports():
        if (port.serial_number or "").upper() == unique_id and port.role == "repl":
            return port.device
    raise NoHub(
        f"{device}: the REPL of board {unique_id} is on its USB, and no port here is that: plug "
        "it in"
    )


def _run_boot_loader(device: str, open_port: OpenPort) -> None:
    port = open_port(device)
    try:
        repl = RawRepl(port)
        repl.enter()
        with suppress(LinkLost, HubTimeout):  # It may be gone before it has said so.
            repl.start(_ENTER)
    finally:
        port.close()
