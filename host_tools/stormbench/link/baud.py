"""How fast a real port is, as `--hub` may say it: `/dev/ttyUSB0?baud=115200`."""

from urllib.parse import parse_qsl, urlencode

from stormbench.errors import InvalidInput
from stormbench.printable import printable

BAUD = 921_600
"""Of the hub's UART (firmware/commshub/uart_link.py); on USB it means nothing."""


def split_baud(name: str) -> tuple[str, int]:
    """The name of a port without `baud=N` in its query, and N; other options stay.

    Raises:
        InvalidInput: N is no number of bits a second.
    """
    port, _, query = name.partition("?")
    options = parse_qsl(query, keep_blank_values=True)
    said = [value for option, value in options if option == "baud"]
    if not said:
        return name, BAUD
    baud = said[-1]
    if not (baud.isascii() and baud.isdigit() and int(baud) > 0):
        raise InvalidInput(
            f"--hub {printable(name)}: baud={printable(baud)} is no whole number of bits a "
            f"second; a UART of the hub has {port}?baud={BAUD}"
        )
    others = [(option, value) for option, value in options if option != "baud"]
    return f"{port}?{urlencode(others)}" if others else port, int(baud)
