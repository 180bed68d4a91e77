"""One arm of a comparison: what the hubs sent north, through the WAN and the DSP to the Users."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from commshub.policy import Policy
from stormbench.compare.arms import Arm
from stormbench.compare.home import HomePass
from stormbench.compare.mask import Masking
from stormbench.dsp.dcc_alerts import PowerOutage, sent_on
from stormbench.dsp.dispatch import Delivery
from stormbench.dsp.failed_queue import Carried, FailedQueue
from stormbench.dsp.store import Store
from stormbench.dsp.twin import DspSettings, DspTwin
from stormbench.dsp.users import Recipients
from stormbench.errors import HostToolError
from stormbench.link.northbound import WanAlert
from stormbench.scenario.trace import Alert
from stormbench.wan.cell import Cell, WanSettings
from stormbench.wan.departure import Arrival, Departure, departures, merged


class StoreNotWritten(HostToolError):
    """The drive is full, or something else stands where the DSP's stores are to go."""


@dataclass(frozen=True)
class Course:
    """What is the same for every arm.

    `policy` says what a storm is, whatever throttles. `maskings`: the service requests of the arm
    that masks, as far as they came to a meter.
    """

    trace: Sequence[Alert]
    policy: Policy
    wan: WanSettings
    seed: int
    end_ms: int
    outages: Sequence[PowerOutage] = ()
    maskings: Sequence[Masking] = ()
    failed_queue: FailedQueue = field(default_factory=FailedQueue)


@dataclass(frozen=True)
class ArmRun:
    """What happened in one arm, as each part saw it.

    `homes`: the pass of each, by the id of its hub. `departed` and `arrived`: messages and notices
    at either end of the WAN. `deliveries`: what reached whom it was for. `carried`: the same, with
    what did not.
    """

    arm: Arm
    homes: Mapping[int, HomePass]
    departed: Sequence[Departure]
    arrived: Sequence[Arrival]
    deliveries: Sequence[Delivery]
    cell: Cell
    twin: DspTwin
    recipients: Recipients
    reported_to_dsp: int
    carried: Carried
    course: Course

    @property
    def maskings(self) -> Sequence[Masking]:
        """The service requests that came to a meter."""
        return self.course.maskings if self.arm.home == "masked" else ()

    @property
    def raised(self) -> list[Alert]:
        """All that was raised, in order of time."""
        raised = (alert for home in self.homes.values() for alert in home.raised)
        return sorted(raised, key=lambda alert: alert.at_ms)


def run_arm(
    arm: Arm, homes: Mapping[int, HomePass], course: Course, database: Path | str
) -> ArmRun:
    """Carry what the hubs sent over the WAN to the DSP twin, and on to those it is for.

    Args:
        homes: the pass of each home that this arm is made of, by the id of its hub.
        database: where the DSP's stores go; an older one there is replaced.
    """
    streams = [departures(hub_id, home.north) for hub_id, home in sorted(homes.items())]
    departed = list(merged(*streams))
    cell = Cell(course.wan, f"{course.seed}:wan")
    arrived = list(cell.carry(departed))
    recipients = Recipients()
    with _new_store(database) as store:
        twin = DspTwin(store, _dsp_settings(arm, course))
        sent = [each for arrival in arrived for each in twin.on_arrival(arrival)]
        end_ms = max(course.end_ms, arrived[-1].at_ms if arrived else 0)
        sent += twin.finish(end_ms)
        carried = course.failed_queue.carry(sent, end_ms)
        recipients.take(carried.delivered)
        recipients.take(sent_on(course.outages))
        recipients.take_notices(twin.service_notices)
        reported_to_dsp = store.reported_to_dsp()
    return ArmRun(
        arm=arm,
        homes=homes,
        departed=departed,
        arrived=arrived,
        deliveries=carried.delivered,
        cell=cell,
        twin=twin,
        recipients=recipients,
        reported_to_dsp=reported_to_dsp,
        carried=carried,
        course=course,
    )


@contextmanager
def _new_store(database: Path | str) -> Iterator[Store]:
    """The DSP's stores, in a file of their own; an older one is replaced."""
    try:
        Path(database).unlink(missing_ok=True)
        with Store(database) as store:
            yield store
    except (OSError, sqlite3.Error) as error:
        raise StoreNotWritten(
            f"{database}: the DSP's stores cannot be kept there: {error}; free some space or name "
            "another folder with --out"
        ) from error


def messages_of(items: Sequence[Departure]) -> list[tuple[int, WanAlert]]:
    """(time in ms, message) of what is a message and not a bare notice."""
    return [(item.at_ms, item.item) for item in items if isinstance(item.item, WanAlert)]


def _dsp_settings(arm: Arm, course: Course) -> DspSettings:
    return DspSettings(
        policy=course.policy if arm.dsp_throttles else None,
        anomaly_policy=course.policy,
        device_capacity=len({alert.originator for alert in course.trace}),
        key_capacity=len({alert.key for alert in course.trace}),
    )
