"""A User who is away, from a scenario's `user_outages` to the account and the figures."""

from dataclasses import replace
from functools import cache

import pytest
from pydantic import ValidationError

from arm_runs import runs_of
from hubwire.identities import SUPPLIER
from stormbench.compare.account import account
from stormbench.compare.figures import ArmFigures
from stormbench.compare.run import Comparison
from stormbench.dsp.failed_queue import HOLD_MS, RETRY_MS, Absence
from stormbench.report.html import render
from stormbench.scenario.absences import failed_queue_of
from stormbench.scenario.model import Scenario
from stormbench.scenario.trace import trace_of
from stormbench.strict_model import reasons

DAY_MS = 86_400_000
BROKER, NETWORK_OPERATOR = "90B3D51F30000002", "90B3D51F30020000"
AWAY = {"user": SUPPLIER.hex().upper(), "at_ms": 0, "duration_ms": 3 * DAY_MS}
STORM = {
    "name": "storm",
    "device": "meter",
    "code": "81A0",
    "target": SUPPLIER.hex(),
    "duration_ms": 600_000,
    "shape": "periodic",
    "per_hour": 600,
    "storm": True,
}
OTHER = {**STORM, "name": "other", "code": "8154", "count": 1, "storm": False}
ARMS = ["none", "hub", "dsp", "layered"]


def scenario(**fields):
    return Scenario.model_validate(
        {
            "name": "away",
            "duration_ms": 4 * DAY_MS,
            "devices": ({"name": "meter", "kind": "ESME", "originator": "00DB1234567890A0"},),
            "phases": (STORM, OTHER),
            "wan": {"bytes_per_s": 1000},
            "user_outages": (AWAY,),
            **fields,
        }
    )


@cache
def all_runs(away_ms, end_ms):
    """Every arm, and the trace; not to be changed."""
    outages = ({**AWAY, "duration_ms": away_ms},) if away_ms else ()
    recipe = scenario(duration_ms=end_ms, user_outages=outages)
    alerts = trace_of(recipe)
    return runs_of(recipe, alerts), alerts


def run_of(arm, away_ms=3 * DAY_MS, end_ms=4 * DAY_MS):
    return all_runs(away_ms, end_ms)[0][arm]


def figures_of(arm, away_ms=3 * DAY_MS, end_ms=4 * DAY_MS):
    runs, _ = all_runs(away_ms, end_ms)
    return ArmFigures(runs[arm]).as_report()


# The account.


@pytest.mark.parametrize("arm", ARMS)
def test_alerts_expire_with_the_counts_in_their_documents(arm):
    terms = account(run_of(arm))
    assert terms["dropped"]["expired"] == terms["generated"] == 101
    assert (terms["delivered"], terms["reported"], terms["unaccounted"]) == (0, 0, 0)


@pytest.mark.parametrize("arm", ARMS)
def test_alerts_in_documents_that_wait_at_the_end_are_pending(arm):
    terms = account(run_of(arm, end_ms=DAY_MS))
    assert terms["pending"] == terms["generated"] == 101
    assert terms["unaccounted"] == 0


@pytest.mark.parametrize("arm", ARMS)
def test_user_who_comes_back_in_time_loses_nothing(arm):
    terms = account(run_of(arm, away_ms=DAY_MS))
    assert terms["dropped"]["expired"] == terms["pending"] == 0
    assert terms["delivered"] + terms["reported"] == 101


def test_throttle_keeps_documents_from_the_queue_and_not_alerts_from_expiring():
    without, with_one = run_of("none").carried, run_of("hub").carried
    assert len(without.expired) == 101
    assert len(with_one.expired) < 40


@pytest.mark.parametrize("fate", ["expired", "waiting"])
def test_copy_of_an_alert_that_arrived_is_counted_once(fate):
    run = run_of("none", away_ms=0)
    copied = replace(run, carried=replace(run.carried, **{fate: run.deliveries[:1]}))
    assert account(copied) == account(run)


def test_copy_of_an_alert_that_expired_is_not_pending_too():
    run = run_of("none")
    copied = replace(run, carried=replace(run.carried, waiting=run.carried.expired[:1]))
    assert account(copied) == account(run)


# The figures.


def test_what_expired_was_lost_and_not_suppressed():
    figures = figures_of("none")
    assert (figures["suppressed"], figures["false_suppressed"]) == (0, 0)
    assert figures["other_alert_delay_ms"]["lost"] == 1
    assert figures["first_alert_delay_ms"]["lost"] == 2


def test_what_waits_at_the_end_was_not_suppressed():
    assert figures_of("none", end_ms=DAY_MS)["suppressed"] == 0


def test_figures_say_how_many_waited_and_how_long():
    queue = figures_of("none", away_ms=DAY_MS)["failed_queue"]
    assert (queue["max_depth"], queue["expired"], queue["waiting"]) == (101, 0, 0)
    assert queue["max_bytes"] > 101 * 1500
    assert DAY_MS - 605_000 < queue["wait_ms"]["p50"] < queue["wait_ms"]["max"] < DAY_MS


def test_page_tells_of_the_queue_where_a_user_was_away(tmp_path):
    text = page_of(scenario(), tmp_path)
    assert 'id="failed-queue"' in text


def test_page_tells_of_no_queue_where_nobody_was_away(tmp_path):
    assert 'id="failed-queue"' not in page_of(scenario(user_outages=()), tmp_path)


def page_of(recipe, folder):
    return render(report_of(recipe, folder), {}, "stormbench compare")


def report_of(recipe, folder):
    return Comparison(recipe, recipe.throttle_policy(), "sim").run(folder).report


# The scenario.


def test_times_are_those_of_the_run():
    queue = failed_queue_of(scenario(time_scale=10.0))
    assert queue.absences == [Absence(SUPPLIER, 0, 3 * DAY_MS // 10)]
    assert (queue.retry_ms, queue.hold_ms) == (RETRY_MS // 10, HOLD_MS // 10)


def test_time_scale_changes_no_term_of_the_account(tmp_path):
    report = report_of(scenario(time_scale=60.0), tmp_path)
    assert report["arms"]["hub"]["dropped"]["expired"] == 101


@pytest.mark.parametrize(
    ("outages", "reason"),
    [
        ([{"user": BROKER}], "user_outages.0.user: 90B3D51F30000002 is the Access Control Broker"),
        ([{"user": NETWORK_OPERATOR}], "user_outages.0.user: no phase sends to 90B3D51F30020000"),
        ([{"user": "supplier"}], "user_outages.0.user: String should match"),
        ([{"at_ms": 4 * DAY_MS + 1}], "user_outages.0.at_ms: 345600001 ms is after"),
        ([{"duration_ms": 0}], "user_outages.0.duration_ms: Input should be greater"),
        ([{}, {"at_ms": 5}], "user_outages.1.at_ms: this User is away until 259200000 ms, got 5"),
        ([{"at_ms": 5}, {}], "user_outages.0.at_ms: this User is away until 259200000 ms, got 5"),
        ([{"length": 5}], "user_outages.0.length: Extra inputs"),
    ],
)
def test_outage_that_does_not_fit_is_refused(outages, reason):
    with pytest.raises(ValidationError) as refused:
        scenario(user_outages=tuple({**AWAY, **outage} for outage in outages))
    assert reason in reasons(refused.value)


def test_one_user_may_be_away_twice():
    again = {**AWAY, "at_ms": 3 * DAY_MS, "duration_ms": 1000}
    assert len(scenario(user_outages=(AWAY, again)).user_outages) == 2
