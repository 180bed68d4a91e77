"""Figures of a study as text, and the units of its axes."""

import pytest

from stormbench.study.numbers import amount, number, regrouped, signed
from stormbench.study.page.axis_units import axis_unit


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0"),
        (0.004, "0.004"),
        (7.5, "7.5"),
        (57.0, "57"),
        (66.6667, "66.7"),
        (100.4, "100"),
        (1530.5, "1\u202f530"),
        (924_422.0, "924\u202f422"),
        (-1234.0, "−1\u202f234"),
        (-0.0, "0"),
    ],
)
def test_number_has_no_more_digits_than_it_bears(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (596_259, "ms", "9 min 56 s"),
        (-596_259, "ms", "−9 min 56 s"),
        (0, "ms", "0 ms"),
        (40_003, "bytes", "40.0 kB"),
        (-0.4, "bytes", "0 bytes"),
        (0.5556, "share", "55.6 %"),
        (1, "share", "100 %"),
        (59, "alerts", "59"),
        (None, "ms", "–"),
    ],
)
def test_amount_has_the_unit_that_suits_it(value, unit, text):
    assert amount(value, unit) == text


@pytest.mark.parametrize(("value", "text"), [(8, "+8"), (-8, "−8"), (0, "0"), (None, "–")])
def test_difference_has_its_sign(value, text):
    assert signed(value, "alerts") == text


def test_commas_that_are_no_thousands_stay():
    assert regrouped("600,000 ms, 1,5 and 2,") == "600\u202f000 ms, 1,5 and 2,"


@pytest.mark.parametrize(
    ("unit", "most", "name"),
    [
        ("ms", 900, "ms"),
        ("ms", 90_000, "seconds"),
        ("ms", 200_000, "minutes"),
        ("ms", 6 * 3_600_000, "hours"),
        ("bytes", 924_422, "kB"),
        ("share", 0.2, "%"),
        ("alerts", 1_000_000, "alerts"),
    ],
)
def test_axis_is_in_a_unit_in_which_its_largest_value_is_readable(unit, most, name):
    assert axis_unit(unit, most).name == name


def test_axis_of_shares_is_in_per_cent():
    assert axis_unit("share", 1).of(0.45) == 45
