"""What the plots are made of: bins, axes, traces."""

import pytest

from stormbench.report.bins import MOST_BINS, bin_width_ms, merged, rates_per_minute
from stormbench.report.delay_axis import delay_axis
from stormbench.report.plots import delay_figure, rate_figure
from stormbench.report.series import ArmSeries
from stormbench.report.timeline import timeline
from test_report_example import DURATION_MS, MINUTE_MS, STORMS_MS, make_series

DAY_MS = 86_400_000


def make_arm(delays=(), spans=(), raised=()):
    return ArmSeries(raised, raised, raised, raised, delays, spans)


def traces(figure, name):
    return [trace for trace in figure["data"] if trace.get("name") == name]


def drawn(make_figure, series):
    return make_figure(series, timeline(series.values(), DURATION_MS))


# Bins.


def test_bins_of_a_scenario_of_minutes_are_a_minute_wide():
    assert bin_width_ms(100 * MINUTE_MS) == MINUTE_MS


@pytest.mark.parametrize("end_ms", [0, 1, 159_999, 160_000, DAY_MS, 3000 * DAY_MS])
def test_there_are_never_more_bins_than_a_page_can_show(end_ms):
    assert len(rates_per_minute([], bin_width_ms(end_ms), end_ms)) <= MOST_BINS + 1


def test_alert_at_the_edge_of_a_bin_belongs_to_the_later_one():
    assert rates_per_minute([999, 1000], 1000, 2000) == [60, 60, 0]


def test_alert_at_the_very_end_is_counted():
    assert rates_per_minute([2000], 1000, 2000) == [0, 0, 60]


def test_rate_is_a_minute_whatever_the_bin_is():
    assert rates_per_minute([0, 1, 2], 120_000, 0) == [1.5]


def test_spans_that_overlap_or_touch_are_one():
    assert merged([(30, 40), (0, 10), (5, 20), (20, 25)]) == [(0, 25), (30, 40)]


def test_span_within_another_does_not_shorten_it():
    assert merged([(0, 50), (10, 20)]) == [(0, 50)]


# Time.


def test_time_axis_goes_on_to_the_last_late_arrival():
    late = make_arm(delays=[(DURATION_MS, 5000)])
    assert timeline([late], DURATION_MS).end_ms == DURATION_MS + 5000


def test_time_axis_ends_with_the_scenario_when_all_was_quiet():
    assert timeline([make_arm()], DURATION_MS).end_ms == DURATION_MS


@pytest.mark.parametrize(
    ("duration_ms", "unit"),
    [(60_000, "seconds"), (DURATION_MS, "minutes"), (DAY_MS, "hours"), (9 * DAY_MS, "days")],
)
def test_time_axis_has_a_unit_that_suits_its_length(duration_ms, unit):
    assert timeline([], duration_ms).unit == unit


# Delays.


def test_delays_far_apart_are_on_a_logarithmic_axis():
    assert delay_axis([40, 90_000]).kind == "log"


def test_delays_close_together_are_on_a_linear_axis():
    assert delay_axis([400, 900]).kind == "linear"


def test_delay_of_nought_has_a_place_on_a_logarithmic_axis():
    assert delay_axis([0, 90_000]).place(0) == 1


@pytest.mark.parametrize("delays", [[None], [0], [0, None], [400, 900, None], [1, 10**9, None]])
def test_lost_alerts_are_above_every_delay(delays):
    axis = delay_axis(delays)
    places = [axis.place(delay) for delay in delays if delay is not None]
    assert all(place < axis.lost_above < axis.lost_at for place in places)


def test_axis_without_lost_alerts_has_no_shelf_for_them():
    assert "never" not in delay_axis([400, 900]).tick_texts


@pytest.mark.parametrize("delays", [[], [0], [1], [400, 900], [1, 20], [40, 90_000], [1, 10**9]])
def test_delay_axis_has_few_ticks_and_at_least_one(delays):
    assert 1 <= len(delay_axis(delays).tick_texts) <= 6


# Traces.


def test_rates_have_a_line_for_each_hop_in_each_arm():
    figure = drawn(rate_figure, make_series())
    for name in ("raised on the HAN", "leaving the hub", "arriving at the DSP"):
        assert len(traces(figure, name)) == 4


def test_each_line_is_of_its_own_hop():
    arm = ArmSeries([0], [MINUTE_MS], [2 * MINUTE_MS], [3 * MINUTE_MS], (), ())
    lines = drawn(rate_figure, {"hub": arm})["data"]
    assert [list(line["y"]).index(1) for line in lines] == [0, 1, 2, 3]


def test_each_hop_is_in_the_legend_once():
    figure = drawn(rate_figure, make_series())
    shown = [trace["showlegend"] for trace in traces(figure, "arriving at Users")]
    assert shown == [True, False, False, False]


def test_rates_add_up_to_the_alerts_that_were_raised():
    figure = drawn(rate_figure, make_series())
    assert sum(traces(figure, "raised on the HAN")[0]["y"][:-1]) == 500


def test_rate_is_drawn_from_the_start_of_its_bin_to_the_end():
    figure = drawn(rate_figure, {"hub": make_arm(raised=[0, DURATION_MS, DURATION_MS])})
    line = traces(figure, "raised on the HAN")[0]
    assert (line["x"][0], line["y"][0]) == (0, 1)
    assert (line["x"][-2:], line["y"][-2:]) == ([100, 101], [2, 2])


def test_storm_phases_are_shaded_in_every_row():
    figure = drawn(rate_figure, make_series())
    assert len(figure["layout"]["shapes"]) == 4 * len(STORMS_MS)


def test_alert_that_never_arrived_is_marked_lost_when_it_was_raised():
    figure = drawn(delay_figure, {"hub": make_arm([(MINUTE_MS, 400), (2 * MINUTE_MS, None)])})
    (lost,) = traces(figure, "other alert, never arrived")
    assert list(lost["x"]) == [2]
    assert "never arrived" in lost["hovertemplate"]


def test_alert_that_arrived_is_drawn_as_high_as_its_delay():
    figure = drawn(delay_figure, {"hub": make_arm([(MINUTE_MS, 400), (2 * MINUTE_MS, None)])})
    (arrived,) = traces(figure, "other alert, arrived")
    assert (list(arrived["x"]), list(arrived["y"])) == ([1], [400])


def test_arms_without_a_single_alert_make_figures():
    series = {"hub": make_arm(), "dsp": make_arm()}
    assert drawn(rate_figure, series)["data"]
    assert drawn(delay_figure, series)["data"]
