"""What an arm comes to in figures, from scenarios small enough to count by hand."""

import pytest

from arm_runs import arm_runs, report, runs_of, scenario, trace
from stormbench.compare.figures import ArmFigures, percentiles
from stormbench.scenario.model import Scenario
from stormbench.scenario.trace import trace_of

METER = {"name": "meter", "kind": "ESME", "originator": "00DB1234567890A0"}
PHASE = {
    "name": "storm",
    "device": "meter",
    "code": "81A0",
    "target": "90B3D51F30010000",
    "duration_ms": 600_000,
    "shape": "periodic",
    "per_hour": 600,
    "storm": True,
}
ARMS = ["none", "mask", "device", "hub", "dsp", "layered"]


def figures_of(*phases, wan=None):
    """The figures of each arm, and the trace."""
    recipe = Scenario.model_validate(
        {
            "name": "test",
            "duration_ms": 3_600_000,
            "devices": (METER,),
            "phases": phases,
            "wan": {"bytes_per_s": 1000, "delay_ms": 400, **(wan or {})},
        }
    )
    alerts = trace_of(recipe)
    runs = runs_of(recipe, alerts)
    return {arm: ArmFigures(run).as_report() for arm, run in runs.items()}, alerts


ONE = {**PHASE, "count": 1, "storm": False}


def test_delay_is_the_time_on_the_wire_and_the_delay_behind_it():
    figures, (alert,) = figures_of(ONE)
    # 1000 bytes a second: as many ms as the message has bytes.
    delay = len(alert.message) + 400
    expected = {"p50": delay, "p99": delay, "max": delay, "lost": 0}
    assert figures["none"]["other_alert_delay_ms"] == expected
    assert figures["none"]["first_alert_delay_ms"] == expected


def test_hops_count_the_alert_and_its_bytes_on_each():
    figures, (alert,) = figures_of(ONE)
    hops = figures["none"]["hops"]
    one = {"alerts": 1, "bytes": len(alert.message)}
    assert hops["han"] == hops["wan"] == hops["dsp"] == one
    assert hops["user"]["alerts"] == 1
    assert hops["user"]["bytes"] > 2 * len(alert.message)  # base64 in a document


def test_alert_that_the_wan_dropped_is_lost():
    figures, _ = figures_of(ONE, wan={"queue_bytes": 0})
    nothing = {"p50": 0, "p99": 0, "max": 0, "lost": 1}
    assert figures["none"]["other_alert_delay_ms"] == nothing
    assert figures["none"]["first_alert_delay_ms"] == nothing
    assert figures["none"]["suppressed"] == 0


def test_dropped_alert_of_a_storm_is_not_among_the_others():
    figures, _ = figures_of({**ONE, "storm": True}, wan={"queue_bytes": 0})
    assert figures["none"]["other_alert_delay_ms"]["lost"] == 0
    assert figures["none"]["first_alert_delay_ms"]["lost"] == 1


def test_key_is_lost_only_if_none_of_its_alerts_arrives():
    figures, alerts = figures_of(PHASE, wan={"queue_bytes": 200, "bytes_per_s": 1})
    first = figures["none"]["first_alert_delay_ms"]
    assert len(alerts) == 100 and figures["none"]["hops"]["dsp"]["alerts"] < 20
    assert (first["lost"], first["max"]) == (0, len(alerts[0].message) * 1000 + 400)


@pytest.mark.parametrize("arm", ["device", "hub", "dsp", "layered"])
def test_alert_outside_the_storm_that_is_suppressed_is_counted_as_false(arm):
    # In the middle of the storm three alerts with its key that are none of it.
    calm = {**PHASE, "name": "calm", "storm": False, "at_ms": 400_001, "count": 3}
    figures, _ = figures_of(PHASE, {**calm, "duration_ms": 60_000})
    assert figures[arm]["false_suppressed"] == 3


@pytest.mark.parametrize("arm", ["device", "hub", "dsp", "layered"])
def test_alert_with_a_key_of_its_own_in_the_storm_is_not_suppressed(arm):
    other = {**PHASE, "name": "other", "storm": False, "code": "8F3F", "count": 3}
    figures, _ = figures_of(PHASE, {**other, "at_ms": 400_001, "duration_ms": 60_000})
    assert (figures[arm]["false_suppressed"], figures[arm]["suppressed"] > 0) == (0, True)


def test_suppressed_alert_outside_the_storm_is_not_lost():
    calm = {**PHASE, "name": "calm", "storm": False, "at_ms": 400_001, "duration_ms": 60_000}
    figures, _ = figures_of(PHASE, calm)
    assert figures["hub"]["false_suppressed"] > 0
    assert figures["hub"]["other_alert_delay_ms"]["lost"] == 0


def test_without_a_throttle_nothing_is_suppressed():
    figures, _ = figures_of(PHASE)
    assert (figures["none"]["suppressed"], figures["none"]["false_suppressed"]) == (0, 0)


@pytest.mark.parametrize("arm", ["device", "hub", "dsp", "layered"])
def test_what_came_and_what_was_suppressed_are_all_that_there_was(arm):
    # Nothing is dropped: 26 pass before the sampling, 21 for red and 5 of the key; then a sample.
    figures, alerts = figures_of(PHASE)
    assert (len(alerts), figures[arm]["suppressed"]) == (100, 73)


@pytest.mark.parametrize("arm", ARMS)
def test_default_scenario_suppresses_what_its_account_misses_at_the_users(arm):
    found = ArmFigures(arm_runs("default")[arm]).as_report()
    of_report = report("default")["arms"][arm]
    gone = of_report["generated"] - of_report["delivered"] - of_report["dropped"]["queue"]
    assert found["suppressed"] == gone == of_report["suppressed"]


def test_series_has_a_time_for_each_alert_at_each_hop():
    run = arm_runs("default")["hub"]
    spans = [(p.at_ms, p.at_ms + p.duration_ms) for p in scenario("default").phases if p.storm]
    figures = ArmFigures(run)
    series, hops = figures.series(spans), figures.as_report()["hops"]
    lengths = [series.raised_ms, series.hub_out_ms, series.dsp_in_ms, series.user_ms]
    assert [len(times) for times in lengths] == [hop["alerts"] for hop in hops.values()]
    assert series.storm_spans_ms == spans


@pytest.mark.parametrize(
    ("values", "p50", "p99", "most"),
    [
        ([], 0, 0, 0),
        ([7], 7, 7, 7),
        ([0], 0, 0, 0),
        ([10, 20], 15, 20, 20),
        ([20, 10], 15, 20, 20),
        ([0, 1000], 500, 990, 1000),
        (list(range(101)), 50, 99, 100),
    ],
)
def test_percentiles_of_few_and_many_values(values, p50, p99, most):
    assert percentiles(values) == {"p50": p50, "p99": p99, "max": most}


# report.json, key by key: others script against it.

DELAY = {"p50", "p99", "max", "lost"}
ARM_KEYS = {
    "hops",
    "generated",
    "delivered",
    "suppressed",
    "reported",
    "reported_to_dsp",
    "pending",
    "dropped",
    "lost_at_reset",
    "silent",
    "unaccounted",
    "false_suppressed",
    "other_alert_delay_ms",
    "first_alert_delay_ms",
    "notice_lead_ms",
    "last_state",
    "dcc_alerts",
    "false_suppressed_of",
    "storm_known_ms",
    "end_known_ms",
    "count_age_ms",
    "red_ms",
    "anomaly",
    "two_parties",
    "wan_busy_share",
    "wan_queue_bytes_max",
    "wan_wait_ms_max",
    "dsp_peak",
    "built",
    "service_requests",
    "failed_queue",
}
KNOWN = {"p50", "max", "unknown"}
PLACES = {
    "": {"verdict", "scenario", "hub", "policy", "wan", "arms", "expectations"},
    "verdict": {"sentence", "place", "because"},
    "scenario": {"name", "seed", "alerts", "duration_ms", "time_scale", "mask_delay_ms"},
    "hub": {
        "kind",
        "firmware_version",
        "source_sha256",
        "micropython_version",
        "transport",
        "keyed",
    },
    "wan": {"bytes_per_s", "delay_ms", "queue_bytes", "loss"},
    "arms": set(ARMS),
    **{f"arms.{arm}": ARM_KEYS for arm in ARMS},
    **{f"arms.{arm}.hops": {"han", "wan", "dsp", "user"} for arm in ARMS},
    **{f"arms.{arm}.hops.{hop}": {"alerts", "bytes"} for arm in ARMS for hop in ("han", "user")},
    **{f"arms.{arm}.dropped": {"queue", "expired"} for arm in ARMS},
    **{f"arms.{arm}.other_alert_delay_ms": DELAY for arm in ARMS},
    **{f"arms.{arm}.first_alert_delay_ms": DELAY for arm in ARMS},
    **{
        f"arms.{arm}.failed_queue": {"max_depth", "max_bytes", "expired", "waiting", "wait_ms"}
        for arm in ARMS
    },
    **{f"arms.{arm}.failed_queue.wait_ms": {"p50", "p99", "max"} for arm in ARMS},
    **{f"arms.{arm}.last_state": {"pairs", "wrong", "wrong_by_counter"} for arm in ARMS},
    **{f"arms.{arm}.notice_lead_ms": {"p50", "min", "max", "untold"} for arm in ARMS},
    **{f"arms.{arm}.{what}_ms": KNOWN for arm in ARMS for what in ("storm_known", "end_known")},
    **{f"arms.{arm}.red_ms": KNOWN for arm in ARMS},
    **{f"arms.{arm}.two_parties": {"happenings", "told_to_one"} for arm in ARMS},
    **{
        f"arms.{arm}.anomaly": {
            "raised",
            "counted",
            "uncounted",
            "red_devices",
            "red_unseen",
            "red_share",
            "red_late_ms",
            "red_beyond_ms",
        }
        for arm in ARMS
    },
    **{f"arms.{arm}.count_age_ms": {"p50", "max"} for arm in ARMS},
    **{f"arms.{arm}.dsp_peak": {"second", "window"} for arm in ARMS},
    **{f"arms.{arm}.built": {"signature", "mac"} for arm in ARMS},
    **{f"arms.{arm}.service_requests": {"requests", "bytes"} for arm in ARMS},
}


@pytest.mark.parametrize("place", PLACES)
def test_report_has_exactly_the_keys_of_the_contract(place):
    at = report("default")
    for step in place.split(".") if place else []:
        at = at[step]
    assert set(at) == PLACES[place]


def test_report_says_what_was_run():
    of_scenario = report("default")["scenario"]
    recipe = scenario("default")
    assert of_scenario == {
        "name": recipe.name,
        "seed": recipe.seed,
        "alerts": len(trace("default")),
        "duration_ms": recipe.duration_ms,
        "time_scale": 1.0,
        "mask_delay_ms": recipe.mask_delay_ms,
    }
    assert report("default")["hub"]["kind"] == "sim"
    assert report("default")["hub"]["keyed"] is False
