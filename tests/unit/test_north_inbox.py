"""What comes north: each item once, in order, and what the host is to tell the hub about it."""

from typing import Any

import pytest

from hubwire.frames import CARRIES, EVENTS, WINDOW
from hubwire.framing import Frame
from stormbench.link.north_inbox import NorthInbox, is_end
from stormbench.link.northbound import Northbound, Notice, WanAlert

REPORT = ("overload_id", "throttled_seq", "throttled_count", "total_suppressed")


def number_of(table: dict[int, str], name: str) -> int:
    return next(number for number, known in table.items() if known == name)


def numbers(overload_id: int, total: int, taken: int) -> dict[str, int]:
    return {**dict(zip(REPORT, (overload_id, 1, 1, total), strict=True)), "taken": taken}


def wan_alert(
    seq: int, carries: str = "PASS", total: int = 0, taken: int = 0, overload_id: int = 7
) -> Frame:
    values: dict[str, Any] = {"at_ms": 1, "carries": number_of(CARRIES, carries)}
    message = b"%d" % seq
    return Frame(
        "WanAlert", seq, {**values, **numbers(overload_id, total, taken), "message": message}
    )


def notice(seq: int, event: str, total: int = 0, shadow: int = 0, taken: int = 0) -> Frame:
    values = {"event": number_of(EVENTS, event), "level": 0, "shadow": shadow, "at_ms": 4}
    euis = {"originator": b"\x01" * 8, "target": bytes(8), "code": 0}
    return Frame("Notice", seq, {**values, **euis, **numbers(7, total, taken)})


def inbox(*frames: Frame, first: int = 0, backlog: int = 0) -> NorthInbox:
    made = NorthInbox()
    made.begin(first, backlog)
    for frame in frames:
        made.on_frame(frame)
    return made


def the_item(made: NorthInbox, frame: Frame) -> Northbound:
    found = made.on_frame(frame)
    assert found is not None
    return found[0]


# In order, each once.


def test_items_come_in_the_order_of_their_numbers() -> None:
    made = inbox()
    items = [the_item(made, wan_alert(0)), the_item(made, notice(1, "INCIDENT_OPEN"))]
    assert [type(item) for item in items] == [WanAlert, Notice]
    assert made.expected == 2


def test_first_number_is_the_one_that_the_hub_named() -> None:
    made = inbox(first=500)
    assert made.on_frame(wan_alert(0)) is None
    assert made.on_frame(wan_alert(500)) is not None


def test_number_after_65535_is_0() -> None:
    made = inbox(wan_alert(0xFFFF), first=0xFFFF)
    assert made.expected == 0 and made.on_frame(wan_alert(0)) is not None


@pytest.mark.parametrize("seq", [0, 1, 0xFFFF, 0x8004])
def test_item_that_came_before_is_recognised_and_counted(seq: int) -> None:
    made = inbox(wan_alert(0), wan_alert(1), wan_alert(2))
    assert made.on_frame(wan_alert(seq)) is None
    assert (made.expected, made.again, made.is_ack_due) == (3, 1, True)


@pytest.mark.parametrize("seq", [4, 10, 0x8003])
def test_item_before_which_one_is_missing_is_not_taken_and_the_hub_is_to_be_told(
    seq: int,
) -> None:
    made = inbox(wan_alert(0), wan_alert(1), wan_alert(2))
    assert made.on_frame(wan_alert(seq)) is None
    assert (made.expected, made.again, made.is_ack_due) == (3, 0, True)


@pytest.mark.parametrize(("number", "has_all"), [(2, True), (3, True), (4, False), (0, True)])
def test_it_is_known_whether_all_before_a_number_has_come(number: int, has_all: bool) -> None:
    made = inbox(wan_alert(0), wan_alert(1), wan_alert(2))
    assert made.has_all_before(number) is has_all


def test_whether_all_has_come_is_known_over_65535() -> None:
    made = inbox(wan_alert(0xFFFE), first=0xFFFE)
    assert made.has_all_before(0xFFFF) and not made.has_all_before(1)


# What is to be said.


def test_acknowledgement_is_due_at_three_quarters_of_a_window() -> None:
    made = inbox(*(wan_alert(seq) for seq in range(WINDOW * 3 // 4 - 1)))
    assert (made.unsaid, made.is_ack_due) == (WINDOW * 3 // 4 - 1, False)
    made.on_frame(wan_alert(WINDOW * 3 // 4 - 1))
    assert made.is_ack_due


def test_nothing_is_due_once_it_was_said() -> None:
    made = inbox(*(wan_alert(seq) for seq in range(WINDOW)))
    made.said()
    assert (made.unsaid, made.is_ack_due) == (0, False)
    made.on_frame(wan_alert(WINDOW))
    assert (made.unsaid, made.is_ack_due) == (1, False)


def test_item_in_order_does_not_take_back_that_an_acknowledgement_is_due() -> None:
    made = inbox(wan_alert(1))
    made.on_frame(wan_alert(0))
    assert made.is_ack_due


# Of which session, and of which boot.


def test_first_items_of_a_hub_that_had_kept_some_are_of_another_session() -> None:
    made = inbox(first=9, backlog=2)
    found = [made.on_frame(wan_alert(seq)) for seq in (9, 10, 11)]
    assert [each[1] for each in found if each] == [False, False, True]


def test_backlog_that_comes_twice_is_no_longer_backlog() -> None:
    made = inbox(wan_alert(0), wan_alert(0), backlog=1)
    found = made.on_frame(wan_alert(1))
    assert found is not None and found[1] is True


def test_items_of_another_session_say_nothing_of_this_ones_alerts() -> None:
    made = inbox(wan_alert(0, "SAMPLE", total=5, taken=9), backlog=1)
    assert made.taken is None and not made.heard and not made.latest


def test_last_item_says_how_many_alerts_were_judged_by_then() -> None:
    assert inbox(wan_alert(0, taken=3), notice(1, "TABLE_FULL", taken=5)).taken == 5


def test_boot_that_begins_says_nothing_yet_and_what_was_heard_stays() -> None:
    made = inbox(wan_alert(0, "SAMPLE", total=5, taken=3))
    made.begin(0)
    assert (made.expected, made.taken, made.unsaid, list(made.latest)) == (0, None, 0, [])
    assert made.heard[7].total_suppressed == 5


def test_latest_alerts_are_kept_without_held_copies_and_not_for_ever() -> None:
    made = inbox(wan_alert(0, "SUMMARY", total=1), wan_alert(1, "SAMPLE", total=1))
    assert [item.message for item in made.latest] == [b"1"]
    for seq in range(2, 102):
        made.on_frame(wan_alert(seq))
    assert len(made.latest) == 2 * WINDOW and made.latest[-1].message == b"101"


# What was heard of overloads.


@pytest.mark.parametrize(
    "frame",
    [
        wan_alert(0, "SAMPLE", total=5),
        wan_alert(0, "SUMMARY", total=5),
        wan_alert(0, "OVERLOAD_END", total=5),
        notice(0, "SUMMARY", total=5),
        notice(0, "OVERLOAD_END", total=5),
    ],
    ids=["sample", "held summary", "held end", "bare summary", "bare end"],
)
def test_total_of_an_overload_is_heard_whatever_bears_it(frame: Frame) -> None:
    heard = inbox(frame).heard[7]
    assert heard.total_suppressed == 5


@pytest.mark.parametrize(
    "frame",
    [
        wan_alert(0),
        notice(0, "OVERLOAD_START", total=5),
        notice(0, "INCIDENT_OPEN"),
        notice(0, "SUMMARY", total=5, shadow=1),
    ],
    ids=["pass", "start", "incident", "shadow"],
)
def test_what_reports_nothing_suppressed_is_not_heard(frame: Frame) -> None:
    assert inbox(frame).heard == {}


def test_largest_total_stays_with_what_bore_it() -> None:
    made = inbox(wan_alert(0, "SAMPLE", total=5), wan_alert(1, "SAMPLE", total=3))
    heard = made.heard[7]
    assert isinstance(heard.item, WanAlert)
    assert (heard.total_suppressed, heard.item.message) == (5, b"0")
    made.on_frame(notice(2, "OVERLOAD_END", total=8))
    assert made.heard[7].total_suppressed == 8 and is_end(made.heard[7].item)


def test_overloads_are_heard_apart() -> None:
    made = inbox(wan_alert(0, "SAMPLE", total=5), wan_alert(1, "SAMPLE", total=2, overload_id=8))
    assert {key: heard.total_suppressed for key, heard in made.heard.items()} == {7: 5, 8: 2}


@pytest.mark.parametrize(
    ("frame", "ends"),
    [
        (wan_alert(0, "OVERLOAD_END", total=1), True),
        (notice(0, "OVERLOAD_END", total=1), True),
        (wan_alert(0, "SUMMARY", total=1), False),
        (notice(0, "SUMMARY", total=1), False),
        (wan_alert(0), False),
    ],
)
def test_last_report_of_an_overload_is_recognised(frame: Frame, ends: bool) -> None:
    assert is_end(the_item(inbox(), frame)) is ends
