"""Means, intervals and paired differences of a study."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stormbench.study.statistics import difference, interval

numbers = st.floats(-1e6, 1e6)
samples = st.lists(numbers, min_size=2, max_size=30)


def test_interval_is_that_of_students_t():
    # Mean 3, standard deviation sqrt(2.5), n 5: half width 2.776 * sqrt(2.5 / 5), t from a table.
    found = interval([1, 2, 3, 4, 5])
    assert (found.mean, found.replications) == (3, 5)
    assert found.high - found.mean == pytest.approx(2.776 * math.sqrt(0.5), rel=1e-3)
    assert found.mean - found.low == pytest.approx(found.high - found.mean)


@pytest.mark.parametrize("values", [[7], [7, 7, 7]])
def test_values_that_are_all_one_have_an_interval_of_no_width(values):
    found = interval(values)
    assert (found.low, found.mean, found.high) == (7, 7, 7)


def test_interval_of_nothing_is_refused():
    with pytest.raises(ValueError, match="needs a value"):
        interval([])


@given(samples)
def test_mean_is_within_its_interval(values):
    found = interval(values)
    assert found.low <= found.mean <= found.high


def test_difference_is_taken_pair_by_pair():
    # Apart the two overlap by far; pair by pair the one is always 1 less.
    mine, other = [10, 20, 30, 40], [11, 21, 31, 41]
    found = difference(mine, other)
    assert (found.mean, found.low, found.high) == (-1, -1, -1)
    assert (found.lower, found.equal, found.higher) == (4, 0, 0)
    assert not found.spans_zero


def test_differences_either_way_tell_nothing():
    found = difference([1, 3, 5], [3, 3, 3])
    assert found.spans_zero
    assert (found.lower, found.equal, found.higher) == (1, 1, 1)


@given(samples, st.randoms(use_true_random=False))
def test_difference_turned_round_is_its_negative(mine, random):
    other = [value + random.uniform(-10, 10) for value in mine]
    one, round_ = difference(mine, other), difference(other, mine)
    assert one.mean == pytest.approx(-round_.mean, abs=1e-6)
    assert one.low == pytest.approx(-round_.high, abs=1e-6)
    assert (one.lower, one.higher) == (round_.higher, round_.lower)


def test_bootstrap_comes_to_the_same_again():
    values = [1.0, 2.0, 4.0, 8.0], [2.0, 2.0, 2.0, 2.0]
    assert difference(*values) == difference(*values)


def test_bootstrap_stays_within_what_was_seen():
    found = difference([1.0, 2.0, 4.0, 8.0], [2.0, 2.0, 2.0, 2.0])
    assert -1 <= found.bootstrap_low < found.bootstrap_high <= 6


def test_arms_of_other_replications_are_refused():
    with pytest.raises(ValueError):
        difference([1, 2], [1])
