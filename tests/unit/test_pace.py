"""The time scale: what it divides, and what it leaves."""

import pytest

from commshub.policy import NUMBERS, Policy
from stormbench.faults.plan import FaultPlan
from stormbench.scenario.pace import Pace
from stormbench.wan.cell import WanSettings

TIMES = [name for name, *_ in NUMBERS if name.endswith("_ms") and name != "save_interval_ms"]
COUNTS = [name for name, *_ in NUMBERS if not name.endswith("_ms")]


@pytest.mark.parametrize("name", TIMES)
def test_times_of_a_policy_are_divided(name):
    assert getattr(Pace(60).policy(Policy()), name) == getattr(Policy(), name) / 60


@pytest.mark.parametrize("name", COUNTS)
def test_counts_of_a_policy_stay(name):
    assert getattr(Pace(60).policy(Policy()), name) == getattr(Policy(), name)


def test_codes_of_a_policy_stay():
    policy = Policy()
    policy.code_limits = {0x8F75: 8}
    paced = Pace(60).policy(policy)
    assert (paced.excluded_codes, paced.code_limits) == (policy.excluded_codes, {0x8F75: 8})


def test_no_time_of_a_policy_falls_below_its_least():
    paced = Pace(10_000).policy(Policy())
    assert (paced.save_interval_ms, paced.code_window_ms) == (1000, 60)
    assert paced.refusal() is None


def test_wan_carries_the_same_alerts_in_the_scaled_time():
    assert Pace(4).wan(WanSettings(10, 800, 6000, 0.5)) == WanSettings(40, 200, 6000, 0.5)


def test_times_of_faults_are_divided_and_stay_above_0():
    plan = Pace(1000).faults(FaultPlan(drop=0.5, stalls=2, stall_ms=60_000, delay_ms=500))
    assert (plan.stall_ms, plan.delay_ms, plan.drop, plan.stalls) == (60, 1, 0.5, 2)


def test_scale_of_1_changes_nothing():
    policy, wan = Policy(), WanSettings()
    assert Pace(1).policy(policy) is policy
    assert (Pace(1).wan(wan), Pace(1).ms(12_345)) == (wan, 12_345)
