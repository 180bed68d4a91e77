"""Which port of which board a deploy goes to: always MicroPython's own, where the REPL is."""

from stormbench.errors import InvalidInput, NoHub
from stormbench.link.board_ports import named, repl_ports
from stormbench.printable import printable


def repl_device(name: str) -> str:
    """The port to open.

    Args:
        name: `auto`, `id:SERIAL`, or a port; of a board's two ports either.

    Raises:
        NoHub: there is no such board. InvalidInput: `auto`, and there are several.
    """
    boards = repl_ports()
    if name == "auto":
        return _only(boards)
    if name.startswith("id:"):
        serials = {serial.upper(): device for serial, device in boards.items()}
        if name[3:].upper() not in serials:
            raise NoHub(f"no board whose serial number is {printable(name[3:])} is plugged in")
        return serials[name[3:].upper()]
    port = named(name)
    return boards.get(port.serial_number, name) if port else name


def _only(boards: dict[str, str]) -> str:
    if not boards:
        raise NoHub(
            "expected a board with MicroPython, got none plugged in. A new Pico has none: hold "
            "BOOTSEL while plugging it in, and copy MicroPython's image onto the drive that "
            "appears (`stormbench firmware get` fetches it); or name a port with --port"
        )
    if len(boards) > 1:
        listed = ", ".join(f"{device} (id:{board})" for board, device in sorted(boards.items()))
        raise InvalidInput(f"expected one board, got several: {listed}; name one with --port")
    return next(iter(boards.values()))
