"""Where every alert of an arm went: each term from a part of its own, nothing left over."""

import copy
import re
from dataclasses import replace

import pytest

from arm_runs import arm_runs, report
from stormbench.compare.account import account, unaccounted
from stormbench.dsp.users import Recipients

ARMS = ["none", "mask", "device", "hub", "dsp", "layered"]
SCENARIOS = ["default", "few_hubs_updated", "narrow_wan", "wide_wan"]
TERMS = ["generated", "delivered", "reported", "reported_to_dsp", "pending", "dropped"]
TERMS += ["lost_at_reset", "silent"]


def run_of(arm):
    return arm_runs("default")[arm]


def moved(run, changed):
    """By how much each term differs between two runs, for those that do."""
    before, after = account(run), account(changed)
    queue = after["dropped"].pop("queue") - before["dropped"].pop("queue")
    assert after.pop("dropped") == before.pop("dropped")
    differences = {name: after[name] - before[name] for name in before}
    return {name: by for name, by in {**differences, "dropped": queue}.items() if by}


def with_hub(run, **changes):
    """The run with its one hub's pass changed."""
    ((hub_id, home),) = run.homes.items()
    return replace(run, homes={hub_id: replace(home, hub=replace(home.hub, **changes))})


def with_deliveries(run, deliveries):
    """The run as if these had reached the recipients."""
    recipients = Recipients()
    recipients.take(deliveries)
    return replace(run, deliveries=deliveries, recipients=recipients)


def with_cell(run, **changes):
    """The run with some of the WAN's counts changed."""
    cell = copy.deepcopy(run.cell)
    for name, value in changes.items():
        setattr(cell, name, value)
    return replace(run, cell=cell)


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_nothing_is_unaccounted_for(scenario, arm):
    assert report(scenario)["arms"][arm]["unaccounted"] == 0


def test_the_default_scenario_puts_most_terms_to_use():
    arms = report("default")["arms"]
    assert all(arms[arm]["generated"] and arms[arm]["delivered"] for arm in ARMS)
    assert arms["hub"]["reported"] and arms["dsp"]["reported"] and arms["none"]["dropped"]["queue"]


def test_hubs_own_alerts_put_reported_to_dsp_to_use():
    assert report("wide_wan")["arms"]["hub"]["reported_to_dsp"] > 0


@pytest.mark.parametrize("arm", ARMS)
def test_account_of_a_run_is_that_of_the_report(arm):
    of_report = report("default")["arms"][arm]
    assert account(run_of(arm)) == {name: of_report[name] for name in [*TERMS, "unaccounted"]}


@pytest.mark.parametrize("arm", ARMS)
def test_delivered_alert_taken_from_the_sink_is_unaccounted_for(arm):
    run = run_of(arm)
    taken = next(d for d in run.deliveries if not d.is_held and b"AlertCount" not in d.body)
    left = [delivery for delivery in run.deliveries if delivery is not taken]
    assert account(with_deliveries(run, left))["unaccounted"] == 1


@pytest.mark.parametrize("arm", ["hub", "dsp", "layered"])
def test_count_raised_by_one_makes_unaccounted_minus_one(arm):
    run = run_of(arm)
    deliveries = list(run.deliveries)
    place = next(at for at, d in enumerate(deliveries) if b"ThrottledAlertCount>" in d.body)
    body = re.sub(
        rb"(ThrottledAlertCount>)(\d+)",
        lambda found: found[1] + b"%d" % (int(found[2]) + 1),
        deliveries[place].body,
        count=1,
    )
    deliveries[place] = replace(deliveries[place], body=body)
    assert account(with_deliveries(run, deliveries))["unaccounted"] == -1


def test_injector_alone_counts_generated():
    run = run_of("hub")
    changed = with_hub(run, sent=next(iter(run.homes.values())).hub.sent + 1)
    assert moved(run, changed) == {"generated": 1, "unaccounted": 1}


def test_sink_alone_counts_delivered():
    run = run_of("hub")
    recipients = copy.deepcopy(run.recipients)
    recipients.users.first_ms_by_alert.popitem()
    changed = replace(run, recipients=recipients)
    assert moved(run, changed) == {"delivered": -1, "unaccounted": 1}


def test_broker_is_a_sink_as_well():
    run = run_of("hub")
    recipients = copy.deepcopy(run.recipients)
    recipients.access_control_broker.first_ms_by_alert.popitem()
    changed = replace(run, recipients=recipients)
    assert moved(run, changed) == {"delivered": -1, "unaccounted": 1}


def test_alert_that_comes_twice_is_delivered_once():
    run = run_of("none")
    twice = [*run.deliveries, run.deliveries[-1]]
    assert moved(run, with_deliveries(run, twice)) == {}


def test_held_copy_is_not_delivered():
    run = run_of("hub")
    without = [delivery for delivery in run.deliveries if not delivery.is_held]
    told = sum(d.is_held for d in run.deliveries)
    by = moved(run, with_deliveries(run, without))
    assert told and "delivered" not in by and by["reported"] < 0


def test_documents_alone_count_reported():
    run = run_of("hub")
    recipients = copy.deepcopy(run.recipients)
    recipients.users.reported += 1
    changed = replace(run, recipients=recipients)
    assert moved(run, changed) == {"reported": 1, "unaccounted": -1}


def test_dsps_store_alone_counts_reported_to_dsp():
    run = run_of("hub")
    changed = replace(run, reported_to_dsp=run.reported_to_dsp + 1)
    assert moved(run, changed) == {"reported_to_dsp": 1, "unaccounted": -1}


def with_terms(run, **more):
    """The run with some terms of its one hub larger by so much."""
    (home,) = run.homes.values()
    terms = {name: getattr(home.hub.terms, name) + by for name, by in more.items()}
    return with_hub(run, terms=replace(home.hub.terms, **terms))


def test_hubs_terms_count_pending():
    run = run_of("hub")
    assert moved(run, with_terms(run, pending=1)) == {"pending": 1, "unaccounted": -1}


def test_what_gave_way_in_a_hub_is_dropped_in_a_queue():
    run = run_of("hub")
    assert moved(run, with_terms(run, gave_way=1)) == {"dropped": 1, "unaccounted": -1}


def test_what_a_hub_in_shadow_would_have_suppressed_is_not_pending():
    run = run_of("none")
    counters = next(iter(run.homes.values())).hub.counters
    assert counters["would_suppress"] > 0
    assert account(run)["pending"] == 0


def test_wan_alone_counts_dropped():
    run = run_of("none")
    changed = with_cell(run, dropped_alerts=run.cell.dropped_alerts + 1)
    assert moved(run, changed) == {"dropped": 1, "unaccounted": -1}


def test_hubs_terms_count_lost_at_reset():
    run = run_of("hub")
    changed = with_terms(run, lost_at_reset=1)
    assert moved(run, changed) == {"lost_at_reset": 1, "unaccounted": -1}


@pytest.mark.parametrize("arm", ARMS)
def test_hub_that_never_restarted_lost_nothing_at_a_reset(arm):
    assert account(run_of(arm))["lost_at_reset"] == 0


def test_unaccounted_is_generated_less_each_other_term_once():
    values = {name: 10**place for place, name in enumerate(TERMS)}
    dropped = values.pop("dropped")
    values["dropped"] = {"queue": dropped, "expired": 10**9}
    assert unaccounted(values) == 1 - 11_111_110 - 10**9


def test_neither_expired_nor_silent_moves_by_itself():
    for arm in ARMS:
        terms = account(run_of(arm))
        assert (terms["silent"], terms["dropped"]["expired"]) == (0, 0)
