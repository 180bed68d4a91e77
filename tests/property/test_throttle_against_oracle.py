"""The real throttle against the oracle: same trace, same verdicts, numbers, events, accounts."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from side_by_side import SideBySide
from traces import (
    SAMPLE_MODES,
    capacities,
    crowded_capacities,
    crowded_policies,
    crowded_trace,
    hours_of_storm,
    long_trace,
    make_policy,
    policies,
    restart_trace,
    slow_policies,
    talkative_policies,
    traces,
)

# Every verdict, and every event at every level that it can bear.
EVERYTHING = (
    "verdict 0",
    "verdict 1",
    "verdict 2",
    "event 1 level 1",
    "event 1 level 2",
    "event 2 level 2",
    "event 3 level 1",
    "event 3 level 2",
    "event 4 level 0",
    "event 5 level 0",
    "event 6 level 0",
    "event 7 level 3",
    "event 7 level 4",
)

# Cuts that had something to lose, and what restored overloads then said.
RESTARTS = (
    "cut under an incident",
    "cut with counts unreported",
    "cut with counts unreported in the save",
    "cut at a save",
    "cut at a due time",
    "sample of a restored overload",
    "event 5 of a restored overload",
    "event 6 of a restored overload",
)


def run(policy, capacity, trace):
    pair = SideBySide(policy, capacity)
    for step in trace:
        pair.take(step)
    return pair.tally


def test_short_traces_agree_with_the_oracle():
    tally = Counter()

    @settings(max_examples=settings().max_examples * 5)
    @given(policies(), capacities, traces)
    def agree(policy, capacity, trace):
        tally.update(run(policy, capacity, trace))

    agree()
    print("\nshort traces:", sorted(tally.items()))
    assert all(tally[what] for what in EVERYTHING), tally


def test_long_traces_agree_with_the_oracle():
    tally = Counter()

    @settings(max_examples=max(settings().max_examples // 6, 1))
    @given(policies(), capacities, st.integers(0, 2**32 - 1))
    def agree(policy, capacity, seed):
        tally.update(run(policy, capacity, long_trace(seed, steps=150)))

    agree()
    print("\nlong traces:", sorted(tally.items()))
    assert all(tally[what] for what in EVERYTHING), tally


def test_crowded_tables_agree_with_the_oracle():
    tally = Counter()

    @settings(max_examples=max(settings().max_examples // 2, 1))
    @given(crowded_policies, crowded_capacities, st.integers(0, 2**32 - 1))
    def agree(policy, capacity, seed):
        tally.update(run(policy, capacity, crowded_trace(seed, steps=100)))

    agree()
    print("\ncrowded tables:", sorted(tally.items()))
    assert tally["event 7 level 3"] and tally["event 7 level 4"], tally


def test_restarts_agree_with_the_oracle():
    """Windows about as long as a save is old: incidents live through many saves and restarts."""
    tally = Counter()

    @settings(max_examples=max(settings().max_examples // 3, 1))
    @given(slow_policies, capacities, st.integers(0, 2**32 - 1))
    def agree(policy, capacity, seed):
        tally.update(run(policy, capacity, restart_trace(seed, steps=80)))

    agree()
    print("\nrestarts:", sorted(tally.items()))
    assert all(tally[what] for what in RESTARTS), tally


def test_restarts_agree_with_the_oracle_where_blocks_of_numbers_are_used_up():
    tally = Counter()

    @settings(max_examples=max(settings().max_examples // 5, 1))
    @given(talkative_policies, st.integers(0, 2**32 - 1))
    def agree(policy, seed):
        tally.update(run(policy, (16, 128), restart_trace(seed, steps=50, long_storms=0.2)))

    agree()
    print("\nblocks of numbers:", sorted(tally.items()))
    assert tally["block used up"] and tally["sample of a restored overload"], tally


def test_traces_at_the_default_sizes_agree_with_the_oracle():
    """Hours of storm against windows of minutes: no habit of small numbers is relied on."""
    tally = Counter()

    @settings(max_examples=max(settings().max_examples // 15, 1))
    @given(st.sampled_from(SAMPLE_MODES), st.integers(0, 2**32 - 1))
    def agree(sample_mode, seed):
        policy = make_policy(sample_mode=sample_mode, sample_every=10)
        tally.update(run(policy, (16, 128), hours_of_storm(seed)))

    agree()
    print("\nhours of storm:", sorted(tally.items()))
    assert tally["verdict 2"] and tally["event 6 level 0"], tally
