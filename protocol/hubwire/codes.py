"""What alert codes and message codes are called, from the tables in `data/`.

The names are those of the GBCS tables of alert codes and message codes, as public software and
published messages repeat them; vendors' own codes are not in them.
"""

import csv
from functools import cache
from importlib.resources import files


def alert_name(code: int) -> str | None:
    """What the alert with that code (u16) tells; None for a code that is not in the table."""
    return _names("alert_codes.csv").get(code)


def message_name(code: int) -> str | None:
    """The use case of messages with that code (u16); None for one that is not in the table."""
    return _names("message_codes.csv").get(code)


@cache
def _names(file_name: str) -> dict[int, str]:
    text = files("hubwire").joinpath("data", file_name).read_text(encoding="utf-8")
    return {int(row["code"], 16): row["name"] for row in csv.DictReader(text.splitlines())}
