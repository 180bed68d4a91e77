"""What a scenario file may say, with its limits. TOML in, plain values out.

Times are in ms of scenario time, before the time scale divides them (`pace.py`). All EUI-64s are
16 hex digits.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from commshub.policy import Policy
from hubwire.identities import ACCESS_CONTROL_BROKER
from stormbench.faults.plan import FaultPlan
from stormbench.policy_file import policy_of
from stormbench.scenario.amount import too_many
from stormbench.scenario.expectation import INJECTED, INJECTED_ARM, Expectation
from stormbench.scenario.phases import Eui64, EveryMs, Phase, Replay, TimeMs
from stormbench.strict_model import Misfits, Problem, StrictModel

HubId = Annotated[int, Field(ge=1, le=65535)]
BOARD = "board"
HubKind = Literal["sim", "unix", "emulated", "board"]
LEAST_TIME_SCALE, MOST_TIME_SCALE = 1, 10_000
"""Both chosen. A window of 10 minutes is 60 ms at the most."""

MOST_CLOCK_ERROR_MS = 315_360_000_000
"""Ten years, chosen: well within what every payload can say from 2030."""

EVERY_HUB: tuple[HubKind, ...] = ("sim", "unix", "emulated", "board")


class Cause(StrictModel):
    """What the scenario stands for, and what is known of it."""

    what: str
    """One sentence."""
    evidence: Literal["evidenced", "assumed"]
    """Whether a public document says that this happens. Rates and lengths are assumed anyhow."""
    source: Annotated[str, Field(min_length=1)]
    """The document that says so; of an assumption, the one that it leans on."""
    role: Literal["storm", "control", "circumstance"] = "storm"
    """What a study counts it as: a storm, by its cause; a control, many alerts each of which has
    to arrive, with a storm beside them; or a circumstance of a storm that is like another's."""


class Hub(StrictModel):
    """A Communications Hub; one that is not `updated` still has firmware without a throttle."""

    id: HubId = 1
    updated: bool = True


class Tables(StrictModel):
    """Sizes of the hub's tables; the defaults are the firmware's."""

    device_capacity: Annotated[int, Field(ge=0, le=1024)] = 16
    key_capacity: Annotated[int, Field(ge=0, le=1024)] = 128


class Wan(StrictModel):
    """The link between the hubs of a cell and the DSP. Every default is an assumption: what a
    hub has of the real networks is not public."""

    bytes_per_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 10.0
    delay_ms: TimeMs = 800
    queue_bytes: Annotated[int, Field(ge=0, le=2**47)] = 6000
    loss: Annotated[float, Field(ge=0, lt=1)] = 0.0


class Device(StrictModel):
    """Something that sends alerts."""

    name: str
    kind: Literal["ESME", "GSME", "GPF", "CHF", "HCALCS", "PPMID"]
    originator: Eui64
    hub: HubId = 1
    """The id of the hub that it is behind."""
    clock_ahead_ms: Annotated[int, Field(ge=-MOST_CLOCK_ERROR_MS, le=MOST_CLOCK_ERROR_MS)] = 0
    """By how much the time stamps in its messages are wrong; negative: behind."""


class DccAlert(StrictModel):
    """What the DSP hears of a hub from the WAN's operator and sends on, past every throttle."""

    code: Literal["AD1"]
    """AD1: the hub lost its supply."""
    at_ms: TimeMs
    hub: HubId = 1
    """The id of the hub that it is about."""


class UserOutage(StrictModel):
    """A User whom the DSP does not reach: what is for them waits in the failed queue."""

    user: Eui64
    at_ms: TimeMs
    duration_ms: EveryMs
    """It takes documents again from at_ms + duration_ms on."""


class Scenario(StrictModel):
    """A whole recipe."""

    name: str
    description: str = ""
    cause: Cause | None = None
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    time_scale: Annotated[
        float, Field(ge=LEAST_TIME_SCALE, le=MOST_TIME_SCALE, allow_inf_nan=False)
    ] = 1.0
    """Every time of the run, the policy's too, is the scenario's divided by this."""
    duration_ms: Annotated[int, Field(ge=1, le=2**47)]
    runs_on: Annotated[tuple[HubKind, ...], Field(min_length=1)] = EVERY_HUB
    """The hubs that it fits; one for boards alone is injected, and never compared."""
    hubs: Annotated[tuple[Hub, ...], Field(min_length=1)] = (Hub(),)
    tables: Tables = Tables()
    wan: Wan = Wan()
    faults: FaultPlan | None = None
    policy: dict[str, Any] = Field(default_factory=dict)
    """Fields of the policy that are not at their defaults."""
    devices: Annotated[tuple[Device, ...], Field(min_length=1)]
    phases: tuple[Phase, ...]
    mask_delay_ms: TimeMs = 3_600_000
    """In arm `mask`: from the beginning of a storm until its code is masked in the meter. An hour
    is assumed, as the least that people can do; a study sweeps it up to a week."""
    dcc_alerts: tuple[DccAlert, ...] = ()
    user_outages: tuple[UserOutage, ...] = ()
    expect: tuple[Expectation, ...] = ()

    @model_validator(mode="after")
    def _refers_to_what_there_is(self) -> "Scenario":
        found = [
            *_doubled(self),
            *_dangling(self),
            *_told_twice(self),
            *_nobodys(self),
            *_too_late(self),
            *_never_held(self),
            *too_many(self.phases),
        ]
        if found:
            raise Misfits(found)
        return self

    @property
    def is_for_boards_only(self) -> bool:
        """Whether no virtual hub is for it, so that it cannot be compared."""
        return set(self.runs_on) == {BOARD}

    def throttle_policy(self) -> Policy:
        """The policy that the scenario asks for: the default one but for what it names.

        Raises:
            InvalidInput: it is refused.
        """
        return policy_of(self.policy, f"scenario {self.name}: policy")


def _doubled(scenario: Scenario) -> Iterator[Problem]:
    """What must be there once."""
    devices, phases = scenario.devices, scenario.phases
    for place, values, reason in (
        (("hubs", "id"), [hub.id for hub in scenario.hubs], "two hubs have one id"),
        (("devices", "name"), [device.name for device in devices], "two devices have one name"),
        (
            ("devices", "originator"),
            [device.originator for device in devices],
            "two devices have one originator, and so one originator counter",
        ),
        (("phases", "name"), [phase.name for phase in phases], "two phases have one name"),
    ):
        table, field = place
        for number, value in enumerate(values):
            if value in values[:number]:
                yield Problem((table, number, field), f"{reason}, got {value!r} again")


def _dangling(scenario: Scenario) -> Iterator[Problem]:
    """What names something that is not there."""
    hubs = {hub.id for hub in scenario.hubs}
    devices = {device.name for device in scenario.devices}
    originators = {device.originator for device in scenario.devices}
    for number, device in enumerate(scenario.devices):
        if device.hub not in hubs:
            yield Problem(("devices", number, "hub"), f"no hub has id {device.hub}")
    for number, alert in enumerate(scenario.dcc_alerts):
        if alert.hub not in hubs:
            yield Problem(("dcc_alerts", number, "hub"), f"no hub has id {alert.hub}")
    for number, phase in enumerate(scenario.phases):
        if isinstance(phase, Replay):
            sent_by = dict.fromkeys(row.originator.hex().upper() for row in phase.trace)
            for originator in sent_by.keys() - originators:
                reason = f"no device has originator {originator}, which is in it"
                yield Problem(("phases", number, "trace"), reason)
        elif phase.device not in devices:
            reason = (
                f"no device is called {phase.device!r}; there are {', '.join(sorted(devices))}"
            )
            yield Problem(("phases", number, "device"), reason)


def _told_twice(scenario: Scenario) -> Iterator[Problem]:
    """Phases whose second party is the first."""
    for number, phase in enumerate(scenario.phases):
        if not isinstance(phase, Replay) and phase.also_to == phase.target:
            reason = f"must be another party than target, got {phase.also_to} for both"
            yield Problem(("phases", number, "also_to"), reason)


def _nobodys(scenario: Scenario) -> Iterator[Problem]:
    """Outages of who is no User here, or is away already."""
    users = _targets(scenario)
    broker = ACCESS_CONTROL_BROKER.hex().upper()
    back_ms: dict[str, int] = {}
    order = sorted(enumerate(scenario.user_outages), key=lambda outage: outage[1].at_ms)
    for number, outage in order:
        place = ("user_outages", number, "user")
        if outage.user == broker:
            yield Problem(place, f"{broker} is the Access Control Broker, which is no User")
        elif outage.user not in users:
            there = ", ".join(sorted(users - {broker}))
            yield Problem(place, f"no phase sends to {outage.user}; there are {there}")
        if outage.at_ms < back_ms.get(outage.user, 0):
            reason = f"this User is away until {back_ms[outage.user]} ms, got {outage.at_ms}"
            yield Problem(("user_outages", number, "at_ms"), reason)
        back_ms[outage.user] = outage.at_ms + outage.duration_ms


def _targets(scenario: Scenario) -> set[str]:
    found = set()
    for phase in scenario.phases:
        if isinstance(phase, Replay):
            found |= {row.target.hex().upper() for row in phase.trace}
        else:
            found |= {target for target in (phase.target, phase.also_to) if target}
    return found


def _too_late(scenario: Scenario) -> Iterator[Problem]:
    for number, phase in enumerate(scenario.phases):
        end_ms = phase.at_ms + phase.duration_ms
        if end_ms > scenario.duration_ms:
            reason = f"the phase ends at {end_ms} ms, after the scenario, {scenario.duration_ms}"
            yield Problem(("phases", number, "duration_ms"), reason)
    for table in ("dcc_alerts", "user_outages"):
        for number, each in enumerate(getattr(scenario, table)):
            if each.at_ms > scenario.duration_ms:
                reason = f"{each.at_ms} ms is after the scenario's end, {scenario.duration_ms}"
                yield Problem((table, number, "at_ms"), reason)


def _never_held(scenario: Scenario) -> Iterator[Problem]:
    """Bounds of a scenario for boards alone on what nobody can measure there."""
    if not scenario.is_for_boards_only:
        return
    for number, expectation in enumerate(scenario.expect):
        if expectation.arm != INJECTED_ARM:
            reason = (
                f"on a board, which is all that runs_on has, there is arm {INJECTED_ARM} alone"
            )
            yield Problem(("expect", number, "arm"), reason)
        elif expectation.metric not in INJECTED:
            reason = "on a board, which is all that runs_on has, it is not measured; these are: "
            yield Problem(("expect", number, "metric"), reason + ", ".join(INJECTED))
