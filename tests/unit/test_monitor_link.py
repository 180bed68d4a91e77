"""How a link does: what is counted of it, and from what."""

from capture_bench import message
from hubwire.field_groups import COUNTERS
from monitor_bench import han_ack, han_alert, stretch
from stormbench.capture.frames import said
from stormbench.capture.records import TO_HOST, Stretch
from stormbench.monitor.link_health import LinkHealth


def told(*stretches) -> LinkHealth:
    health = LinkHealth()
    for each in stretches:
        health.on_said(each)
    return health


def wan_alert(number: int):
    numbers = dict.fromkeys(
        ("overload_id", "throttled_seq", "throttled_count", "total_suppressed", "taken"), 0
    )
    return said(stretch("WanAlert", number, at_ms=0, carries=0, **numbers, message=message(1)))


def test_alert_that_goes_to_the_hub_again_is_counted():
    assert told(han_alert(1), han_alert(1), han_alert(2)).sent_again == 1


def test_number_that_comes_round_after_its_acknowledgement_is_not_again():
    assert told(han_alert(1), han_ack(1), han_alert(1)).sent_again == 0


def test_acknowledgement_answers_for_all_before_it():
    assert told(han_alert(1), han_alert(2), han_alert(3), han_ack(2)).under_way == 1


def test_numbers_that_wrap_are_acknowledged_in_their_order():
    assert told(han_alert(0xFFFF), han_alert(0), han_alert(1), han_ack(0)).under_way == 1


def test_round_trip_is_from_an_alert_to_its_acknowledgement():
    health = told(
        *(han_alert(1, 0), han_ack(1, 4_000)),
        *(han_alert(2, 10_000), han_ack(2, 12_000)),
        *(han_alert(3, 20_000), han_ack(3, 21_000)),
    )
    assert health.round_trip_ms == (2.0, 4.0)


def test_alert_that_was_sent_twice_tells_no_round_trip():
    assert told(han_alert(1, 0), han_alert(1, 500), han_ack(1, 900)).round_trip_ms is None


def test_queue_is_what_was_made_and_has_not_come():
    health = told(han_alert(1, north_next=10), han_ack(1, north_made=13))
    assert health.queue == 3
    health.on_said(wan_alert(10))
    assert health.queue == 2
    health.on_said(wan_alert(12))  # one before it is missing
    assert health.queue == 2


def test_what_gave_way_in_the_hubs_queue_is_told_by_class():
    counters = dict.fromkeys((field.name for field in COUNTERS), 0) | {
        "gave_way_passes": 3,
        "gave_way_signed": 1,
    }
    health = told(said(stretch("Counters", 1, command_seq=1, **counters)))
    assert {name: count for name, count in health.gave_way.items() if count} == {
        "passes": 3,
        "signed": 1,
    }


def test_what_is_no_frame_is_damaged_and_what_is_withheld_is_not():
    health = told(
        said(Stretch(1, 0, 0, TO_HOST, b"\x02what?")),
        said(Stretch(1, 0, 0, TO_HOST, b"", True, 40)),
    )
    assert health.damaged == 1


def test_what_the_hub_says_to_people_has_no_control_characters():
    health = told(said(stretch("Log", 1, text=b"\x1b[2Jhi\x07")))
    assert list(health.log) == ["[2Jhi"]
