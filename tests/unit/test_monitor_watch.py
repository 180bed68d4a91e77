"""What a monitor knows of a session, from its records."""

from dataclasses import replace
from pathlib import Path

import pytest

from capture_bench import (
    message,
    recorded_hub,
    records_of,
    storm_capture,
    with_other_values,
)
from monitor_bench import KEY, begun, storm_watched, watches_of
from replay_bench import METER
from stormbench.capture.frames import said
from stormbench.capture.records import Ended, Reopened, Stretch
from stormbench.link.northbound import Notice, Report
from stormbench.monitor.rates import curve_span_s, per_minute, per_second
from stormbench.monitor.tally import Tally
from stormbench.monitor.throttled import Throttled
from stormbench.monitor.watch import Watch
from stormbench.monitor.watched_time import WatchedTime, is_in_real_time


def report(total: int, overload_id: int = 1) -> Report:
    return Report(overload_id, 1, total, total)


def notice(event: str, level: str = "", total: int | None = None, overload_id: int = 1) -> Notice:
    of_key = total is not None
    return Notice(
        0,
        event,
        level,
        False,
        KEY.originator,
        KEY.target if of_key else None,
        KEY.code if of_key else None,
        report(total, overload_id) if total is not None else None,
    )


# A session, as it was recorded.


def test_what_came_in_is_what_the_hub_has_judged(tmp_path: Path) -> None:
    watch = storm_watched(tmp_path)
    assert watch.coming.tally.total == 20 == watch.verdicts.total()
    assert watch.verdicts == {"PASS": 4, "SAMPLE": 2, "SUPPRESS": 14}


def test_what_went_out_has_held_copies_too(tmp_path: Path) -> None:
    path = storm_capture(tmp_path)
    carried = [
        each for each in records_of(path) if isinstance(each, Stretch) and _is_wan_alert(each)
    ]
    assert watches_of(records_of(path)).watch.leaving.tally.total == len(carried)


def _is_wan_alert(stretch: Stretch) -> bool:
    return said(stretch).kind == "WanAlert"


def test_scenario_time_counts_and_not_how_long_the_run_took(tmp_path: Path) -> None:
    watch = storm_watched(tmp_path)
    assert 1_900 <= watch.now_ms < 60_000


def test_overloaded_key_has_what_was_suppressed_so_far(tmp_path: Path) -> None:
    watch = storm_watched(tmp_path)
    (overload,) = watch.throttled.overloads.values()
    assert overload.suppressed == 14


def test_incident_names_its_device(tmp_path: Path) -> None:
    watch = storm_watched(tmp_path)
    ((originator, incident),) = watch.throttled.incidents.items()
    assert (originator.hex().upper(), incident.level) == (METER, "red")


def test_session_that_has_ended_is_told_as_such(tmp_path: Path) -> None:
    records = records_of(storm_capture(tmp_path))
    assert watches_of(records).watch.is_ended
    assert not watches_of(records[:-1]).watch.is_ended


def test_alert_without_a_verdict_is_counted_apart(tmp_path: Path) -> None:
    records = records_of(storm_capture(tmp_path))
    unheard = [each for each in records if not (isinstance(each, Stretch) and _is_ack(each))]
    watch = watches_of(unheard).watch
    assert (watch.unjudged, watch.coming.tally.total) == (20, 0)


def _is_ack(stretch: Stretch) -> bool:
    return said(stretch).kind == "HanAck"


def test_message_that_is_no_alert_is_counted_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.capture"
    with recorded_hub(path) as hub:
        hub.alert(0, b"no GBCS at all")
        hub.alert(0, message(1))
    watch = watches_of(records_of(path)).watch
    assert (watch.others, watch.coming.tally.total) == (1, 1)


def test_restart_is_counted_with_its_cause_and_the_port_that_was_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.capture"
    with recorded_hub(path) as hub:
        hub.power_cut()
    link = watches_of(records_of(path)).watch.link
    assert (link.restarts, link.reopened) == (1, 1)


def test_hub_that_begins_anew_has_nothing_open(tmp_path: Path) -> None:
    path = tmp_path / "a.capture"
    with recorded_hub(path) as hub:
        for number in range(6):
            hub.alert(0, message(number))
        hub.power_cut()
    records = records_of(path)
    assert watches_of(records).watch.throttled.incidents  # it was resumed from its save
    first = next(i for i, each in enumerate(records) if isinstance(each, Reopened))
    anew = [with_other_values(each, "Hello", start=2) for each in records[first:]]
    assert not watches_of([*records[:first], *anew]).watch.throttled.incidents


def test_what_came_from_the_hub_again_is_counted_and_told_once(tmp_path: Path) -> None:
    path = tmp_path / "a.capture"
    with recorded_hub(path, "faults://duplicate=0.5&seed=3@sim") as hub:
        for number in range(20):
            hub.alert(0, message(number))
        again = hub.repeated_north
    watch = watches_of(records_of(path)).watch
    assert watch.link.came_again == again > 0
    assert watch.coming.tally.total == 20


def test_counters_are_those_that_the_hub_told_last(tmp_path: Path) -> None:
    path = tmp_path / "a.capture"
    with recorded_hub(path) as hub:
        hub.alert(0, message(1))
        hub.counters()
    assert watches_of(records_of(path)).watch.link.counters["received"] == 1


# Sessions.


def test_latest_session_is_looked_at(tmp_path: Path) -> None:
    first = records_of(storm_capture(tmp_path))
    watches = watches_of([*first, begun(session=9)])
    assert (watches.shown, watches.count, watches.watch.coming.tally.total) == (2, 2, 0)


def test_session_that_was_chosen_stays(tmp_path: Path) -> None:
    first = records_of(storm_capture(tmp_path))
    watches = watches_of([*first, begun(session=9)], number=1)
    assert (watches.shown, watches.watch.coming.tally.total) == (1, 20)


def test_records_of_another_session_are_none_of_this_one(tmp_path: Path) -> None:
    records = records_of(storm_capture(tmp_path))
    strangers = [replace(each, session=each.session ^ 1) for each in records[1:]]
    watches = watches_of([*records, *strangers], number=1)
    assert watches.watch.coming.tally.total == 20


# What is open.


def test_suppression_opens_an_overload_before_its_notice_comes() -> None:
    throttled = Throttled()
    throttled.on_suppressed(1_000, KEY)
    throttled.on_notice(2_000, notice("OVERLOAD_START", total=0))
    assert throttled.overloads[KEY].since_ms == 1_000


def test_first_sample_of_a_key_that_never_suppresses_opens_nothing() -> None:
    throttled = Throttled()
    throttled.on_report(0, KEY, report(0), is_end=False)
    assert not throttled.overloads


def test_report_tells_what_was_suppressed_before_anybody_watched() -> None:
    throttled = Throttled()
    throttled.on_report(0, KEY, report(500), is_end=False)
    throttled.on_suppressed(1, KEY)
    assert (throttled.overloads[KEY].suppressed, throttled.overloads[KEY].reported) == (501, 500)


def test_report_of_before_takes_nothing_away() -> None:
    throttled = Throttled()
    for _ in range(3):
        throttled.on_suppressed(0, KEY)
    throttled.on_report(0, KEY, report(2), is_end=False)
    assert (throttled.overloads[KEY].suppressed, throttled.overloads[KEY].reported) == (3, 2)


def test_end_ends_the_overload_that_it_names_and_no_later_one() -> None:
    throttled = Throttled()
    throttled.on_notice(0, notice("OVERLOAD_START", total=0, overload_id=2))
    throttled.on_notice(0, notice("OVERLOAD_END", total=5, overload_id=1))
    assert KEY in throttled.overloads
    throttled.on_notice(0, notice("OVERLOAD_END", total=5, overload_id=2))
    assert KEY not in throttled.overloads


def test_incident_that_escalates_is_as_old_as_it_was() -> None:
    throttled = Throttled()
    throttled.on_notice(1_000, notice("INCIDENT_OPEN", "amber"))
    throttled.on_notice(2_000, notice("INCIDENT_ESCALATE", "red"))
    incident = throttled.incidents[KEY.originator]
    assert (incident.level, incident.since_ms) == ("red", 1_000)


def test_incident_that_closes_is_gone() -> None:
    throttled = Throttled()
    throttled.on_notice(0, notice("INCIDENT_OPEN", "red"))
    throttled.on_notice(0, notice("INCIDENT_CLOSE", "red"))
    assert not throttled.incidents


def test_full_table_is_counted_by_its_name() -> None:
    throttled = Throttled()
    throttled.on_notice(0, Notice(0, "TABLE_FULL", "key", False, None, None, None, None))
    assert throttled.table_full == {"device": 0, "key": 1}


# Time.


@pytest.mark.parametrize(
    ("hub", "is_real"),
    [
        ("sim", False),
        ("emulated:repl", False),
        ("faults://drop=0.02&seed=7@emulated", False),
        ("unix", True),
        ("id:E6614103E7452D2F", True),
        ("/dev/ttyACM0", True),
    ],
)
def test_hubs_that_live_by_the_wall_clock_are_known_by_their_names(
    hub: str, is_real: bool
) -> None:
    assert is_in_real_time(hub) is is_real


def test_silence_of_a_hub_in_real_time_is_time_that_passes() -> None:
    watch = Watch()
    watch.take(begun("/dev/ttyACM0", host_us=5_000_000))
    watch.pass_to(8_000_000)
    assert watch.now_ms == 3_000


def test_silence_of_a_hub_with_its_own_time_is_none() -> None:
    watch = Watch()
    watch.take(begun("sim", host_us=5_000_000))
    watch.pass_to(8_000_000)
    assert watch.now_ms == 0


def test_session_that_has_ended_has_no_more_time() -> None:
    watch = Watch()
    watch.take(begun("/dev/ttyACM0"))
    watch.take(Ended(1, 1_000_000, 0))
    watch.pass_to(9_000_000)
    assert watch.now_ms == 0


def test_clock_that_is_set_back_does_not_set_back_what_is_watched() -> None:
    time = WatchedTime()
    time.on_clock(True, 50_000)
    time.on_alert_time(60_000)
    time.on_clock(True, 0)
    time.on_alert_time(3_000)
    assert time.now_ms == 13_000


# Rates.


def tallied(*times_ms: int) -> Tally:
    tally = Tally()
    for now_ms in times_ms:
        tally.add(now_ms)
    return tally


def test_rates_are_of_the_last_ten_seconds_and_of_the_last_minute() -> None:
    tally = tallied(*range(0, 120_000, 500))
    assert (per_second(tally, 119_999), per_minute(tally, 119_999)) == (2.0, 120.0)
    assert (per_second(tally, 150_000), per_minute(tally, 150_000)) == (0.0, 58.0)


def test_rates_of_a_session_that_has_just_begun_are_over_what_there_was() -> None:
    assert per_second(tallied(0, 500, 1000, 1500), 1_999) == 2.0


def test_curve_is_of_a_minute_and_then_of_ten() -> None:
    assert [curve_span_s(now_ms) for now_ms in (0, 60_000, 60_001)] == [60, 60, 600]
