"""A comparison: one trace, a pass of the hubs for each behaviour, and every arm made of those."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from commshub.policy import Policy
from stormbench.capture.recording import Recording
from stormbench.compare.account import account
from stormbench.compare.arms import ARMS, Arm, Role
from stormbench.compare.expectations import held_against
from stormbench.compare.figures import ArmFigures
from stormbench.compare.home import Home, finished
from stormbench.compare.hub_pass import HubPass, HubTask
from stormbench.compare.mask import Masks
from stormbench.compare.one_arm import ArmRun, Course, run_arm
from stormbench.compare.side_by_side import run_hubs
from stormbench.compare.verdict import judge
from stormbench.dsp.failed_queue import FailedQueue
from stormbench.hub.open import Faults, hub_kind
from stormbench.policy_file import plain_policy, shadowed
from stormbench.report.series import ArmSeries
from stormbench.scenario.absences import failed_queue_of
from stormbench.scenario.model import Scenario
from stormbench.scenario.outages import outages_of
from stormbench.scenario.pace import Pace
from stormbench.scenario.trace import Alert, storm_spans_ms, trace_of
from stormbench.wan.cell import WanSettings


@dataclass(frozen=True)
class Compared:
    """The content of report.json, what each arm did over time, and what became of each alert."""

    report: dict[str, Any]
    series: dict[str, ArmSeries]
    outcomes: dict[str, list[tuple[Alert, str, int | None]]]


@dataclass(frozen=True, slots=True)
class Instead:
    """What a run has in the place of its scenario's: alerts, a failed queue; and which arms."""

    trace: Sequence[Alert] | None = None
    failed_queue: FailedQueue | None = None
    arms: Sequence[Arm] = ARMS


class Comparison:
    """A scenario, ready to be run with the throttle in different places.

    Args:
        policy: of every throttle in it, in the scenario's time: its time scale divides it, too.
        hub_name: a virtual hub: every hub of the scenario is one of these.
        uf2: the image, where the hub is emulated; None: the one in the cache.
        instead: of what the scenario says.
    """

    def __init__(
        self,
        scenario: Scenario,
        policy: Policy,
        hub_name: str,
        uf2: Path | None = None,
        instead: Instead = Instead(),
    ) -> None:
        self._arms = instead.arms
        self._failed_queue = instead.failed_queue or failed_queue_of(scenario)
        self._scenario = scenario
        self._pace = Pace(scenario.time_scale)
        self._policy = self._pace.policy(policy)
        self._end_ms = self._pace.ms(scenario.duration_ms)
        self._hub_name = hub_name
        self._uf2 = uf2
        self._trace = trace_of(scenario) if instead.trace is None else instead.trace
        self._masks = Masks(
            self._trace,
            {bytes.fromhex(device.originator): device.kind for device in scenario.devices},
            self._policy,
            self._pace.ms(scenario.mask_delay_ms),
        )
        self._homes = {
            (hub.id, role): self._home(hub.id, role)
            for hub in scenario.hubs
            for role in {arm.role_of(hub.updated): None for arm in self._arms}
        }
        self._tasks: list[HubTask] = []
        """Of all homes; those to which the same happens share one."""
        self._task_of = {key: self._task(key[0], home) for key, home in self._homes.items()}

    @property
    def alerts_to_send(self) -> int:
        """Over all passes of hubs."""
        return sum(len(task.alerts) for task in self._tasks)

    def run(
        self,
        out_dir: Path | None,
        on_alert: Callable[[], None] = lambda: None,
        recording: Recording | None = None,
    ) -> Compared:
        """Run every pass and every arm, and judge.

        Args:
            out_dir: gets the DSP's database of each arm, `dsp_ARM.sqlite`; None: they are kept in
                memory and are gone then.
            on_alert: called for each alert that a hub has judged.
            recording: gets what is said to and by each hub, a session for each pass.
        """
        arms: dict[str, Any] = {}
        series: dict[str, ArmSeries] = {}
        outcomes: dict[str, list[tuple[Alert, str, int | None]]] = {}
        for arm_run in self.arm_runs(
            lambda arm: out_dir / f"dsp_{arm}.sqlite" if out_dir else ":memory:",
            on_alert,
            recording,
        ):
            figures = ArmFigures(arm_run)
            arms[arm_run.arm.name] = {**figures.as_report(), **account(arm_run)}
            series[arm_run.arm.name] = figures.series(storm_spans_ms(self._scenario))
            outcomes[arm_run.arm.name] = figures.outcomes()
            hub = next(iter(arm_run.homes.values())).hub
        return Compared(self._report(arms, hub), series, outcomes)

    def arm_runs(
        self,
        database_of: Callable[[str], Path | str],
        on_alert: Callable[[], None] = lambda: None,
        recording: Recording | None = None,
    ) -> Iterator[ArmRun]:
        """Each arm's run, in the arms' order; the hubs run before the first.

        Args:
            database_of: where the DSP's database of an arm goes.
        """
        hub_passes = run_hubs(self._tasks, on_alert, recording)
        passes = {
            key: finished(home, hub_passes[self._task_of[key]])
            for key, home in self._homes.items()
        }
        for arm in self._arms:
            homes = {
                hub.id: passes[hub.id, arm.role_of(hub.updated)] for hub in self._scenario.hubs
            }
            yield run_arm(arm, homes, self._course(), database_of(arm.name))

    def _home(self, hub_id: int, role: Role) -> Home:
        raised = tuple(alert for alert in self._trace if alert.hub_id == hub_id)
        if role == "masked":
            hidden = tuple(filter(self._masks.hides, raised))
            left = tuple(alert for alert in raised if not self._masks.hides(alert))
            return Home(role, left, hidden, len(raised))
        return Home(role, raised, (), len(raised))

    def _task(self, hub_id: int, home: Home) -> int:
        """The place in the tasks of what the firmware of a home is to do.

        A hub without the throttle is one in shadow: it decides too, and suppresses nothing.
        """
        throttles = home.role in ("throttles", "meters")
        policy = self._policy if throttles else shadowed(self._policy)
        tables = self._scenario.tables
        task = HubTask(
            self._hub_name,
            hub_id,
            self._uf2,
            plain_policy(policy),
            tables.device_capacity,
            tables.key_capacity,
            tuple((alert.at_ms, alert.message) for alert in home.sent),
            self._end_ms,
            self._faults(home.role),
        )
        if task not in self._tasks:
            self._tasks.append(task)
        return self._tasks.index(task)

    def _faults(self, role: Role) -> Faults | None:
        """What goes wrong between the host and the firmware in a role.

        A power cut is the hub's, and in role `meters` the firmware is not in it: the meters go on.
        The hub behind them forwards, and one that forwards loses nothing that it had taken: it
        has no counts to forget (arm `none` of the same report has the figure). The other faults
        are of the link to what runs the firmware, whatever it stands for, so they stay.
        """
        plan = self._scenario.faults
        if plan is None:
            return None
        plan = plan.with_power_on() if role == "meters" else plan
        return Faults(self._pace.faults(plan), self._scenario.seed)

    def _course(self) -> Course:
        scenario = self._scenario
        wan = self._pace.wan(WanSettings(**scenario.wan.model_dump()))
        return Course(
            self._trace,
            self._policy,
            wan,
            scenario.seed,
            self._end_ms,
            outages_of(scenario),
            self._masks.until(self._end_ms),
            self._failed_queue,
        )

    def _report(self, arms: dict[str, Any], hub: HubPass) -> dict[str, Any]:
        scenario = self._scenario
        report: dict[str, Any] = {
            "verdict": {},
            "scenario": {
                "name": scenario.name,
                "seed": scenario.seed,
                "alerts": len(self._trace),
                "duration_ms": self._end_ms,
                "time_scale": scenario.time_scale,
                "mask_delay_ms": self._pace.ms(scenario.mask_delay_ms),
            },
            "hub": {
                "kind": hub_kind(self._hub_name),
                "firmware_version": hub.hello.firmware_version,
                "source_sha256": hub.hello.source_sha256,
                "micropython_version": hub.hello.micropython_version,
                "transport": hub.hello.transport,
                "keyed": hub.hello.keyed,
            },
            "policy": plain_policy(self._policy),
            "wan": asdict(self._course().wan),
            "arms": arms,
            "expectations": held_against(arms, scenario.expect, self._pace),
        }
        report["verdict"] = judge(report)
        return report
