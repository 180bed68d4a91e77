"""Golden vectors of whole messages, for every reader of GBCS: `python -m hubwire.vectors_gbcs`.

Writes vectors/gbcs.jsonl: alerts that we made, in all forms, payloads and length forms; messages
that are no alerts; damaged ones. One JSON object a line: `hex`, and then either `originator`,
`target`, `code`, `form`, `payload`, `cra`, or `error` (a leaf of hubwire.errors) and `offset`.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args

from hubwire.errors import MessageDamaged
from hubwire.gbcs import Alert, Form, decode, encode
from hubwire.gbcs_make import DEFAULT_TIME, Recipe, make, protect
from hubwire.gbcs_payload import PayloadKind
from hubwire.gbcs_time import write_dlms_time
from hubwire.identities import CHF, SUPPLIER

PATH = Path(__file__).parent / "vectors" / "gbcs.jsonl"

_PADDINGS_BYTES = (0, 60, 150, 205, 250, 700)
"""Short, 81 LL and 82 LL LL, of the content and of what the MAC header announces."""
_USE_CASE_CODES = (
    *(0x81A0, 0x8F12, 0x8F20, 0x8F26, 0x8F28, 0x8F2A, 0x8F2C, 0x8F2D),
    *(0x8F36, 0x8F66, 0x8F67, 0x8F72, 0x8F89, 0x8F8A),
)


def alerts() -> Iterator[Alert]:
    """Alerts that every reader must understand."""
    counter = 1000
    for form in get_args(Form):
        for payload in get_args(PayloadKind):
            for padding_bytes in _PADDINGS_BYTES:
                counter += 1
                yield make(
                    Recipe(
                        code=0x8F3E if form == "signature" else 0x8154,
                        counter=counter,
                        payload=payload,
                        form=form,
                        padding_bytes=padding_bytes,
                    )
                )
    for code in _USE_CASE_CODES:
        yield make(Recipe(code=code, counter=0xFFFF_FFFF_FFFF_FF00 + (code & 0xFF)))
    yield from _unusual_headers()


def _unusual_headers() -> Iterator[Alert]:
    """Other information of every length, a date-time, lengths longer than they need be."""
    for code in (0x8F3E, 0x8154):
        for payload in get_args(PayloadKind):
            time = DEFAULT_TIME if payload == "asn1" else None
            plain = make(Recipe(code=code, payload=payload, timestamp=time))
            for alert in _with_other_headers(plain):
                yield protect(alert)
    yield protect(replace(plain, spare_length_bytes=(2, 1, 0)))


def _with_other_headers(plain: Alert) -> Iterator[Alert]:
    with_party = replace(plain, supplementary_party=SUPPLIER)
    with_counter = replace(with_party, supplementary_counter=200_000)
    yield plain
    yield with_party
    yield with_counter
    yield replace(with_counter, supplementary_originator_counter=7)
    yield replace(with_counter, certificate=bytes(range(100)))
    yield replace(with_counter, certificate=bytes(400))
    yield replace(plain, header_date_time=write_dlms_time(DEFAULT_TIME))
    yield replace(plain, spare_length_bytes=(0, 0, 2))
    yield replace(plain, spare_length_bytes=(0, 2, 1))


def damaged() -> Iterator[bytes]:
    """Messages that are no alerts, and damaged ones."""
    signed, with_mac = (encode(make(Recipe(code=code))) for code in (0x8F3E, 0x8154))
    for flag in (1, 2, 0, 4, 0xFF):
        yield _with_byte(signed, 2, flag)
        yield _with_byte(with_mac, 15, flag)
    for message in (signed, with_mac, encode(make(Recipe(code=0x8F12, originator=CHF)))):
        yield from _damaged(message)
    yield from _damaged_headers(signed, start=0)
    yield from _damaged_headers(with_mac, start=13)
    for at, value in ((7, 0x4C), (7, 0x4E), (7, 0x80), (8, 0x31), (12, 1)):
        yield _with_byte(with_mac, at, value)


def _with_byte(message: bytes, at: int, value: int) -> bytes:
    return message[:at] + bytes([value]) + message[at + 1 :]


def _damaged(message: bytes) -> Iterator[bytes]:
    """Cut at some places, too long, beginning with another tag."""
    for kept_bytes in (0, 1, 7, 13, 20, 33, 47, 58, len(message) - 12, len(message) - 1):
        yield message[:kept_bytes]
    yield message + b"\x00"
    yield message + message
    yield _with_byte(message, 0, 0xDB)
    yield bytes(len(message))


def _damaged_headers(message: bytes, start: int) -> Iterator[bytes]:
    """One byte wrong in the grouping header that begins at `start`, or in the payload's head."""
    wrong = (
        *((0, 0xDD), (1, 8), (11, 9), (20, 0), (29, 1), (30, 3), (30, 0x13), (30, 0x83)),
        *((33, 0x18), (33, 0x1A), (33, 0x7F), (33, 0x80), (34, 0x0E), (39, 1), (40, 3)),
        *((41, 1), (41, 3), (42, 0x11), (45, 0x0A), (49, 13), (59, 0x41)),
    )
    for at, value in wrong:
        yield _with_byte(message, start + at, value)


def lines() -> Iterator[str]:
    """The vectors, as lines of JSON."""
    for alert in alerts():
        facts = {
            "hex": encode(alert).hex().upper(),
            "originator": alert.originator.hex().upper(),
            "target": alert.target.hex().upper(),
            "code": f"{alert.alert_code:04X}",
            "form": alert.form,
            "payload": alert.payload,
            "cra": alert.cra,
        }
        yield json.dumps(facts)
    for message in dict.fromkeys(damaged()):
        error = _error_of(message)
        facts = {"hex": message.hex().upper(), "error": type(error).__name__}
        yield json.dumps({**facts, "offset": error.offset})


def _error_of(message: bytes) -> MessageDamaged:
    try:
        decode(message)
    except MessageDamaged as error:
        return error
    raise AssertionError(f"this is no damage: {message.hex()}")


def main() -> None:
    """Writes the file, and says so."""
    text = "".join(line + "\n" for line in lines())
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(text, encoding="utf-8", newline="\n")
    print(f"{PATH.name}: {text.count(chr(10))} vectors")


if __name__ == "__main__":
    main()
