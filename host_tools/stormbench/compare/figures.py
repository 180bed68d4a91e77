"""What an arm comes to in figures: hops, delays, what it suppressed, its course in time."""

import statistics
from collections.abc import Sequence
from typing import Any

from stormbench.compare.anomaly import anomaly
from stormbench.compare.knowledge import Knowledge
from stormbench.compare.last_state import last_state
from stormbench.compare.load import load
from stormbench.compare.notice_lead import notice_lead
from stormbench.compare.one_arm import ArmRun, messages_of
from stormbench.compare.two_parties import two_parties
from stormbench.dsp.failed_queue import told_in
from stormbench.report.series import ArmSeries
from stormbench.scenario.trace import Alert


class ArmFigures:
    """The figures of one arm's run."""

    def __init__(self, run: ArmRun) -> None:
        self._run = run
        self._raised = run.raised
        sinks = (run.recipients.users, run.recipients.access_control_broker)
        self._first_by_alert = {**sinks[0].first_ms_by_alert, **sinks[1].first_ms_by_alert}
        self._first_by_key = {**sinks[0].first_ms_by_key, **sinks[1].first_ms_by_key}
        self._suppressed = self._find_suppressed()

    def as_report(self) -> dict[str, Any]:
        """The figures under the names that report.json has for them."""
        storm_free = [alert for alert in self._raised if not alert.is_storm]
        suppressed = [alert for alert in self._raised if alert.identity in self._suppressed]
        return {
            "hops": self._hops(),
            "suppressed": len(suppressed),
            **self._false_suppressed(suppressed),
            "other_alert_delay_ms": self._other_delay(storm_free),
            "first_alert_delay_ms": self._first_delay(),
            "notice_lead_ms": notice_lead(self._run),
            "last_state": last_state(self._run),
            "dcc_alerts": self._run.recipients.dcc_alerts.alerts,
            **Knowledge(self._run, suppressed).as_report(),
            "two_parties": two_parties(self._run, suppressed),
            "anomaly": anomaly(self._run),
            **load(self._run),
            "failed_queue": self._failed_queue(),
        }

    def series(self, storm_spans_ms: Sequence[tuple[int, int]]) -> ArmSeries:
        """The same run as it went in time."""
        run = self._run
        arrivals = [arrival.departure for arrival in run.arrived]
        arrived_ms = [a.at_ms for a in run.arrived if messages_of([a.departure])]
        assert len(arrived_ms) == len(messages_of(arrivals))
        return ArmSeries(
            raised_ms=[alert.at_ms for alert in self._raised],
            hub_out_ms=[at_ms for at_ms, _ in messages_of(run.departed)],
            dsp_in_ms=arrived_ms,
            user_ms=[delivery.at_ms for delivery in run.deliveries],
            other_delays=[
                (alert.at_ms, self._delay(alert)) for alert in self._raised if not alert.is_storm
            ],
            storm_spans_ms=storm_spans_ms,
        )

    def outcomes(self) -> list[tuple[Alert, str, int | None]]:
        """What became of each alert that was raised, and its delay until the User in ms, if any.

        `delivered`, `suppressed`, `silent` or `dropped`; in order of time, alerts at one time in
        the order of their keys, so that those of two arms stand beside each other.
        """
        silent = {a.identity for home in self._run.homes.values() for a in home.silent}
        in_order = sorted(self._raised, key=lambda alert: (alert.at_ms, alert.key, alert.phase))
        return [(alert, self._outcome(alert, silent), self._delay(alert)) for alert in in_order]

    def _outcome(self, alert: Alert, silent: set[tuple[int, int, bytes, bytes]]) -> str:
        if alert.identity in silent:
            return "silent"
        if alert.identity in self._suppressed:
            return "suppressed"
        return "dropped" if self._delay(alert) is None else "delivered"

    def _hops(self) -> dict[str, Any]:
        users, broker = self._run.recipients.users, self._run.recipients.access_control_broker
        wan, dsp = self._run.cell.departed, self._run.twin.arrived
        return {
            "han": {
                "alerts": sum(home.han.alerts for home in self._run.homes.values()),
                "bytes": sum(home.han.bytes for home in self._run.homes.values()),
            },
            "wan": {"alerts": wan.alerts, "bytes": wan.bytes},
            "dsp": {"alerts": dsp.alerts, "bytes": dsp.bytes},
            "user": {
                "alerts": users.hop.alerts + broker.hop.alerts,
                "bytes": users.hop.bytes + broker.hop.bytes,
            },
        }

    def _failed_queue(self) -> dict[str, Any]:
        """Documents for Users who were away: how many waited, how long, and what for nothing."""
        carried = self._run.carried
        return {
            "max_depth": carried.max_depth,
            "max_bytes": carried.max_bytes,
            "expired": len(carried.expired),
            "waiting": len(carried.waiting),
            "wait_ms": percentiles(carried.waits_ms),
        }

    def _find_suppressed(self) -> set[tuple[int, int, bytes, bytes]]:
        """At a hub, by its acknowledged verdicts; at the DSP, what came and was not sent on.

        What waits for its User, or expired, was sent on.
        """
        by_message = {alert.message: alert for alert in self._raised}
        suppressed = set()
        for home in self._run.homes.values():
            for alert, verdict in zip(home.sent, home.hub.verdicts, strict=True):
                if verdict == "SUPPRESS":
                    suppressed.add(alert.identity)
        carried = self._run.carried
        held_up = told_in([*carried.expired, *carried.waiting]).alerts
        for _, message in messages_of([arrival.departure for arrival in self._run.arrived]):
            if message.is_held:
                continue
            alert = by_message[message.message]
            if alert.identity not in self._first_by_alert and alert.identity not in held_up:
                suppressed.add(alert.identity)
        return suppressed

    def _false_suppressed(self, suppressed: Sequence[Alert]) -> dict[str, Any]:
        """Those of no storm; and of them, whose meter has no storm, and whose has one."""
        storming = {alert.originator for alert in self._raised if alert.is_storm}
        wrong = [alert for alert in suppressed if not alert.is_storm]
        of_storming = sum(alert.originator in storming for alert in wrong)
        return {
            "false_suppressed": len(wrong),
            "false_suppressed_of": {
                "quiet_devices": len(wrong) - of_storming,
                "storming_devices": of_storming,
            },
        }

    def _delay(self, alert: Alert) -> int | None:
        arrived = self._first_by_alert.get(alert.identity)  # type: ignore[call-overload]
        return None if arrived is None else arrived - alert.at_ms

    def _other_delay(self, storm_free: Sequence[Alert]) -> dict[str, Any]:
        delays = [delay for alert in storm_free if (delay := self._delay(alert)) is not None]
        lost = [
            alert
            for alert in storm_free
            if self._delay(alert) is None and alert.identity not in self._suppressed
        ]
        return {**percentiles(delays), "lost": len(lost)}

    def _first_delay(self) -> dict[str, Any]:
        first_raised: dict[tuple[bytes, bytes, int], int] = {}
        for alert in self._raised:
            first_raised.setdefault(alert.key, alert.at_ms)
        delays = [
            self._first_by_key[key] - raised
            for key, raised in first_raised.items()
            if key in self._first_by_key
        ]
        return {**percentiles(delays), "lost": len(first_raised) - len(delays)}


def percentiles(values: Sequence[int]) -> dict[str, int]:
    """p50, p99 and max of delays in ms, rounded; 0 where there are none."""
    if not values:
        return {"p50": 0, "p99": 0, "max": 0}
    if len(values) == 1:
        return dict.fromkeys(("p50", "p99", "max"), values[0])
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return {"p50": round(cuts[49]), "p99": round(cuts[98]), "max": max(values)}
