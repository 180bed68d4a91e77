"""Which runs a study is made of, and what each of them varies."""

from collections import Counter

import pytest

from stormbench.errors import InvalidInput
from stormbench.policy_file import plain_policy
from stormbench.scenario.read import read_scenario
from stormbench.scenario.shipped import scenario_names, scenario_path
from stormbench.scenario.trace import trace_of
from stormbench.study.job import SCENARIOS, Job, run_job
from stormbench.study.plan import REPLICATIONS, plan
from stormbench.study.recipes import cell, with_busy_meter, without_storm
from stormbench.study.sweeps import BY_NAME, SWEEPS


def test_every_scenario_has_its_replications_and_every_point_its_own():
    jobs = plan()
    for name in scenario_names():
        assert sum(job.scenario == name for job in jobs) == REPLICATIONS
    for sweep in SWEEPS:
        points = len(list(sweep.points()))
        assert sum(job.group == sweep.name for job in jobs) == points * sweep.replications


def test_no_two_jobs_have_one_key():
    keys = [job.key for job in plan()]
    assert len(set(keys)) == len(keys)


def test_key_does_not_depend_on_how_many_replications_there_are():
    assert {job.key for job in plan(replications=2)} <= {job.key for job in plan(replications=5)}


def test_first_replications_come_first():
    numbers = [job.replication for job in plan()]
    assert numbers == sorted(numbers)


def test_only_what_is_named_is_run():
    jobs = plan(["boot_loop", "cell"], replications=2)
    assert {(job.group, job.scenario) for job in jobs} == {
        (SCENARIOS, "boot_loop"),
        ("cell", ""),
    }


def test_unknown_name_is_refused_with_those_there_are():
    with pytest.raises(InvalidInput, match=r"--only boot_lop: .* authentication_failures, "):
        plan(["boot_lop"])


def test_first_replication_has_the_scenarios_own_seed_and_the_next_the_next():
    seeds = [
        run_job(Job(SCENARIOS, "future_dated_outcomes", (), number))["seed"] for number in (0, 1)
    ]
    assert seeds[1] == seeds[0] + 1


def test_larger_share_of_hubs_updated_has_all_those_of_a_smaller_one():
    updated = [
        {hub.id for hub in cell(8, 4, share, seed=3).hubs if hub.updated}
        for share in (0, 0.25, 0.5, 1)
    ]
    assert [len(each) for each in updated] == [0, 2, 4, 8]
    assert updated[1] < updated[2] < updated[3]


@pytest.mark.parametrize("sweep", SWEEPS, ids=lambda sweep: sweep.name)
def test_every_point_of_a_sweep_is_a_scenario_that_differs_from_the_next(sweep):
    points = list(sweep.points())
    recipes = [sweep.recipe(point, 0) for point in points]
    if not sweep.policy_axes:
        assert len({recipe.model_dump_json(exclude={"seed"}) for recipe in recipes}) == len(points)


def test_point_of_the_policy_sweep_is_run_under_its_policy(mocker):
    ran = mocker.patch("stormbench.study.job.Comparison", side_effect=InterruptedError)
    point = {
        "red_threshold": 10,
        "code_limit": 2,
        "code_window_ms": 300_000,
        "sample_period_ms": 120_000,
    }
    with pytest.raises(InterruptedError):
        run_job(Job("policy", "", tuple(point.items()), 0))
    policy = plain_policy(ran.call_args.args[1])
    assert {name: policy[name] for name in point} == point
    assert policy["flush_ms"] == point["sample_period_ms"]
    assert list(BY_NAME["policy"].policy_axes) == list(point)


def test_policy_that_is_given_takes_the_place_of_the_scenarios_own(mocker):
    ran = mocker.patch("stormbench.study.job.Comparison", side_effect=InterruptedError)
    with pytest.raises(InterruptedError):
        run_job(Job(SCENARIOS, "boot_loop", (), 0, {"code_limit": 9}))
    assert plain_policy(ran.call_args.args[1])["code_limit"] == 9


def test_controls_without_their_storm_keep_what_is_legitimate():
    control = read_scenario(scenario_path("install_day"))
    calm = without_storm(control)
    assert [phase for phase in control.phases if not phase.storm] == list(calm.phases)
    assert len(calm.devices) == len(control.devices) - 1


def test_busy_meter_is_no_storm_and_sends_four_codes_a_dozen_times():
    found = trace_of(with_busy_meter(read_scenario(scenario_path("stuck_tamper_sensor"))))
    busy = [alert for alert in found if alert.originator[-2:] == b"\xc0\x01"]
    assert Counter(alert.code for alert in busy) == dict.fromkeys(
        (0x8002, 0x8003, 0x8006, 0x8007), 12
    )
    assert not any(alert.is_storm for alert in busy)
    assert busy[-1].at_ms - busy[0].at_ms < 600_000
