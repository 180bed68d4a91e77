"""Where the time of an alert goes: the hub itself, run stage by stage on its own board.

The hub is served within a probe whose clock is handed from stage to stage, while the client sends
at full load as in a rate run. What that costs is measured on the board, and taken off where it
fell. So the stages must come to what the rate run, which knows nothing of them, says:
`off_percent` is by how much they do not.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from hubwire.framing import Frame, encode, pad
from stormbench.bench.alerts import alerts_of
from stormbench.bench.rate import WARM_UP_ALERTS, measure_rate
from stormbench.errors import LinkLost
from stormbench.link.board_session import BoardSession
from stormbench.link.client import HubClient
from stormbench.link.port import Port

_UNCOUNTED_ALERTS = 100 - WARM_UP_ALERTS
"""What the probe lets pass before it counts, see probes/stages.py; the first go out anyway."""

_SPARE_ALERTS = 8
"""So that the link is still full when the last that counts is served."""

_LINK = "link: reading bytes"
_READING, _REST_OF_LINK = "reading bytes in C", "link: the rest"
_COLLECTING = "garbage collection"
_LEAST_US = 0.05
_BLOCKS = 200
_READY_MS = 10_000
_SERVES = "serves\r\n"  # what the probe prints


def measure_stages(
    session: BoardSession, hub_port: Port, outcome: str, size: int, alerts: int
) -> dict[str, Any]:
    """The stages of alerts of one outcome and one length.

    Args:
        session: of the board.
        hub_port: where the hub's link is; the session's own port, or another one.
        alerts: how many are counted.

    Returns: `stages` [{name, us}], us an alert; `sum_us`; `alloc_bytes`, an alert's.
    """
    session.start("stages", alerts)
    # The hub may show the board anew on the USB before it serves, and both ports go with it.
    session.repl.await_text(_SERVES, _READY_MS)
    with suppress(LinkLost):
        hub_port.reopen()
    hub = HubClient(hub_port)
    measure_rate(hub, outcome, size, _UNCOUNTED_ALERTS + alerts + _SPARE_ALERTS)
    hub.enter_repl()
    found = session.ended()
    stages = dict(_stages_of(found))
    if hub.hello.transport == "usb_repl":
        whole_link = stages.pop(_LINK)
        in_c = min(measure_reading(session, size, _BLOCKS), whole_link)
        stages = {_READING: in_c, _REST_OF_LINK: whole_link - in_c, **stages}
    return {
        "stages": [
            {"name": name, "us": round(us, 1)} for name, us in stages.items() if us >= _LEAST_US
        ],
        "sum_us": round(sum(stages.values()), 1),
        "alloc_bytes": found["alloc_bytes_per_alert"],
    }


def off_percent(sum_us: float, alerts_per_s: float) -> float:
    """By how much the stages are more (+) or less than what an alert took in the rate run."""
    whole_us = 1e6 / alerts_per_s
    return round((sum_us - whole_us) / whole_us * 100, 1)


def _stages_of(found: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Name and us an alert, without what the probe itself has cost."""
    for place, name in enumerate(found["names"]):
        own_us = found["total_us"][place] - found["wrappers_ns"][place] / 1_000
        us = own_us / found["alerts"]
        yield name, us * found["collected_at"] if name == _COLLECTING else us


def measure_reading(session: BoardSession, size: int, blocks: int) -> float:
    """What the frame of an alert takes to be read in one block, and nothing else; us."""
    message = next(alerts_of(size))
    values = {"at_ms": 0, "north_next": 0, "message": message}
    frame = pad(encode(Frame("HanAlert", 1, values, 1)))
    session.start("reading", len(frame), blocks)
    session.repl.await_text("ready\r\n", _READY_MS)
    session.port.write(frame * (blocks + 1))
    found = session.ended()
    return float(found["took_us"]) / float(found["blocks"])
