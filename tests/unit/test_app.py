"""The hub's way with an alert, by real frames: verdict, acknowledgement, and what goes north."""

import pytest

from commshub import wire
from commshub.held import HELD_MESSAGES
from commshub.policy import COUNT
from hub_bench import (
    CODE,
    PASSES,
    HubBench,
    events,
    forwarded,
    message,
    numbers,
    refusal,
    verdicts,
)
from hubwire.framing import Frame
from hubwire.gbcs import decode as decode_message
from throttle_bench import EXCLUDED

ORIGINATOR = decode_message(message()).originator
TARGET = decode_message(message()).target
TOO_LONG = bytes(wire.HAN_ALERT_BYTES + 1025)


def with_flag(flag: int) -> bytes:
    """A message with another CRA flag."""
    alert = message()
    at = alert.index(b"\xdf\x09") + 2
    return alert[:at] + bytes([flag]) + alert[at + 1 :]


# One alert.


def test_alert_is_forwarded_and_then_acknowledged_with_its_verdict() -> None:
    hub = HubBench().on_hosts_clock()
    north, ack = hub.alert(5, message(), seq=0)
    assert (north.name, north["carries"], north["at_ms"]) == ("WanAlert", 0, 5)
    entries = [{"verdict": 0, "at_ms": 5}]
    assert ack.values == {"alert_seq": 0, "north_made": north.seq + 1, "entries": entries}


@pytest.mark.parametrize("code", [0x8154, 0x8F3E])
def test_forwarded_bytes_are_those_that_came(code: int) -> None:
    hub = HubBench().on_hosts_clock()
    alert = message(code=code, padding_bytes=300)
    assert [frame["message"] for frame in forwarded(hub.alert(0, alert))] == [alert]


def test_alert_that_passes_bears_no_numbers() -> None:
    hub = HubBench().on_hosts_clock()
    assert [numbers(frame) for frame in forwarded(hub.alerts(PASSES, 0))] == [(0,) * 4] * PASSES


def test_suppressed_alert_is_acknowledged_and_not_forwarded() -> None:
    hub = HubBench().overloaded(suppressed=1)
    (ack,) = hub.alert(1, message(99))
    assert verdicts([ack]) == ["SUPPRESS"]


def test_longest_message_is_forwarded_and_one_byte_more_is_refused() -> None:
    hub = HubBench().on_hosts_clock()
    assert forwarded(hub.alert(0, bytes(1024)))[0]["message"] == bytes(1024)
    assert "1024 bytes" in refusal(hub.send_raw("HanAlert", TOO_LONG))


def test_refused_message_is_no_alert_and_is_counted_as_refused() -> None:
    hub = HubBench().on_hosts_clock()
    hub.send_raw("HanAlert", TOO_LONG)
    counters = hub.counters()
    assert (counters["frames_refused"], counters["received"], counters["unreadable"]) == (1, 0, 0)


# Repetitions.


def test_repeated_alert_is_acknowledged_again_with_the_same_verdict_and_not_forwarded() -> None:
    hub = HubBench().overloaded()
    *_, first = hub.alert(3, message(9), seq=8)
    (again,) = hub.alert(4, message(9), seq=8)
    assert again["entries"][-1] == first["entries"][-1] and again["alert_seq"] == 8


def test_repeated_alert_is_counted_as_a_duplicate_only() -> None:
    hub = HubBench().on_hosts_clock()
    for _ in range(3):
        hub.alert(0, message(), seq=0)
    counters = hub.counters()
    assert (counters["received"], counters["passed"], counters["duplicates"]) == (1, 1, 2)


def test_same_message_under_another_number_is_another_alert() -> None:
    hub = HubBench().on_hosts_clock()
    hub.alert(0, message(), seq=0)
    assert len(forwarded(hub.alert(0, message(), seq=1))) == 1


def test_first_alert_of_another_session_is_never_a_repetition() -> None:
    hub = HubBench().on_hosts_clock()
    hub.alert(0, message(), seq=0)
    hub.send("HelloRequest", nonce=1, session=8)
    assert len(forwarded(hub.alert(0, message(2), seq=0))) == 1


def test_repetition_is_known_across_a_hello_request_of_the_same_session() -> None:
    hub = HubBench().on_hosts_clock()
    hub.hello()
    hub.alert(0, message(), seq=0)
    hub.hello()
    assert not forwarded(hub.alert(0, message(), seq=0))


def test_repetition_is_known_across_another_command() -> None:
    hub = HubBench().on_hosts_clock()
    hub.alert(0, message(), seq=0)
    hub.counters()
    hub.alert(0, message(), seq=0)
    assert hub.counters()["duplicates"] == 1


# Messages that are no alerts.


@pytest.mark.parametrize("flag", [1, 2])
def test_command_or_response_passes_untouched_and_is_counted(flag: int) -> None:
    hub = HubBench().on_hosts_clock()
    said = hub.alert(0, with_flag(flag))
    assert forwarded(said)[0]["message"] == with_flag(flag)
    assert verdicts(said) == ["PASS"]
    counters = hub.counters()
    assert (counters["not_alerts"], counters["unreadable"], counters["received"]) == (1, 0, 0)


@pytest.mark.parametrize("rubbish", [b"", b"\x00", b"rubbish", b"\xdd" * 1024])
def test_unreadable_message_passes_untouched_and_is_counted(rubbish: bytes) -> None:
    hub = HubBench().on_hosts_clock()
    said = hub.alert(0, rubbish)
    assert forwarded(said)[0]["message"] == rubbish
    assert verdicts(said) == ["PASS"]
    counters = hub.counters()
    assert (counters["not_alerts"], counters["unreadable"], counters["received"]) == (0, 1, 0)


def test_command_passes_in_the_midst_of_a_storm() -> None:
    hub = HubBench().overloaded(suppressed=3)
    assert verdicts(hub.alert(0, with_flag(1))) == ["PASS"]


# Samples.


def test_first_sample_of_an_overload_bears_a_count_of_zero() -> None:
    hub = HubBench().on_hosts_clock()
    *_, sample = forwarded(hub.alerts(PASSES + 1, 0))
    assert (sample["carries"], numbers(sample)) == (1, (1, 1, 0, 0))


def test_next_sample_bears_the_count_of_what_was_suppressed() -> None:
    hub = HubBench().overloaded(suppressed=3, flush_ms=5000)
    (sample,) = forwarded(hub.alert(1000, message(50)))
    assert (sample["carries"], numbers(sample)) == (1, (1, 2, 3, 3))
    assert sample["message"] == message(50)


def test_another_key_goes_on_passing() -> None:
    hub = HubBench().overloaded(suppressed=3)
    assert verdicts(hub.alerts(2, 0, code=0x8155)) == ["PASS", "PASS"]


def test_excluded_code_passes_and_is_counted() -> None:
    hub = HubBench().overloaded(suppressed=3)
    assert verdicts(hub.alerts(20, 0, code=EXCLUDED)) == ["PASS"] * 20
    assert hub.counters()["excluded"] == 20


# Events.


def test_incident_opens_and_escalates_at_the_devices_counts() -> None:
    hub = HubBench().on_hosts_clock()
    notices = [frame for frame in hub.alerts(5, 3) if frame.name == "Notice"]
    assert events(notices) == ["INCIDENT_OPEN", "INCIDENT_ESCALATE"]
    assert [notice["level"] for notice in notices] == [1, 2]


def test_notice_of_an_incident_names_the_originator_and_nothing_else() -> None:
    hub = HubBench().on_hosts_clock()
    (notice,) = [frame for frame in hub.alerts(3, 3) if frame.name == "Notice"]
    assert (notice["originator"], notice["target"], notice["code"]) == (ORIGINATOR, bytes(8), 0)
    assert (notice["at_ms"], numbers(notice)) == (3, (0, 0, 0, 0))


def test_start_of_an_overload_is_told_before_the_ack_of_the_alert_that_it_is_about() -> None:
    hub = HubBench().overloaded()
    said = hub.alert(0, message(9))
    assert [frame.name for frame in said] == ["Notice", "HanAck"]
    assert (events(said), verdicts(said)) == (["OVERLOAD_START"], ["SUPPRESS"])


def test_notice_of_an_overload_names_its_key() -> None:
    hub = HubBench().overloaded()
    notice, _ = hub.alert(6, message(9))
    assert (notice["originator"], notice["target"]) == (ORIGINATOR, TARGET)
    assert (notice["code"], notice["overload_id"], notice["at_ms"]) == (CODE, 1, 6)


def test_quiet_windows_close_the_incident() -> None:
    hub = HubBench().overloaded(suppressed=1)
    said = hub.send("Advance", at_ms=100_000)
    assert events(said)[-1] == "INCIDENT_CLOSE"


def test_full_table_is_told_without_an_originator() -> None:
    hub = HubBench().on_hosts_clock()
    hub.send("SetCapacity", devices=0, keys=0)
    notice, *_ = hub.alert(0, message())
    assert (events([notice]), notice["level"]) == (["TABLE_FULL"], 3)
    assert notice["originator"] == bytes(8)


# Counts after the storm.


def test_summary_comes_with_the_newest_suppressed_message() -> None:
    hub = HubBench().overloaded(suppressed=4)
    (summary,) = forwarded(hub.send("Advance", at_ms=700))
    assert (summary["carries"], summary["at_ms"], numbers(summary)) == (2, 700, (1, 2, 4, 4))
    assert summary["message"] == message(PASSES + 1 + 4)


def test_end_comes_with_the_newest_suppressed_message() -> None:
    hub = HubBench().overloaded(suppressed=2, flush_ms=100_000)
    (end,) = forwarded(hub.send("Advance", at_ms=100_000))
    assert (end["carries"], numbers(end)) == (3, (1, 2, 2, 2))
    assert end["message"] == message(PASSES + 1 + 2)


def test_end_that_has_nothing_left_to_count_comes_as_a_bare_notice() -> None:
    hub = HubBench().overloaded(suppressed=2)
    hub.send("Advance", at_ms=700)
    said = hub.send("Advance", at_ms=100_000)
    notice, _ = (frame for frame in said if frame.name == "Notice")
    assert forwarded(said) == []
    assert (events([notice]), numbers(notice)) == (["OVERLOAD_END"], (1, 3, 0, 2))


def test_summary_is_told_when_it_became_due_and_not_when_it_was_found() -> None:
    hub = HubBench().overloaded(at_ms=50, suppressed=2)
    (summary,) = forwarded(hub.send("Advance", at_ms=3000))
    assert summary["at_ms"] == 750


def test_newer_suppressed_message_takes_the_place_of_the_one_before() -> None:
    hub = HubBench().overloaded(suppressed=1)
    hub.send("Advance", at_ms=700)
    hub.alert(800, message(77))
    (summary,) = forwarded(hub.send("Advance", at_ms=1500))
    assert (summary["message"], numbers(summary)) == (message(77), (1, 3, 1, 2))


def storm_of_codes(hub: HubBench, count: int) -> list[int]:
    """As many overloaded keys of one device, one alert of each suppressed; their codes."""
    codes = [0x8100 + at for at in range(count)]
    for code in codes:
        hub.alerts(PASSES + 2, 0, code=code)
    return codes


def test_count_without_a_held_message_comes_as_a_bare_notice() -> None:
    hub = HubBench().on_hosts_clock()
    codes = storm_of_codes(hub, HELD_MESSAGES + 1)
    said = hub.send("Advance", at_ms=700)
    (notice,) = [frame for frame in said if frame.name == "Notice"]
    assert (events([notice]), notice["code"]) == (["SUMMARY"], codes[0])
    assert len(forwarded(said)) == HELD_MESSAGES and notice["throttled_count"] > 0


def test_as_many_keys_as_there_are_places_each_have_their_own_last_copy() -> None:
    hub = HubBench().on_hosts_clock()
    codes = storm_of_codes(hub, HELD_MESSAGES)
    copies = forwarded(hub.send("Advance", at_ms=700))
    assert [decode_message(copy["message"]).alert_code for copy in copies] == codes


def test_place_of_an_overload_that_is_over_is_used_before_a_message_gives_way() -> None:
    hub = HubBench().on_hosts_clock(
        sample_mode=COUNT, sample_every=2, code_clear_limit=2, flush_ms=5000
    )
    hub.alerts(PASSES + 3, 0, code=0x8200)
    for code in range(0x8101, 0x8100 + HELD_MESSAGES):
        hub.alerts(4, 9_000, code=code)  # the last one is suppressed
    assert verdicts(hub.alert(10_000, message(code=0x8200))) == ["SUPPRESS"]
    assert verdicts(hub.alert(11_000, message(code=0x8200))) == ["SAMPLE"]
    assert events(hub.send("Advance", at_ms=12_000)) == ["OVERLOAD_END"]
    hub.alerts(4, 13_000, code=0x8300)
    assert events(hub.send("Advance", at_ms=14_000)) == []


# Shadow.


def test_in_shadow_everything_passes_and_nothing_is_attached() -> None:
    hub = HubBench().on_hosts_clock(shadow=1)
    said = hub.alerts(30, 0)
    assert verdicts(said) == ["PASS"] * 30
    assert {numbers(frame) for frame in forwarded(said)} == {(0, 0, 0, 0)}


def test_in_shadow_events_leave_marked() -> None:
    hub = HubBench().on_hosts_clock(shadow=1)
    said = hub.alerts(30, 0) + hub.send("Advance", at_ms=100_000)
    notices = [frame for frame in said if frame.name == "Notice"]
    assert {"OVERLOAD_START", "SUMMARY", "OVERLOAD_END"} <= set(events(notices))
    assert {notice["shadow"] for notice in notices} == {1}


def test_in_shadow_what_would_be_is_counted() -> None:
    hub = HubBench().on_hosts_clock(shadow=1)
    hub.alerts(PASSES + 1 + 10, 0)
    counters = hub.counters()
    assert (counters["passed"], counters["suppressed"]) == (PASSES + 11, 0)
    assert (counters["would_sample"], counters["would_suppress"]) == (1, 10)


def test_out_of_shadow_events_are_not_marked() -> None:
    hub = HubBench().on_hosts_clock()
    said = hub.alerts(30, 0)
    assert {frame["shadow"] for frame in said if frame.name == "Notice"} == {0}


# Accounts.


def test_every_alert_is_in_the_counters_once() -> None:
    hub = HubBench().overloaded(suppressed=12)
    hub.send("Advance", at_ms=700)
    counters = hub.counters()
    assert counters["received"] == PASSES + 13
    assert (counters["passed"], counters["sampled"], counters["suppressed"]) == (PASSES, 1, 12)
    assert (counters["reported"], counters["unreported"]) == (12, 0)


def test_damage_is_counted_and_costs_nothing_else() -> None:
    hub = HubBench().on_hosts_clock()
    assert hub.feed(b"\x05rubbish\x00") == []
    assert hub.counters()["frames_damaged"] == 1


def test_hub_numbers_what_goes_north_one_after_the_other() -> None:
    said: list[Frame] = HubBench().on_hosts_clock().alerts(12, 0)
    north = [frame.seq for frame in said if frame.name in ("WanAlert", "Notice")]
    assert north == [*range(len(north))] and len(north) > 8


def test_hub_numbers_its_other_frames_by_themselves() -> None:
    hub = HubBench().on_hosts_clock()
    seqs = [frame.seq for frame in hub.alerts(12, 0) if frame.name == "HanAck"]
    assert seqs == [*range(seqs[0], seqs[0] + 12)]


# Frames of another boot.


def test_frame_for_another_boot_is_not_taken_and_answered_with_who_is_there() -> None:
    hub = HubBench()
    hub.hears_north = False
    hub.boot_tag ^= 1
    (said,) = hub.send("GetCounters")
    assert (said.name, said["nonce"]) == ("Hello", 0)


def test_frames_for_another_boot_are_counted() -> None:
    hub = HubBench()
    hub.hears_north = False
    hub.boot_tag ^= 1
    hub.send("GetCounters")
    hub.alert(0, message())
    hub.boot_tag ^= 1
    counters = hub.counters()
    assert (counters["frames_stale"], counters["received"]) == (2, 0)


# What is not acknowledged.


def test_hub_sends_no_more_than_a_window_that_nobody_acknowledges() -> None:
    hub = HubBench().on_hosts_clock(red_threshold=60000, amber_threshold=60000)
    hub.hears_north = False
    more = wire.WINDOW + 4
    for counter in range(more):
        hub.alert(0, message(counter))
    assert hub.counters()["queued"] == more
    sent_then = hub.send("NorthAck", north_next=wire.WINDOW, alert_first=more)
    assert [frame.seq for frame in sent_then] == list(range(wire.WINDOW, more))


def test_what_is_not_acknowledged_is_sent_again_in_time() -> None:
    hub = HubBench().on_hosts_clock()
    hub.hears_north = False
    (north, _) = hub.alert(0, message())
    assert hub.pass_ms(499) == []
    (again,) = hub.pass_ms(1)
    assert again == north


def test_what_is_acknowledged_is_not_sent_again() -> None:
    hub = HubBench().on_hosts_clock()
    hub.alert(0, message())
    assert hub.pass_ms(60000) == []


def test_early_alert_is_thrown_away_and_what_is_missing_is_told() -> None:
    hub = HubBench().on_hosts_clock()
    hub.hears_north = False
    (ack,) = hub.alert(0, message(), seq=1)
    assert (ack["alert_seq"], ack["entries"]) == (0xFFFF, [])
    assert hub.counters()["received"] == 0


def test_command_of_the_same_number_is_answered_again_and_not_done_again() -> None:
    hub = HubBench().on_hosts_clock()
    hub.send("Advance", seq=900, at_ms=70)
    hub.send("Advance", seq=901, at_ms=99)
    assert hub.send("Advance", seq=900, at_ms=70) == []
    (again,) = hub.send("Advance", seq=901, at_ms=99)
    assert (again["command_seq"], again["status"]) == (901, 0)
