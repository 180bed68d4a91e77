"""Numbers, durations, metrics and key numbers as the report words them."""

import pytest

from stormbench.report.account import PARTS, lines, unbalanced
from stormbench.report.arms import in_order
from stormbench.report.key_numbers import headline_arm, key_numbers
from stormbench.report.metrics import metric_in_words, reasons
from stormbench.report.units import byte_size, count, duration, seconds, with_unit
from test_report_example import ARMS, make_report


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (None, "–"),
        (0, "0 ms"),
        (999, "999 ms"),
        (1000, "1 s"),
        (16_886, "16.9 s"),
        (60_000, "1 min"),
        (83_803, "1 min 24 s"),
        (3_600_000, "1 h"),
        (6_000_000, "1 h 40 min"),
        (86_400_000, "1 d"),
        (90_061_000, "1 d 1 h"),
    ],
)
def test_duration_is_said_in_its_two_largest_units(ms, text):
    assert duration(ms) == text


def test_duration_just_under_a_minute_is_not_sixty_seconds_in_powers_of_ten():
    assert duration(59_999) == "60 s"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (26_412_000, "26.4 MB"),
        (5_200_000_000, "5.2 GB"),
        (None, "–"),
    ],
)
def test_bytes_are_counted_in_thousands(number, text):
    assert byte_size(number) == text


def test_large_count_has_its_thousands_apart():
    assert count(1_234_567) == "1,234,567"


def test_seconds_keep_every_millisecond():
    assert seconds(83_803) == "83.803"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("flush_ms", 600_000, "600,000 ms (10 min)"),
        ("delay_ms", 40, "40 ms"),
        ("queue_bytes", 2000, "2,000 bytes"),
        ("bytes_per_s", 25, "25 bytes a second"),
        ("loss", 0.01, "0.01"),
        ("shadow", False, "no"),
        ("excluded_codes", ["8071", "8F0A"], "8071 8F0A"),
        ("code_limits", {"8F75": 8}, "8F75: 8"),
        ("code_limits", {}, "none"),
        ("seed", None, "–"),
    ],
)
def test_setting_has_the_unit_that_its_name_gives(name, value, text):
    assert with_unit(name, value) == text


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        ("other_alert_delay_ms.p99", "Delay of other alerts, p99"),
        ("other_alert_delay_ms.lost", "Other alerts that never arrived"),
        ("hops.wan.bytes", "Bytes that left the hub"),
        ("false_suppressed", "Alerts falsely suppressed"),
        ("never_heard_of", "never_heard_of"),
    ],
)
def test_metric_is_worded_and_an_unknown_one_kept(metric, words):
    assert metric_in_words(metric) == words


def reason(metric, value, other_arm="none", other_value=0):
    return {
        "metric": metric,
        "arm": "hub",
        "value": value,
        "other_arm": other_arm,
        "other_value": other_value,
    }


def test_reasons_of_one_metric_are_on_one_line():
    found = reasons([reason("silent", 0, "none", 1), reason("silent", 0, "dsp", 2)])
    assert [line.others for line in found] == [[("none", "1"), ("dsp", "2")]]


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [
        ("other_alert_delay_ms.p99", 1500, "1.5 s"),
        ("other_alert_delay_ms.lost", 1500, "1,500"),
        ("hops.wan.bytes", 1500, "1,500 bytes"),
        ("wan_load", 0.25, "25.0 %"),
        ("other_alert_delay_ms.p99", None, "–"),
    ],
)
def test_value_behind_the_verdict_has_its_unit(metric, value, text):
    assert reasons([reason(metric, value)])[0].value == text


def test_arms_are_in_the_designs_order():
    assert in_order(["layered", "dsp", "odd", "none", "hub"]) == [
        "none",
        "hub",
        "dsp",
        "layered",
        "odd",
    ]


@pytest.mark.parametrize(
    ("place", "order", "arm"),
    [
        ("dsp", ["none", "hub", "dsp"], "dsp"),
        ("no difference", ["none", "hub", "dsp"], "hub"),
        ("none", ["none", "dsp"], "dsp"),
        ("hub", ["none"], "none"),
    ],
)
def test_large_numbers_are_of_the_verdicts_arm_or_else_of_a_throttle(place, order, arm):
    assert headline_arm(place, order) == arm


def test_key_number_is_given_for_every_arm():
    for number in key_numbers(make_report()["arms"], ARMS, "hub"):
        assert [arm for arm, _ in number.others] == list(ARMS)


def test_large_unaccounted_is_the_worst_of_all_arms():
    arms = make_report()["arms"]
    arms["none"]["unaccounted"] = -3
    worst = key_numbers(arms, ARMS, "hub")[-1]
    assert (worst.value, worst.is_alarm) == ("-3", True)


@pytest.mark.parametrize("arm", ARMS)
def test_every_term_of_the_account_is_on_a_line_of_its_own(arm):
    arms = make_report()["arms"]
    total = sum(line.values[0] for line in lines(PARTS, arms, [arm]))
    assert total == arms[arm]["generated"]


def test_arm_with_too_many_counted_is_as_unbalanced_as_one_with_too_few():
    arms = make_report()["arms"]
    arms["mask"]["unaccounted"], arms["dsp"]["unaccounted"] = 1, -1
    assert unbalanced(arms, ARMS) == ["mask", "dsp"]
