"""What bounds a rate: how many such alerts the wire carries, and the port's own code reads.

Computed from the bytes of the frames, as they are on the wire.
"""

from dataclasses import dataclass

from hubwire.frames import WINDOW
from hubwire.framing import Frame, encode, pad
from stormbench.bench.outcomes import SUPPRESSED

USB_BYTES_PER_S = 19 * 64 * 1_000
"""Full speed: 19 packets of 64 bytes a millisecond, both ways together (USB 2.0, table 5-10)."""

UART_BYTES_PER_S = 921_600 // 10
"""Each way: a byte is ten bits on the line."""

REPL_US_PER_BYTE = 7.9
"""MicroPython 1.25 reads its standard input a byte at a time, in C: measured on the emulated Pico,
blocks of 96 bytes."""

_ALERTS_AN_ACK = WINDOW // 2
"""The hub acknowledges as many at once under load (firmware/commshub/app.py)."""


@dataclass(frozen=True)
class WireBytes:
    """What an alert costs on the wire: `to_hub`, and `from_hub` with its share of a HanAck."""

    to_hub: int
    from_hub: float


def wire_bytes(outcome: str, message: bytes) -> WireBytes:
    """The frames of one alert."""
    alert = Frame("HanAlert", 0x1234, {"at_ms": 0, "north_next": 0, "message": message}, 0x5678)
    entries = [{"verdict": 0, "at_ms": 123_456}] * _ALERTS_AN_ACK
    ack = Frame("HanAck", 0x1234, {"alert_seq": 1, "north_made": 1, "entries": entries}, 0x5678)
    from_hub = len(encode(ack)) / _ALERTS_AN_ACK
    if outcome != SUPPRESSED:
        numbers = ("overload_id", "throttled_seq", "throttled_count", "total_suppressed")
        values = {"at_ms": 123_456, "carries": 0, "taken": 1, "message": message}
        north = Frame("WanAlert", 1, {**values, **dict.fromkeys(numbers, 1)}, 0x5678)
        from_hub += len(encode(north))
    return WireBytes(len(pad(encode(alert))), from_hub)


def limits(transport: str, outcome: str, message: bytes) -> dict[str, int]:
    """Alerts a second that each thing allows by itself, by its name; empty where nothing is known.

    Args:
        transport: as a Hello has it.
        outcome: one of `VERDICT_OF`.
    """
    cost = wire_bytes(outcome, message)
    if transport == "uart":
        return {"uart_921600": int(UART_BYTES_PER_S / max(cost.to_hub, cost.from_hub))}
    if not transport.startswith("usb_"):
        return {}
    found = {"usb_full_speed": int(USB_BYTES_PER_S / (cost.to_hub + cost.from_hub))}
    if transport == "usb_repl":
        found["repl_reading"] = int(1e6 / (REPL_US_PER_BYTE * cost.to_hub))
    return found
