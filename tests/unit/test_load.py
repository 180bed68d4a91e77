"""What a storm takes of the WAN, the DSP and the meters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arm_runs import arm_runs, trace
from stormbench.compare.load import load, most_within


@given(st.lists(st.integers(0, 5000)).map(sorted), st.integers(1, 2000))
def test_peak_is_the_most_in_any_window(times_ms, window_ms):
    brute = max((sum(end - window_ms < t <= end for t in times_ms) for end in times_ms), default=0)
    assert most_within(times_ms, window_ms) == brute


def test_two_alerts_a_whole_window_apart_are_not_in_one():
    assert most_within([0, 1000], 1000) == 1
    assert most_within([0, 999], 1000) == 2


@pytest.mark.parametrize("arm", ["none", "mask", "hub", "dsp", "layered"])
def test_every_alert_is_built_and_protected_unless_its_meter_throttles(arm):
    assert sum(load(arm_runs("default")[arm])["built"].values()) == len(trace("default"))


def test_meter_that_throttles_builds_what_leaves_it_and_nothing_else():
    run = arm_runs("default")["device"]
    (home,) = run.homes.values()
    assert sum(load(run)["built"].values()) == home.han.alerts < len(trace("default")) / 2


def test_throttle_before_the_wan_takes_load_off_it():
    of = {arm: load(arm_runs("narrow_wan")[arm]) for arm in ("none", "hub", "dsp")}
    for figure in ("wan_busy_share", "wan_queue_bytes_max", "wan_wait_ms_max"):
        assert of["hub"][figure] < of["dsp"][figure] == of["none"][figure]
    assert of["hub"]["dsp_peak"]["window"] < of["dsp"]["dsp_peak"]["window"]


def test_queue_holds_what_waits_and_what_is_being_sent():
    run = arm_runs("narrow_wan")["none"]
    assert 0 < load(run)["wan_queue_bytes_max"] <= run.course.wan.queue_bytes


def test_only_the_arm_that_masks_has_service_requests():
    requests = {arm: load(run)["service_requests"] for arm, run in arm_runs("default").items()}
    assert all(
        each == {"requests": 0, "bytes": 0} for arm, each in requests.items() if arm != "mask"
    )
