"""A plain-Python filter on the same board, over the same port, fed with the same frames."""

from collections.abc import Sequence
from itertools import islice

from hubwire.frames import PROTOCOL_VERSION, WINDOW
from hubwire.framing import Frame, Receiver, encode, pad
from stormbench.bench.alerts import alerts_of, code_at
from stormbench.bench.outcomes import SUPPRESSED
from stormbench.errors import HubTimeout
from stormbench.link.board_session import BoardSession
from stormbench.link.port import FineClock, Port

_BOOT = 0x5678
_READY_MS = 10_000
_ANSWER_MS = 5_000
_WARM_UP_ALERTS = 16
_EUI_BYTES = 8


def measure_naive(session: BoardSession, outcome: str, size: int, alerts: int) -> float:
    """Alerts a second of a filter as one writes it first; eight are on their way at once.

    Args:
        outcome: `forwarded` or `suppressed`.

    Raises:
        HubTimeout: it does not answer.
    """
    messages = list(islice(alerts_of(size), _WARM_UP_ALERTS + alerts))
    frames = [
        pad(encode(Frame("HanAlert", number & 0xFFFF, _values(message), _BOOT)))
        for number, message in enumerate(messages)
    ]
    key_at = _key_at(size, messages[0])
    is_suppressed = outcome == SUPPRESSED
    session.start("naive", PROTOCOL_VERSION, key_at, len(frames), is_suppressed)
    session.repl.await_text("ready\r\n", _READY_MS)
    took_us = _drive(session.port, frames)
    session.ended()
    return alerts * 1e6 / took_us


def _values(message: bytes) -> dict[str, int | bytes]:
    return {"at_ms": 0, "north_next": 0, "message": message}


def _key_at(size: int, message: bytes) -> tuple[tuple[int, int], ...]:
    """Where originator, target and code are: (place, bytes) of each."""
    originator = message.index(bytes.fromhex("00DB123456780001"))
    target = message.index(bytes.fromhex("90B3D51F30010000"))
    return (originator, _EUI_BYTES), (target, _EUI_BYTES), (code_at(size, message), 2)


def _drive(port: Port, frames: Sequence[bytes]) -> int:
    """Send all, eight at once; the us from the end of the warm-up to the last answer."""
    receiver = Receiver()
    sent = answered = begun_us = 0
    while answered < len(frames):
        room = WINDOW - (sent - answered)
        if room > 0 and sent < len(frames):
            burst = frames[sent : sent + room]
            port.write(b"".join(burst))
            sent += len(burst)
        chunk = port.read(_ANSWER_MS)
        if not chunk:
            raise HubTimeout(
                f"the plain filter on {port.name} has answered {answered} of {sent} alerts, and "
                f"no more within {_ANSWER_MS} ms; reset the board and try again"
            )
        for item in receiver.feed(chunk):
            answered += isinstance(item, Frame) and item.name == "HanAck"
        if not begun_us and answered >= _WARM_UP_ALERTS:
            begun_us, begun_at = now_us(port), answered
    return (now_us(port) - begun_us) * (len(frames) - _WARM_UP_ALERTS) // (len(frames) - begun_at)


def now_us(port: Port) -> int:
    """The port's time, us, as finely as it has it."""
    return port.now_us if isinstance(port, FineClock) else port.now_ms() * 1_000
