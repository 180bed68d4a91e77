"""What is to be sent, and the limits that it is held to before anything is opened."""

import pytest

from inject_bench import scenario
from stormbench.errors import InvalidInput
from stormbench.faults.plan import FaultPlan
from stormbench.inject.limits import MOST_ALERTS
from stormbench.inject.plan import (
    even_storm,
    faults_of_run,
    peak_per_s,
    plan_of,
    policy_of_run,
    require_within_limits,
    storms_of,
    summary,
)
from stormbench.scenario.read import changed


def test_time_scale_moves_alerts_closer() -> None:
    (shots,) = storms_of(plan_of(changed(scenario(), time_scale=10), 1))
    assert [shot.at_us for shot in shots[:3]] == [0, 100_000, 200_000]


def test_time_scale_divides_the_scenarios_policy_too() -> None:
    tuned = changed(scenario(), time_scale=10).model_copy(update={"policy": {"flush_ms": 60_000}})
    policy = policy_of_run(tuned)
    assert policy is not None and policy.flush_ms == 6_000


def test_time_scale_divides_the_times_of_faults_and_keeps_the_seed() -> None:
    plan = FaultPlan(stalls=1, stall_ms=20_000)
    faults = faults_of_run(
        scenario().model_copy(update={"faults": plan, "time_scale": 10.0, "seed": 7})
    )
    assert faults is not None and (faults.plan.stall_ms, faults.seed) == (2_000, 7)


def test_message_is_made_once_for_hubs_that_share_it() -> None:
    made: list[None] = []
    first, second = storms_of(plan_of(scenario(), 2), lambda: made.append(None))
    assert first[0].message is second[0].message and len(made) == len(first)


def test_scenario_without_a_policy_leaves_each_hub_its_own() -> None:
    assert policy_of_run(scenario().model_copy(update={"policy": {}})) is None


def test_each_of_several_hubs_gets_all_of_a_scenario_with_one() -> None:
    first, second = storms_of(plan_of(scenario(), 2))
    assert len(first) == 10 and first == second


def test_hubs_of_a_scenario_go_to_the_hubs_in_order() -> None:
    first, second = storms_of(plan_of(scenario(hubs=2), 2))
    assert {shot.phase for shot in first} == {"storm 1"}
    assert {shot.phase for shot in second} == {"storm 2"}


def test_scenario_with_other_numbers_of_hubs_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"has 2 hubs; give --hub as often.*got 3"):
        plan_of(scenario(hubs=2), 3)


def test_peak_is_of_any_second_and_not_of_whole_ones() -> None:
    shots = even_storm(0x8F3E, 10, 16)  # 0.0 to 1.5 s
    assert peak_per_s(shots[6:]) == peak_per_s(shots) == 10


def test_peak_of_nothing_is_0() -> None:
    assert peak_per_s([]) == 0


def test_rate_at_the_limit_is_taken() -> None:
    require_within_limits([even_storm(0x8F3E, 10, 20)], max_per_s=10)


def test_rate_over_the_limit_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"up to 11 alerts in one second.*at most 10"):
        require_within_limits([even_storm(0x8F3E, 11, 20)], max_per_s=10)


def test_too_many_alerts_over_all_hubs_are_refused() -> None:
    half = [*even_storm(0x8F3E, 1, 1)] * (MOST_ALERTS // 2 + 1)
    with pytest.raises(InvalidInput, match="100,002 alerts over all hubs"):
        require_within_limits([half, half])


def test_scenario_without_an_alert_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no alert at all"):
        require_within_limits([[]])


def test_identity_that_may_be_a_real_meters_is_refused() -> None:
    plan = plan_of(scenario(target="0011223344556677"), 1)
    with pytest.raises(InvalidInput, match=r"storm 1: target: .*0011223344556677; `inject --real"):
        require_within_limits(plan)


def test_identity_that_may_be_a_real_meters_is_taken_on_demand() -> None:
    require_within_limits(plan_of(scenario(target="0011223344556677"), 1), real_ids=True)


def test_summary_counts_by_device_code_and_phase() -> None:
    (hub,) = summary(["sim"], plan_of(scenario(), 1))["hubs"]
    assert hub["alerts"] == 10 and hub["peak_per_s"] == 1
    assert (hub["by_device"], hub["by_code"]) == ({"meter 1": 10}, {"8F3E": 10})
    assert hub["by_phase"] == {"storm 1": 10}
