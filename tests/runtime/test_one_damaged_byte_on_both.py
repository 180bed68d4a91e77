"""One damaged byte at any position, by the hub's link on CPython and on the Unix port.

The stream is read as on a Pico, where a read waits until its block is full.
"""

import json
from pathlib import Path

from both_runtimes import under_both
from hubwire.frames import CELL_BYTES
from hubwire.framing import Frame, encode
from hubwire.gbcs import encode as encode_message
from hubwire.gbcs_make import Recipe, make

ALERT = encode_message(make(Recipe(code=0x8154)))
VALUES = ("changed", "lost", "added")


def han_alert(seq: int, message: bytes) -> bytes:
    return encode(Frame("HanAlert", seq, {"at_ms": 0, "north_next": 0, "message": message}))


def whole_cells(seq: int) -> bytes:
    """An alert between whose frame and the next there is no padding."""
    alerts = (han_alert(seq, bytes(length)) for length in range(CELL_BYTES))
    return next(alert for alert in alerts if len(alert) % CELL_BYTES == 0)


def test_one_damaged_byte_costs_the_link_one_frame_at_most(tmp_path: Path) -> None:
    counters = encode(Frame("GetCounters", 1, {}))
    wires = [counters, whole_cells(2), han_alert(3, ALERT), counters, whole_cells(5)]
    file = tmp_path / "frames.jsonl"
    lines = [json.dumps({"wire": each.hex()}) + "\n" for each in wires]
    file.write_text("".join(lines), encoding="utf-8")
    first, *printed = under_both("one_damaged_byte.py", file, 1)
    assert first == f"frames {len(wires)}"
    damages = [line.split() for line in printed if not line.startswith("worst")]
    for what, place, missing, foreign, _ in damages:
        assert int(missing) <= 1 and foreign == "0", f"{what} at {place}: {missing}, {foreign}"
    assert {what for what, *_ in damages} == set(VALUES)
    assert {int(place) for _, place, *_ in damages} == set(range(len(padded(wires))))


def padded(wires: list[bytes]) -> bytes:
    """The stream that the script makes of them."""
    return b"".join(each + bytes(-len(each) % CELL_BYTES) for each in wires)
