"""A storm over a link with faults, and what became of every alert: hub, DSP twin, Users, account.

The hub is on its own clock. An alert is a copy of one of a few messages with another counter, so
that a million of them take minutes; they are counted here, delivered and told by the DSP twin and
the Users, and the rest is named by `hub_terms`.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from commshub.policy import Policy
from hubwire.gbcs import encode
from hubwire.gbcs_make import Recipe, make
from stormbench.compare.account import unaccounted
from stormbench.compare.hub_terms import hub_terms
from stormbench.dsp.store import Store
from stormbench.dsp.twin import DspSettings, DspTwin
from stormbench.dsp.users import Recipients
from stormbench.faults.faulty_port import FaultyPort
from stormbench.faults.inject import inject_faults
from stormbench.faults.plan import FaultPlan
from stormbench.link.client import HubClient, Judged
from stormbench.link.northbound import Northbound, Notice
from stormbench.link.port import Port
from stormbench.policy_file import frame_values
from stormbench.wan.departure import Arrival, Departure

METERS = 6
CODES = (0x8154, 0x8F3E)
QUIET_CODES = (0x8F3F, 0x8183)
SUPPLIER = bytes.fromhex("90B3D51F30010000")
BURST = 20


def storm_policy() -> Policy:
    """Windows of a minute, one copy in 20 or a minute, and counts told each half minute."""
    policy = Policy()
    for name, value in {
        "device_window_ms": 60_000,
        "code_window_ms": 60_000,
        "sample_mode": 2,  # either
        "sample_period_ms": 60_000,
        "sample_every": 20,
        "flush_ms": 30_000,
        "save_interval_ms": 5_000,
    }.items():
        setattr(policy, name, value)
    assert policy.refusal() is None
    return policy


def all_faults(frames: int, counts: int = 50) -> FaultPlan:
    """2 % each of drop, corrupt, duplicate and reorder; delays; and `counts` disconnects.

    Args:
        frames: from the host, over which the disconnects, stalls and resets are spread.
    """
    return FaultPlan(
        drop=0.02,
        corrupt=0.02,
        duplicate=0.02,
        reorder=0.02,
        delay=0.001,
        cut=0.002,
        delay_ms=500,
        disconnects=counts,
        stalls=counts // 5,
        stall_ms=60_000,
        resets=counts // 10,
        resets_in_frame=counts // 5,
        resets_in_save=counts // 10,
        frames=frames,
    )


class Storm:
    """Alerts of a few meters: one after the other goes wild, and all send a little."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self._counter = 0
        self._templates: dict[tuple[int, int], tuple[bytes, int]] = {}

    def alerts(self, count: int) -> Iterator[bytes]:
        """So many messages."""
        for number in range(count):
            wild = number // 2_000 % METERS
            if self._draw.random() < 0.95:
                yield self._message(wild, self._draw.choice(CODES))
            else:
                yield self._message(self._draw.randrange(METERS), self._draw.choice(QUIET_CODES))

    def _message(self, meter: int, code: int) -> bytes:
        self._counter += 1
        if (meter, code) not in self._templates:
            self._templates[meter, code] = _template(meter, code)
        template, at = self._templates[meter, code]
        return template[:at] + self._counter.to_bytes(4, "big") + template[at + 4 :]


def _template(meter: int, code: int) -> tuple[bytes, int]:
    """A message, and where the low 4 bytes of its originator's counter are."""
    originator = bytes.fromhex(f"00DB12345678{meter:04X}")

    def message(counter: int) -> bytes:
        fields: dict[str, Any] = {"originator": originator, "target": SUPPLIER}
        return encode(make(Recipe(code=code, counter=counter, **fields)))

    one, other = message(0x01010101), message(0x02020202)
    at = next(place for place in range(len(one)) if one[place] != other[place])
    return one, at


@dataclass
class Course:
    """What happens north of the link, as alerts come."""

    recipients: Recipients
    twin: DspTwin
    store: Store
    at_ms: int = 0
    arrived: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)

    def take(self, north: tuple[Northbound, ...]) -> None:
        """Carry items to the DSP and on; over a WAN that takes no time."""
        for item in north:
            if isinstance(item, Notice) and item.shadow:
                continue
            self.at_ms += 1
            self.arrived += 1
            departure = Departure(self.at_ms, 1, item)
            self.recipients.take(self.twin.on_arrival(Arrival(self.at_ms, departure)))

    def judge(self, judged: list[Judged]) -> None:
        """Count verdicts, and take what came with them."""
        for each in judged:
            self.verdicts[each.verdict] = self.verdicts.get(each.verdict, 0) + 1
            self.take(each.north)


@dataclass(frozen=True)
class Outcome:
    """What became of a storm: the terms of the account, and what happened on the way."""

    terms: dict[str, Any]
    unaccounted: int
    faults: dict[str, Any]
    port: FaultyPort
    counters: dict[str, int]
    recoveries_ms: tuple[int, ...]
    restarts: int
    port_ms: int
    log: tuple[str, ...]


def run(port: Port, plan: FaultPlan, alerts: int, seed: int) -> Outcome:
    """Send so many alerts over a link with these faults, until all has come that will."""
    faulty = inject_faults(port, plan, seed)
    client = HubClient(faulty)
    try:
        with Store(":memory:") as store:
            settings = DspSettings(
                policy=None,
                anomaly_policy=Policy(),
                device_capacity=METERS,
                key_capacity=METERS * len(CODES + QUIET_CODES),
            )
            course = Course(Recipients(), DspTwin(store, settings), store)
            _storm(client, course, alerts, seed)
            return _outcome(client, faulty, course, alerts)
    finally:
        client.close()


def _storm(client: HubClient, course: Course, alerts: int, seed: int) -> None:
    client.set_policy(frame_values(storm_policy()))
    for number, message in enumerate(Storm(seed).alerts(alerts)):
        course.judge(client.submit(0, message))
        if number % BURST == BURST - 1:
            course.judge(client.settle())
            course.take(client.listen(1_000))
    course.judge(client.settle())
    course.take(client.set_policy(frame_values(Policy())))  # ends all that is open, and tells it
    course.take(client.collect())


def _outcome(client: HubClient, faulty: FaultyPort, course: Course, alerts: int) -> Outcome:
    terms = hub_terms(client)
    course.recipients.take(course.twin.finish(course.at_ms + 1))
    account = {
        "generated": alerts,
        "delivered": course.recipients.delivered,
        "reported": course.recipients.reported,
        "reported_to_dsp": course.store.reported_to_dsp(),
        "pending": terms.pending + course.twin.pending(),
        "dropped": {"queue": terms.gave_way, "expired": 0},
        "lost_at_reset": terms.lost_at_reset,
        "silent": 0,
    }
    return Outcome(
        account,
        unaccounted(account),
        faulty.counts.as_dict(),
        faulty,
        dict(client.counters()),
        client.recoveries_ms,
        client.ledger.restarts,
        faulty.now_ms(),
        client.log,
    )
