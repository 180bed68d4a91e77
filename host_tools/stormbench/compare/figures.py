"""What an arm comes to in figures: hops, delays, what it suppressed, its course in time."""

import statistics
from collections.abc import Sequence
from typing import Any

from stormbench.compare.last_state import last_state
from stormbench.compare.notice_lead import notice_lead
from stormbench.compare.one_arm import ArmRun, messages_of
from stormbench.report.series import ArmSeries
from stormbench.scenario.trace import Alert


class ArmFigures:
    """The figures of one arm's run over one trace."""

    def __init__(self, run: ArmRun, trace: Sequence[Alert]) -> None:
        self._run = run
        self._trace = trace
        sinks = (run.recipients.users, run.recipients.access_control_broker)
        self._first_by_alert = {**sinks[0].first_ms_by_alert, **sinks[1].first_ms_by_alert}
        self._first_by_key = {**sinks[0].first_ms_by_key, **sinks[1].first_ms_by_key}
        self._suppressed = self._find_suppressed()

    def as_report(self) -> dict[str, Any]:
        """The figures under the names that report.json has for them."""
        storm_free = [alert for alert in self._trace if not alert.is_storm]
        return {
            "hops": self._hops(),
            "suppressed": len(self._suppressed),
            "false_suppressed": sum(a.identity in self._suppressed for a in storm_free),
            "other_alert_delay_ms": self._other_delay(storm_free),
            "first_alert_delay_ms": self._first_delay(),
            "notice_lead_ms": notice_lead(self._run, self._trace),
            "last_state": last_state(self._run, self._trace),
            "dcc_alerts": self._run.recipients.dcc_alerts.alerts,
        }

    def series(self, storm_spans_ms: Sequence[tuple[int, int]]) -> ArmSeries:
        """The same run as it went in time."""
        run = self._run
        arrivals = [arrival.departure for arrival in run.arrived]
        arrived_ms = [a.at_ms for a in run.arrived if messages_of([a.departure])]
        assert len(arrived_ms) == len(messages_of(arrivals))
        return ArmSeries(
            raised_ms=[alert.at_ms for alert in self._trace],
            hub_out_ms=[at_ms for at_ms, _ in messages_of(run.departed)],
            dsp_in_ms=arrived_ms,
            user_ms=[delivery.at_ms for delivery in run.deliveries],
            other_delays=[
                (alert.at_ms, self._delay(alert)) for alert in self._trace if not alert.is_storm
            ],
            storm_spans_ms=storm_spans_ms,
        )

    def _hops(self) -> dict[str, Any]:
        users, broker = self._run.recipients.users, self._run.recipients.access_control_broker
        wan, dsp = self._run.cell.departed, self._run.twin.arrived
        han_bytes = sum(len(alert.message) for alert in self._trace)
        return {
            "han": {"alerts": len(self._trace), "bytes": han_bytes},
            "wan": {"alerts": wan.alerts, "bytes": wan.bytes},
            "dsp": {"alerts": dsp.alerts, "bytes": dsp.bytes},
            "user": {
                "alerts": users.hop.alerts + broker.hop.alerts,
                "bytes": users.hop.bytes + broker.hop.bytes,
            },
        }

    def _find_suppressed(self) -> set[tuple[int, int, bytes, bytes]]:
        """At a hub, by its acknowledged verdicts; at the DSP, what came and was not sent on."""
        by_message = {alert.message: alert for alert in self._trace}
        suppressed = set()
        for hub_id, hub in self._run.passes.items():
            behind = [alert for alert in self._trace if alert.hub_id == hub_id]
            for alert, verdict in zip(behind, hub.verdicts, strict=True):
                if verdict == "SUPPRESS":
                    suppressed.add(alert.identity)
        for _, message in messages_of([arrival.departure for arrival in self._run.arrived]):
            alert = by_message[message.message]
            if not message.is_held and alert.identity not in self._first_by_alert:
                suppressed.add(alert.identity)
        return suppressed

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
        for alert in self._trace:
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
