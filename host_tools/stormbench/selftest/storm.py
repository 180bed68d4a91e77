"""A short storm with the verdict that each alert must get, and why: worked out by hand.

Must match firmware/MECHANISM.md, section 4; numbers in brackets are its rules.
"""

from typing import NamedTuple

from hubwire.gbcs import encode
from hubwire.gbcs_make import Recipe, make

POLICY = {
    "amber_threshold": 2,
    "red_threshold": 3,
    "red_clear_threshold": 1,
    "red_clear_windows": 2,
    "device_window_ms": 60_000,
    "code_limit": 2,
    "code_clear_limit": 0,
    "code_clear_windows": 2,
    "code_window_ms": 60_000,
    "sample_period_ms": 10_000,
}

PASS, SAMPLE, SUPPRESS = 0, 1, 2

_CODE, _OTHER_CODE, _EXCLUDED_CODE = 0x8154, 0x8155, 0x8F66


class Alert(NamedTuple):
    """One alert of the storm."""

    t: int
    """Arrival, ms."""
    originator: int
    """The last byte of its EUI-64."""
    code: int
    verdict: int


STORM = (
    Alert(0, 1, _CODE, PASS),
    Alert(1_000, 1, _CODE, PASS),
    Alert(2_000, 1, _CODE, PASS),  # over amber
    Alert(3_000, 1, _CODE, PASS),  # over red; the one that crosses still passes (5)
    Alert(4_000, 1, _CODE, PASS),  # its key has one
    Alert(5_000, 1, _CODE, PASS),
    Alert(6_000, 1, _CODE, SAMPLE),  # over the code's limit: overloaded, the first sample (3)
    Alert(7_000, 1, _CODE, SUPPRESS),  # (4)
    Alert(8_000, 2, _CODE, PASS),  # another meter has no incident (2)
    Alert(9_000, 1, _OTHER_CODE, PASS),  # another key of the same meter
    Alert(10_000, 1, _EXCLUDED_CODE, PASS),  # never throttled (2)
    Alert(15_999, 1, _CODE, SUPPRESS),
    Alert(16_000, 1, _CODE, SAMPLE),  # a sample period after the last
    Alert(16_001, 1, _CODE, SUPPRESS),
    Alert(400_000, 1, _CODE, PASS),  # quiet windows have closed the incident, and all below it
)

_ORIGINATOR = bytes.fromhex("00DB1234567890A0")


def arguments() -> list[object]:
    """The storm as the probe takes it: policy, message, two places in that, alerts."""
    message = encode(make(Recipe(code=_CODE, originator=_ORIGINATOR)))
    originator_at = message.index(_ORIGINATOR) + len(_ORIGINATOR) - 1
    code_at = message.rindex(_CODE.to_bytes(2, "big"))
    alerts = [list(alert[:3]) for alert in STORM]
    return [POLICY, message.hex(), originator_at, code_at, alerts]
