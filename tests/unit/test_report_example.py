"""The report that the other tests of the report render: made up, but of one piece.

500 alerts in 100 minutes, 400 of them copies in two storms, through a WAN that is too narrow for
them. The figures are counted from the made-up alerts, so that the tables and the plots agree.
"""

import random
from collections import Counter

from stormbench.report.series import ArmSeries

MINUTE_MS = 60_000
DURATION_MS = 100 * MINUTE_MS
STORMS_MS = ((20 * MINUTE_MS, 32 * MINUTE_MS), (65 * MINUTE_MS, 70 * MINUTE_MS))
ALERT_BYTES = 85
WAN = {"bytes_per_s": 25, "delay_ms": 400, "queue_bytes": 2000, "loss_per_million": 0}
ARMS = ("none", "mask", "hub", "dsp")
COMMAND_LINE = "stormbench compare flapping-magnet.toml --hub emulated --seed 7 --out result"
SOURCE_SHA256 = "5f0c2f1be7d94c1a" * 4

_NOBODY_TOLD = {"p50": None, "min": None, "max": None, "untold": 0}
_NOTICE_LEADS_MS = {
    "hub": {"p50": -61_500, "min": -121_757, "max": -1_250, "untold": 1},
    "dsp": {"p50": 0, "min": 0, "max": 0, "untold": 0},
}


def make_report(**replaced):
    """report.json with the arms of `ARMS`; `replaced` takes the place of whole top-level keys."""
    arms = {arm: _arm(arm)[0] for arm in ARMS}
    report = {
        "verdict": {
            "sentence": _sentence(arms),
            "place": "hub",
            "because": [
                _because(arms, "other_alert_delay_ms.p99", "none"),
                _because(arms, "other_alert_delay_ms.p99", "dsp"),
                _because(arms, "hops.wan.bytes", "dsp"),
            ],
        },
        "scenario": {
            "name": "flapping-magnet",
            "seed": 20260117,
            "alerts": 500,
            "duration_ms": DURATION_MS,
            "time_scale": 1.0,
        },
        "hub": {
            "kind": "emulated",
            "firmware_version": "0.1.0",
            "source_sha256": SOURCE_SHA256,
            "micropython_version": "1.28.0",
            "transport": "usb_repl",
            "keyed": False,
        },
        "policy": {
            "device_window_ms": 600_000,
            "amber_threshold": 10,
            "red_threshold": 20,
            "red_clear_threshold": 5,
            "red_clear_windows": 3,
            "code_window_ms": 600_000,
            "code_limit": 5,
            "code_limits": {"8F75": 8},
            "code_clear_limit": 2,
            "code_clear_windows": 3,
            "sample_mode": "period",
            "sample_period_ms": 600_000,
            "sample_every": 100,
            "flush_ms": 600_000,
            "excluded_codes": ["8071", "8F0A", "8F12", "8F66", "8F67", "8F72"],
            "shadow": False,
            "save_interval_ms": 10_000,
        },
        "wan": dict(WAN),
        "arms": arms,
        "expectations": [],
    }
    return report | replaced


def make_series():
    """The series of the same arms."""
    return {arm: _arm(arm)[1] for arm in ARMS}


def _because(arms, metric, other_arm):
    return {
        "metric": metric,
        "arm": "hub",
        "value": _look_up(arms["hub"], metric),
        "other_arm": other_arm,
        "other_value": _look_up(arms[other_arm], metric),
    }


def _look_up(figures, metric):
    for step in metric.split("."):
        figures = figures[step]
    return figures


def _sentence(arms):
    hub_s, dsp_s = (arms[arm]["other_alert_delay_ms"]["p99"] / 1000 for arm in ("hub", "dsp"))
    hub_bytes, dsp_bytes = (arms[arm]["hops"]["wan"]["bytes"] for arm in ("hub", "dsp"))
    return (
        "The throttle is best placed at the hub: alerts that belong to no storm waited"
        f" {hub_s:.1f} s at the 99th percentile, against {dsp_s:.1f} s under dsp; the WAN carried"
        f" {hub_bytes:,} bytes, against {dsp_bytes:,} under dsp."
    )


def _alerts():
    """(raised at, whether of a storm), in order."""
    chance = random.Random(7)
    storm = [chance.randrange(*STORMS_MS[0]) for _ in range(280)]
    storm += [chance.randrange(*STORMS_MS[1]) for _ in range(120)]
    others = [chance.randrange(DURATION_MS) for _ in range(100)]
    return sorted([(at, True) for at in storm] + [(at, False) for at in others])


class _Arm:
    """What one arm makes of the alerts, one after another."""

    def __init__(self, name):
        self.name = name
        self.counts: Counter[str] = Counter()
        self.hub_out, self.dsp_in, self.user = [], [], []
        self.other_delays, self.first_delays = [], []
        self.wan_free_at = 0
        self.seen: Counter[bool] = Counter()

    def alert(self, at, is_storm):
        if self.name == "mask" and is_storm and at > STORMS_MS[0][0] + 6 * MINUTE_MS:
            self.counts["silent"] += 1
            return
        self.seen[is_storm] += 1
        is_copy = is_storm and self.seen[True] > 26 and self.seen[True] % 40
        if self.name == "hub" and is_copy:
            self.counts["suppressed"] += 1
            return
        self.hub_out.append(at)
        arrival = self._cross_wan(at)
        if arrival is None:
            self.counts["queue"] += 1
            if not is_storm:
                self.other_delays.append((at, None))
            return
        self.dsp_in.append(arrival)
        if self.name == "dsp" and is_copy:
            self.counts["suppressed"] += 1
            return
        self.user.append(arrival + 20)
        if not is_storm:
            self.other_delays.append((at, arrival + 20 - at))
            self.first_delays.append(arrival + 20 - at)

    def _cross_wan(self, at):
        begun = max(at, self.wan_free_at)
        if (begun - at) * WAN["bytes_per_s"] / 1000 > WAN["queue_bytes"]:
            return None
        self.wan_free_at = begun + 1000 * ALERT_BYTES // WAN["bytes_per_s"]
        return self.wan_free_at + WAN["delay_ms"]


def _arm(name):
    alerts = _alerts()
    arm = _Arm(name)
    for at, is_storm in alerts:
        arm.alert(at, is_storm)
    raised = [at for at, _ in alerts]
    han = len(alerts) - arm.counts["silent"]
    series = ArmSeries(raised, arm.hub_out, arm.dsp_in, arm.user, arm.other_delays, STORMS_MS)
    pending = min(arm.counts["suppressed"], 9)
    figures = {
        "hops": {
            "han": _hop(han),
            "wan": _hop(len(arm.hub_out)),
            "dsp": _hop(len(arm.dsp_in)),
            "user": _hop(len(arm.user)),
        },
        "generated": len(alerts),
        "delivered": len(arm.user),
        "suppressed": arm.counts["suppressed"],
        "reported": arm.counts["suppressed"] - pending,
        "reported_to_dsp": 0,
        "pending": pending,
        "dropped": {"queue": arm.counts["queue"], "expired": 0},
        "lost_at_reset": 0,
        "silent": arm.counts["silent"],
        "unaccounted": 0,
        "false_suppressed": 0,
        "other_alert_delay_ms": _spread([ms for _, ms in arm.other_delays if ms is not None]),
        "first_alert_delay_ms": _spread(arm.first_delays[:20]) | {"lost": 0},
        "failed_queue": {
            "max_depth": 0,
            "max_bytes": 0,
            "expired": 0,
            "waiting": 0,
            "wait_ms": {"p50": 0, "p99": 0, "max": 0},
        },
        "last_state": {"pairs": 2, "wrong": 1 if name == "mask" else 0},
        "notice_lead_ms": _NOTICE_LEADS_MS.get(name, _NOBODY_TOLD),
    }
    return figures, series


def _hop(alerts):
    return {"alerts": alerts, "bytes": alerts * ALERT_BYTES}


def _spread(delays):
    delays = sorted(delays)
    return {
        "p50": delays[len(delays) // 2],
        "p99": delays[len(delays) * 99 // 100],
        "max": delays[-1],
    }


def test_example_accounts_for_every_alert_in_every_arm():
    for figures in make_report()["arms"].values():
        parts = ("delivered", "reported", "reported_to_dsp", "pending", "lost_at_reset", "silent")
        known = sum(figures[part] for part in parts) + sum(figures["dropped"].values())
        assert known == figures["generated"] == 500


def test_example_has_other_alerts_that_never_arrived():
    assert make_series()["none"].never_arrived() > 0
