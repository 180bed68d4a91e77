"""What is to be sent to which hub and when: made before anything is opened, and held to limits."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commshub.policy import Policy
from hubwire.gbcs import encode
from hubwire.gbcs_make import Recipe, make
from hubwire.identities import ESME, SUPPLIER, is_published_test_identity
from stormbench.errors import InvalidInput
from stormbench.hub.open import Faults
from stormbench.inject.limits import DEFAULT_MAX_PER_S, MOST_ALERTS
from stormbench.scenario.model import Scenario
from stormbench.scenario.pace import Pace
from stormbench.scenario.trace import FIRST_COUNTER, Intended, intended_by

_US_PER_MS = 1_000
_US_PER_S = 1_000_000


@dataclass(frozen=True, slots=True)
class Shot:
    """One alert, and when it is meant to go out: us from the beginning of the run."""

    at_us: int
    message: bytes
    device: str
    code: int
    phase: str
    originator: bytes
    target: bytes
    counter: int
    is_storm: bool = True


@dataclass(frozen=True, slots=True)
class Meant:
    """An alert that is to become a `Shot`, without its message.

    To make that takes most of the time, and is not done for what is refused or only counted.
    """

    intended: Intended
    device: str

    @property
    def at_us(self) -> int:
        """As `Shot` has it, and so are the others."""
        return self.intended.raised.at_ms * _US_PER_MS

    @property
    def code(self) -> int:
        return self.intended.raised.code

    @property
    def phase(self) -> str:
        return self.intended.phase.name

    @property
    def originator(self) -> bytes:
        return self.intended.raised.originator

    @property
    def target(self) -> bytes:
        return self.intended.raised.target

    def shot(self) -> Shot:
        """With its message."""
        return Shot(
            self.at_us,
            self.intended.message(),
            self.device,
            self.code,
            self.phase,
            self.originator,
            self.target,
            self.intended.counter,
            self.intended.phase.storm,
        )


Plan = Sequence[Sequence[Meant | Shot]]
"""For each hub, in the order in which hubs were named, its alerts in order of time."""

Storms = Sequence[Sequence[Shot]]
"""The same, ready to be sent."""


def policy_of_run(scenario: Scenario) -> Policy | None:
    """The scenario's policy in the run's time; None: it names none, and each hub keeps its own."""
    return (
        Pace(scenario.time_scale).policy(scenario.throttle_policy()) if scenario.policy else None
    )


def faults_of_run(scenario: Scenario) -> Faults | None:
    """What is put into the link to each hub, in the run's time; None: nothing."""
    if scenario.faults is None:
        return None
    return Faults(Pace(scenario.time_scale).faults(scenario.faults), scenario.seed)


def lasts_us(scenario: Scenario) -> int:
    """For how long a run is listened to: to the scenario's end, where it has bounds.

    They are on figures of the whole scenario, and a hub tells of a storm for a while after it.
    """
    if not scenario.expect:
        return 0
    return Pace(scenario.time_scale).ms(scenario.duration_ms) * _US_PER_MS


def plan_of(scenario: Scenario, hubs: int) -> Sequence[Sequence[Meant]]:
    """The alerts of a scenario for so many hubs, none of which is made yet.

    Where the scenario has one hub, each gets all of its alerts; else each is one of its hubs, in
    the order of the file.

    Raises:
        InvalidInput: the scenario has several hubs, and not so many.
    """
    ids = [hub.id for hub in scenario.hubs]
    if len(ids) > 1 and len(ids) != hubs:
        raise InvalidInput(
            f"scenario {scenario.name} has {len(ids)} hubs; give --hub as often, or a scenario "
            f"with one hub, got {hubs}"
        )
    names = {bytes.fromhex(device.originator): device.name for device in scenario.devices}
    of_hub: dict[int, list[Meant]] = {hub_id: [] for hub_id in ids}
    for alert in intended_by(scenario):
        of_hub[alert.hub_id].append(Meant(alert, names[alert.raised.originator]))
    return list(of_hub.values()) if len(ids) > 1 else [of_hub[ids[0]]] * hubs


def storms_of(
    plan: Sequence[Sequence[Meant]], on_made: Callable[[], None] = lambda: None
) -> Storms:
    """The same with their messages; where hubs share their alerts each is made once.

    Args:
        on_made: called for each.
    """
    made: dict[int, list[Shot]] = {}
    for meant in plan:
        if id(meant) not in made:
            shots = made[id(meant)] = []
            for each in meant:
                shots.append(each.shot())
                on_made()
    return [made[id(meant)] for meant in plan]


def even_storm(code: int, per_s: float, count: int) -> Sequence[Shot]:
    """Alerts of one code at even times, from DCC's test ESME to its test supplier."""
    return [_even(code, round(number * _US_PER_S / per_s), number) for number in range(count)]


def _even(code: int, at_us: int, number: int) -> Shot:
    counter = FIRST_COUNTER + number
    recipe = Recipe(code=code, counter=counter, originator=ESME, target=SUPPLIER)
    message = encode(make(recipe))
    return Shot(at_us, message, "meter", code, f"{code:04X}", ESME, SUPPLIER, counter)


def peak_per_s(shots: Iterable[Meant | Shot]) -> int:
    """The most alerts in any second."""
    second: deque[int] = deque()
    peak = 0
    for shot in shots:
        second.append(shot.at_us)
        while second[0] <= shot.at_us - _US_PER_S:
            second.popleft()
        peak = max(peak, len(second))
    return peak


def require_within_limits(
    plan: Plan, max_per_s: int = DEFAULT_MAX_PER_S, real_ids: bool = False
) -> None:
    """Go on only with what may be sent.

    Args:
        max_per_s: alerts in any second, to one hub.
        real_ids: whether identities may be others than those that DCC publishes for tests.

    Raises:
        InvalidInput: nothing is to be sent, or too much, or an identity may be a real meter's.
    """
    alerts = sum(map(len, plan))
    if not alerts:
        raise InvalidInput("the scenario comes to no alert at all; nothing is to be sent")
    if alerts > MOST_ALERTS:
        raise InvalidInput(
            f"{alerts:,} alerts over all hubs; at most {MOST_ALERTS:,} are sent in one run. Make "
            "the scenario shorter, or name fewer hubs"
        )
    peak = max(map(peak_per_s, plan))
    if peak > max_per_s:
        raise InvalidInput(
            f"up to {peak:,} alerts in one second to one hub; at most {max_per_s:,} "
            "(`inject --max-per-s`), or a smaller time scale"
        )
    if not real_ids:
        _require_test_identities(plan)


def _require_test_identities(plan: Plan) -> None:
    for shot in (shot for shots in plan for shot in shots):
        for name, eui in (("originator", shot.originator), ("target", shot.target)):
            if not is_published_test_identity(eui):
                raise InvalidInput(
                    f"phase {shot.phase}: {name}: expected one of DCC's test identities, "
                    f"00DB1234... or 90B3D51F30..., got {eui.hex().upper()}; `inject --real-ids` "
                    "or storm(real_ids=True) allows it"
                )


def summary(hub_names: Sequence[str], plan: Plan) -> Mapping[str, Any]:
    """What would be sent: `alerts`, and for each hub its alerts by device, code and phase."""
    return {
        "alerts": sum(map(len, plan)),
        "hubs": [_of_hub(*each) for each in zip(hub_names, plan, strict=True)],
    }


def _of_hub(hub_name: str, shots: Sequence[Meant | Shot]) -> Mapping[str, Any]:
    return {
        "hub": hub_name,
        "alerts": len(shots),
        "duration_s": shots[-1].at_us / _US_PER_S if shots else 0.0,
        "peak_per_s": peak_per_s(shots),
        "by_device": dict(Counter(shot.device for shot in shots)),
        "by_code": dict(Counter(f"{shot.code:04X}" for shot in shots)),
        "by_phase": dict(Counter(shot.phase for shot in shots)),
    }
