"""The way of a running board to BOOTSEL without its button, as `mpremote bootloader` goes it."""

from contextlib import suppress

from stormbench.errors import HostToolError, HubTimeout, InvalidInput, LinkLost
from stormbench.flashing.leaving import OpenPort, leave_for_repl
from stormbench.hub.open import VIRTUAL_HUBS
from stormbench.link.raw_repl import RawRepl
from stormbench.link.serial_port import SerialPort

THE_BUTTON = "or unplug the board and hold BOOTSEL while you plug it in, which needs no port"

_ENTER = "import time, machine; time.sleep_ms(100); machine.bootloader()"
"""The pause lets MicroPython say that it has taken the code."""


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
        _run_boot_loader(leave_for_repl(name, open_port).device, open_port)
    except InvalidInput:
        raise
    except HostToolError as error:
        raise NotAtBootsel(error) from error


def _run_boot_loader(device: str, open_port: OpenPort) -> None:
    port = open_port(device)
    try:
        repl = RawRepl(port)
        repl.enter()
        with suppress(LinkLost, HubTimeout):  # It may be gone before it has said so.
            repl.start(_ENTER)
    finally:
        port.close()
