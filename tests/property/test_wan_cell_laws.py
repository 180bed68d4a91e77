"""Laws of the cell, whatever departs."""

from hypothesis import given
from hypothesis import strategies as st

from stormbench.link.northbound import Northbound, Notice, Report, WanAlert
from stormbench.wan.cell import Cell, WanSettings
from stormbench.wan.departure import Departure, size_bytes

settings_of_cells = st.builds(
    WanSettings,
    bytes_per_s=st.floats(1, 1e6),
    delay_ms=st.integers(0, 2000),
    queue_bytes=st.integers(0, 2000),
    loss=st.floats(0, 0.8),
)


@st.composite
def departure_lists(draw):
    """Departures of two hubs in order of time; totals of an overload never fall."""
    departures, at_ms, totals = [], 0, {}
    kinds = st.sampled_from(("PASS", "SAMPLE", "SUMMARY", "notice"))
    step = st.tuples(st.integers(0, 300), st.integers(1, 2), kinds, st.integers(0, 9))
    for wait_ms, hub_id, kind, count in draw(st.lists(step, max_size=60)):
        at_ms += wait_ms
        total = totals[hub_id] = totals.get(hub_id, 0) + (0 if kind == "PASS" else count)
        report = Report(1, 1, count, total)
        item: Northbound
        if kind == "notice":
            item = Notice(at_ms, "SUMMARY", "", False, bytes(8), bytes(8), 1, report)
        else:
            message = bytes(draw(st.integers(60, 600)))
            item = WanAlert(at_ms, kind, None if kind == "PASS" else report, message)
        departures.append(Departure(at_ms, hub_id, item))
    return departures


@given(settings_of_cells, departure_lists())
def test_arrivals_are_the_departures_in_order_less_what_was_dropped(settings, departures):
    cell = Cell(settings, "test")
    arrivals = list(cell.carry(departures))
    times = [arrival.at_ms for arrival in arrivals]
    assert times == sorted(times)
    left = iter(departures)
    assert all(any(arrival.departure is each for each in left) for arrival in arrivals)
    gone = cell.dropped.alerts + cell.dropped.notices
    assert len(arrivals) + gone == cell.departed.alerts + cell.departed.notices == len(departures)


@given(settings_of_cells, departure_lists())
def test_nothing_is_faster_than_its_own_bytes_and_the_delay(settings, departures):
    for arrival in Cell(settings, "test").carry(departures):
        took_ms = arrival.at_ms - arrival.departure.at_ms
        own_ms = size_bytes(arrival.departure.item) * 1000 / settings.bytes_per_s
        assert took_ms >= settings.delay_ms + own_ms - 0.001


@given(settings_of_cells, departure_lists())
def test_nothing_waits_for_longer_than_a_full_queue_takes(settings, departures):
    cell = Cell(WanSettings(settings.bytes_per_s, settings.delay_ms, settings.queue_bytes), "test")
    full_ms = settings.queue_bytes * 1000 / settings.bytes_per_s
    for arrival in cell.carry(departures):
        took_ms = arrival.at_ms - arrival.departure.at_ms
        assert took_ms <= full_ms + settings.delay_ms + 1.1


@given(settings_of_cells, departure_lists())
def test_largest_totals_that_arrive_and_lost_counts_are_all_that_was_suppressed(
    settings, departures
):
    cell = Cell(settings, "test")
    arrived = _largest(arrival.departure for arrival in cell.carry(departures))
    assert arrived + cell.lost_counts() == _largest(departures)


def _largest(departures):
    """The sum over hubs of the largest total."""
    largest = {}
    for departure in departures:
        report = departure.item.report
        if report:
            before = largest.get(departure.hub_id, 0)
            largest[departure.hub_id] = max(before, report.total_suppressed)
    return sum(largest.values())
