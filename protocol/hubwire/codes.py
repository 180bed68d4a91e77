"""What alert codes and message codes are called, and which alerts take each other back.

From the tables in `data/`. The names are those of the GBCS tables of alert codes (16.2) and of
message codes, as public software and published messages repeat them; vendors' own codes are not in
them. Which codes are pairs is read from these names: one says that a condition began, the other
that it ended. They are those of voltages, covers, tilt and magnets; supply and duty cycles have
more states than two.
"""

import csv
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

Role = Literal["supplier", "network_operator"]


class CodePair(NamedTuple):
    """Two alert codes (u16) of one condition: whichever came last says how it stands."""

    began: int
    ended: int


def alert_name(code: int) -> str | None:
    """What the alert with that code (u16) tells; None for a code that is not in the table."""
    return _names("alert_codes.csv").get(code)


def message_name(code: int) -> str | None:
    """The use case of messages with that code (u16); None for one that is not in the table."""
    return _names("message_codes.csv").get(code)


def configured_by(code: int, kind: str) -> Role | None:
    """Who may switch an alert code off at a device, with service request 6.22.

    From DUIS V5.4, type ConfigureAlertBehaviour: 104 codes that go over the WAN; none of them is
    critical, and none is of a CHF or a GPF.

    Args:
        code: alert code, u16.
        kind: of the device, such as ESME.

    Returns: None: nobody.
    """
    return _configurable().get((code, kind))


@cache
def _configurable() -> dict[tuple[int, str], Role]:
    rows = _rows("configurable_codes.csv")
    return {(int(row["code"], 16), row["kind"]): _ROLES[row["role"]] for row in rows}


_ROLES: dict[str, Role] = {"supplier": "supplier", "network_operator": "network_operator"}


def pair_of(code: int) -> CodePair | None:
    """The pair that an alert code (u16) is one of; None for a code that stands alone."""
    return _pairs().get(code)


@cache
def _pairs() -> dict[int, CodePair]:
    rows = _rows("paired_codes.csv")
    pairs = [CodePair(int(row["began"], 16), int(row["ended"], 16)) for row in rows]
    return {code: pair for pair in pairs for code in pair}


@cache
def _names(file_name: str) -> dict[int, str]:
    return {int(row["code"], 16): row["name"] for row in _rows(file_name)}


def _rows(file_name: str) -> list[dict[str, str]]:
    text = files("hubwire").joinpath("data", file_name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
