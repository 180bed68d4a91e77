"""Realistic alerts for tests and storms: the right headers, payload, sizes and recipient.

The MAC or signature has the right length and no meaning: pseudo-random bytes, always the same for
the same alert. Nothing that checks one would accept them: a real one needs keys, and nothing here
holds any (`stormbench.signing` does).
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

from hubwire.errors import FieldOutOfRange
from hubwire.frames import MAX_MESSAGE_BYTES
from hubwire.gbcs import PROTECTION_BYTES, Alert, Form, build
from hubwire.gbcs_fields import Length
from hubwire.gbcs_payload import DLMS, GBZ, PayloadKind
from hubwire.gbcs_time import UTC, to_utc_second, write_asn1_time, write_dlms_time, write_gbz_time
from hubwire.gbcs_usecases import (
    GENERIC_CRITICAL,
    GENERIC_NON_CRITICAL,
    USE_CASES,
    UseCase,
    der,
    der_integer,
    der_octets,
    octets,
)
from hubwire.identities import (
    ACCESS_CONTROL_BROKER,
    CHF,
    ESME,
    GSME,
    NETWORK_OPERATOR,
    SUPPLIER,
)

DEFAULT_TIME = datetime(2030, 1, 15, 9, 0, tzinfo=UTC)

# In DCC's test data set these have a MAC in spite of the 8F; all other 8Fnn there have a
# signature, and no 80nn or 81nn has one (8071, a device-log backup like 8F12, included).
_MAC_IN_SPITE_OF_8F = frozenset((0x8F12, 0x8F20, 0x8F26, 0x8F28, 0x8F2A, 0x8F2C, 0x8F2D))
_SIGNED_BLOCK = 0x8F
_NETWORK_OPERATOR_BLOCK = 0x80
"""80nn is for the network operator, 81nn for the supplier."""

_PROCESSING_OPTION = 0x2000_0000
"""The one bit of long-invoke-id-and-priority that is set; its low 3 bytes repeat the counter."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What an alert is to be; None is decided by the alert code, as in DCC's test data set.

    Attributes:
        code: alert code, u16.
        counter: originator counter, u64.
        timestamp: with its zone, kept to the second; None leaves the time open (not in ASN.1).
        originator: EUI-64, 8 bytes.
        target: EUI-64, 8 bytes.
        payload: an encoding that the code's use case does not have makes a generic alert.
        form: a MAC or a signature.
        padding_bytes: size of an extra element of use-case data, to make the message longer.
    """

    code: int
    counter: int = 1
    timestamp: datetime | None = DEFAULT_TIME
    originator: bytes | None = None
    target: bytes | None = None
    payload: PayloadKind | None = None
    form: Form | None = None
    padding_bytes: int = 0


def default_form(code: int) -> Form:
    """MAC or signature, by alert code (u16) alone."""
    is_signed = code >> 8 == _SIGNED_BLOCK and code not in _MAC_IN_SPITE_OF_8F
    return "signature" if is_signed else "mac"


def make(recipe: Recipe) -> Alert:
    """An alert after a recipe, with a protection that only looks like one.

    Returns:
        The same alert for the same recipe, always; `hubwire.gbcs.encode` makes its bytes.

    Raises:
        FieldOutOfRange: a value that does not fit, or a message of more than 1,024 bytes.
    """
    _check(recipe)
    form = recipe.form or default_form(recipe.code)
    case = _use_case(recipe, form)
    timestamp = None if recipe.timestamp is None else to_utc_second(recipe.timestamp)
    originator = case.originator if recipe.originator is None else recipe.originator
    default_target = ACCESS_CONTROL_BROKER if originator == CHF else case.target
    alert = Alert(
        form=form,
        originator=originator,
        target=default_target if recipe.target is None else recipe.target,
        originator_counter=recipe.counter,
        message_code=case.message_code,
        alert_code=recipe.code,
        timestamp=timestamp,
        payload=case.payload,
        payload_bytes=_payload(replace(recipe, timestamp=timestamp), case),
        protection=bytes(PROTECTION_BYTES[form]),
    )
    return protect(alert)


def numbered(alert: Alert, counter: int) -> Alert:
    """An alert that was made, as it is when it is its device's `counter`-th message.

    The counter (u64) also stands in a DLMS payload, and is under the protection.
    """
    payload = alert.payload_bytes
    if alert.payload == "dlms":
        payload = payload[:1] + _invoke_id(counter).to_bytes(4, "big") + payload[5:]
    return protect(replace(alert, originator_counter=counter, payload_bytes=payload))


def protect(alert: Alert) -> Alert:
    """The alert with pseudo-random bytes, seeded by all the rest of it, as its MAC or signature.

    Raises:
        FieldOutOfRange: a value that its field cannot hold, or a message of more than 1,024 bytes.
    """
    size_bytes = PROTECTION_BYTES[alert.form]
    unprotected = build(replace(alert, protection=bytes(size_bytes)))
    if len(unprotected) > MAX_MESSAGE_BYTES:
        got = len(unprotected)
        raise FieldOutOfRange(f"message: at most {MAX_MESSAGE_BYTES} bytes are carried, got {got}")
    return replace(alert, protection=hashlib.sha512(unprotected).digest()[:size_bytes])


def _check(recipe: Recipe) -> None:
    """Refuses what no other part would notice; headers and times check themselves."""
    for name, value, largest in (
        ("code", recipe.code, 0xFFFF),
        ("counter", recipe.counter, (1 << 64) - 1),
        ("padding_bytes", recipe.padding_bytes, MAX_MESSAGE_BYTES),
    ):
        if type(value) is not int or not 0 <= value <= largest:
            raise FieldOutOfRange(f"{name}: expected 0 to {largest}, got {value!r:.80}")
    for name, choice, allowed in (
        ("payload", recipe.payload, get_args(PayloadKind)),
        ("form", recipe.form, get_args(Form)),
    ):
        if choice is not None and choice not in allowed:
            raise FieldOutOfRange(f"{name}: expected one of {allowed}, got {choice!r:.80}")


def _use_case(recipe: Recipe, form: Form) -> UseCase:
    """The code's own use case in the encoding that is asked for, or a generic alert."""
    for case in USE_CASES.get(recipe.code, ()):
        if recipe.payload in (None, case.payload):
            return case
    payload = recipe.payload or "dlms"
    is_network = recipe.code >> 8 == _NETWORK_OPERATOR_BLOCK
    return UseCase(
        GENERIC_CRITICAL if form == "signature" else GENERIC_NON_CRITICAL,
        payload,
        GSME if payload == "gbz" else ESME,
        NETWORK_OPERATOR if is_network else SUPPLIER,
        lambda time: [],
    )


def _payload(recipe: Recipe, case: UseCase) -> bytes:
    elements = case.elements(recipe.timestamp)
    padding = bytes(at & 0xFF for at in range(recipe.padding_bytes))
    if case.payload == "dlms":
        return _dlms(recipe, elements, padding)
    if case.payload == "gbz":
        return _gbz(recipe, elements, padding)
    return _asn1(recipe, elements, padding)


def _dlms(recipe: Recipe, elements: list[bytes], padding: bytes) -> bytes:
    elements = [*elements, octets(padding)] if padding else elements
    head: bytes = DLMS.build(
        {
            "invoke_id": _invoke_id(recipe.counter),
            "sent_size": Length(0),
            "sent": b"",
            "elements": Length(2 + len(elements)),
            "alert_code": recipe.code,
            "time": write_dlms_time(recipe.timestamp),
        }
    )
    return head + b"".join(elements)


def _invoke_id(counter: int) -> int:
    return _PROCESSING_OPTION | counter & 0xFF_FFFF


def _gbz(recipe: Recipe, elements: list[bytes], padding: bytes) -> bytes:
    component = b"".join(elements) + padding
    head: bytes = GBZ.build(
        {
            "components": 1 if component else 0,
            "alert_code": recipe.code,
            "time": write_gbz_time(recipe.timestamp),
        }
    )
    return head + component


def _asn1(recipe: Recipe, elements: list[bytes], padding: bytes) -> bytes:
    elements = [*elements, der_octets(padding)] if padding else elements
    body = der_integer(recipe.code) + der(0x18, write_asn1_time(recipe.timestamp))
    return der(0x30, body + b"".join(elements))
