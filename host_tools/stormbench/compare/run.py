"""A comparison: one trace, a pass of the hubs for each behaviour, and every arm made of those."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from commshub.policy import Policy
from stormbench.capture.recording import Recording
from stormbench.compare.account import account
from stormbench.compare.arms import ARMS, Arm
from stormbench.compare.expectations import held_against
from stormbench.compare.figures import ArmFigures
from stormbench.compare.hub_pass import HubPass, HubTask
from stormbench.compare.one_arm import Course, run_arm
from stormbench.compare.side_by_side import run_hubs
from stormbench.compare.verdict import judge
from stormbench.hub.open import Faults, hub_kind
from stormbench.policy_file import plain_policy, shadowed
from stormbench.report.series import ArmSeries
from stormbench.scenario.absences import failed_queue_of
from stormbench.scenario.model import Hub, Scenario
from stormbench.scenario.outages import outages_of
from stormbench.scenario.pace import Pace
from stormbench.scenario.trace import storm_spans_ms, trace_of
from stormbench.wan.cell import WanSettings


@dataclass(frozen=True)
class Compared:
    """The content of report.json, and what each arm did over time."""

    report: dict[str, Any]
    series: dict[str, ArmSeries]


class Comparison:
    """A scenario, ready to be run with the throttle in different places.

    Args:
        policy: of every throttle in it, in the scenario's time: its time scale divides it, too.
        hub_name: a virtual hub: every hub of the scenario is one of these.
        uf2: the image, where the hub is emulated; None: the one in the cache.
    """

    def __init__(
        self, scenario: Scenario, policy: Policy, hub_name: str, uf2: Path | None = None
    ) -> None:
        self._scenario = scenario
        self._pace = Pace(scenario.time_scale)
        self._policy = self._pace.policy(policy)
        self._end_ms = self._pace.ms(scenario.duration_ms)
        self._hub_name = hub_name
        self._uf2 = uf2
        self._trace = trace_of(scenario)
        self._tasks = {
            (hub.id, throttles): self._task(hub, throttles)
            for hub in scenario.hubs
            for throttles in ((False, True) if hub.updated else (False,))
        }

    @property
    def alerts_to_send(self) -> int:
        """Over all passes: one for each hub, and another for each that can throttle."""
        return sum(len(task.alerts) for task in self._tasks.values())

    def run(
        self,
        out_dir: Path,
        on_alert: Callable[[], None] = lambda: None,
        recording: Recording | None = None,
    ) -> Compared:
        """Run every pass and every arm, and judge.

        Args:
            out_dir: gets the DSP's database of each arm, `dsp_ARM.sqlite`.
            on_alert: called for each alert that a hub has judged.
            recording: gets what is said to and by each hub, a session for each pass.
        """
        hub_passes = run_hubs(list(self._tasks.values()), on_alert, recording)
        passes = dict(zip(self._tasks, hub_passes, strict=True))
        arms: dict[str, Any] = {}
        series: dict[str, ArmSeries] = {}
        for arm in ARMS:
            arm_run = run_arm(
                arm,
                {hub.id: passes[hub.id, self._throttles(arm, hub)] for hub in self._scenario.hubs},
                self._course(),
                out_dir / f"dsp_{arm.name}.sqlite",
            )
            figures = ArmFigures(arm_run, self._trace)
            arms[arm.name] = {**figures.as_report(), **account(arm_run)}
            series[arm.name] = figures.series(storm_spans_ms(self._scenario))
        return Compared(self._report(arms, next(iter(passes.values()))), series)

    def _throttles(self, arm: Arm, hub: Hub) -> bool:
        return arm.hub_throttles and hub.updated

    def _task(self, hub: Hub, throttles: bool) -> HubTask:
        """A hub without the throttle is one in shadow: it decides too, and suppresses nothing."""
        policy = self._policy if throttles else shadowed(self._policy)
        tables = self._scenario.tables
        return HubTask(
            self._hub_name,
            hub.id,
            self._uf2,
            plain_policy(policy),
            tables.device_capacity,
            tables.key_capacity,
            tuple((a.at_ms, a.message) for a in self._trace if a.hub_id == hub.id),
            self._end_ms,
            self._faults(),
        )

    def _faults(self) -> Faults | None:
        plan = self._scenario.faults
        return None if plan is None else Faults(self._pace.faults(plan), self._scenario.seed)

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
            failed_queue_of(scenario),
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
