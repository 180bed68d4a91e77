"""The numbers of alerts at the hub's end: which is next, and what is said of the last ones."""

from typing import Any

import pytest

from commshub import wire
from commshub.framer import SEQ
from commshub.outbox import Outbox
from commshub.south import EARLY, NEW, REPEATED, South
from commshub.throttle import PASS, SAMPLE, SUPPRESS
from hubwire.framing import Frame, decode

LATE = (1 << 48) - 1
"""The latest time on the wire."""


def judged(south: South, *verdicts: int, at: int = 0) -> South:
    for place, verdict in enumerate(verdicts):
        assert south.look(south.expected) == NEW
        south.note(verdict, at + place)
    return south


def greeted(session: int) -> South:
    """A south whose host has said that this session begins at 0."""
    south = South()
    south.greet(session)
    south.skip_to(0)
    return south


def at_number(expected: int, *verdicts: int) -> South:
    """A south that has come to this number, the last alerts with these verdicts."""
    south = South()
    south.words[SEQ] = (expected - len(verdicts)) & 0xFFFF
    return judged(south, *verdicts)


def acknowledged(south: South, north_made: int = 0) -> tuple[int, list[tuple[int, int]]]:
    """The number and the (verdict, at_ms) of the HanAck that is sent."""
    frame = ack_frame(south, north_made)
    entries = [(entry["verdict"], entry["at_ms"]) for entry in frame["entries"]]
    return frame["alert_seq"], entries


def ack_frame(south: South, north_made: int = 0) -> Frame:
    frames: list[Frame] = []

    def on_frame(buffer: bytearray, length: int) -> bool:
        frames.append(decode(bytes(buffer[: length - 2])))
        return True

    south.acknowledge(Outbox(on_frame), north_made)
    (frame,) = frames
    assert frame.name == "HanAck"
    return frame


def saved(south: South, verdict: int | None = None, at: int = 0) -> bytes:
    octets = bytearray()
    south.write(octets.extend, verdict, at)
    return bytes(octets)


def resumed(octets: bytes) -> South:
    south = South()
    assert south.read(octets) == len(octets)
    return south


# Which is next.


def test_first_alert_is_number_0() -> None:
    assert South().look(0) == NEW


def test_new_repeated_and_early_are_told_apart() -> None:
    assert len({NEW, REPEATED, EARLY}) == 3


def test_alerts_are_new_in_the_order_of_their_numbers() -> None:
    south = judged(South(), PASS, PASS)
    assert [south.look(seq) for seq in (2, 1, 0, 3, 4)] == [NEW, REPEATED, REPEATED, EARLY, EARLY]


@pytest.mark.parametrize(
    ("expected", "seq", "place"),
    [
        (0, 0xFFFF, REPEATED),
        (0, 0x8001, REPEATED),
        (0, 0x8000, EARLY),
        (0, 0x7FFF, EARLY),
        (0xFFFF, 0, EARLY),
        (0xFFFF, 0xFFFE, REPEATED),
        (0x8000, 0, EARLY),
        (0x8000, 1, REPEATED),
    ],
)
def test_half_of_all_numbers_are_older_and_half_are_newer(
    expected: int, seq: int, place: int
) -> None:
    assert at_number(expected).look(seq) == place


def test_number_after_65535_is_0() -> None:
    south = judged(at_number(0xFFFF), PASS)
    assert (south.expected, south.look(0)) == (0, NEW)


def test_new_alert_alone_makes_no_acknowledgement_due() -> None:
    south = South()
    south.look(0)
    assert not south.is_ack_due


# What is said.


def test_verdicts_are_said_oldest_first_with_the_number_of_the_last() -> None:
    south = judged(South(), PASS, SAMPLE, SUPPRESS, at=70)
    assert south.is_ack_due
    assert acknowledged(south) == (2, [(PASS, 70), (SAMPLE, 71), (SUPPRESS, 72)])


def test_acknowledgement_says_how_much_has_gone_north() -> None:
    assert ack_frame(judged(South(), PASS), 0xBEEF)["north_made"] == 0xBEEF


def test_each_verdict_is_said_once() -> None:
    south = judged(South(), PASS)
    acknowledged(south)
    assert not south.is_ack_due
    assert acknowledged(judged(south, SUPPRESS, at=5)) == (1, [(SUPPRESS, 5)])


def test_time_of_any_size_is_said_as_it_was_noted() -> None:
    assert acknowledged(judged(South(), PASS, at=LATE)) == (0, [(PASS, LATE)])


def test_verdicts_on_both_sides_of_65535_are_said_in_order() -> None:
    south = at_number(1, PASS, SAMPLE, SUPPRESS)
    assert acknowledged(south) == (0, [(PASS, 0), (SAMPLE, 1), (SUPPRESS, 2)])


def test_no_more_verdicts_are_kept_than_can_be_on_their_way() -> None:
    south = judged(South(), *[PASS] * 20, SUPPRESS)
    last, entries = acknowledged(south)
    assert last == 20
    kept = [(PASS, 21 - wire.WINDOW + place) for place in range(wire.WINDOW - 1)]
    assert entries == [*kept, (SUPPRESS, 20)]


def test_alert_that_comes_again_is_acknowledged_again_with_all_that_is_known() -> None:
    south = judged(South(), PASS, SUPPRESS)
    acknowledged(south)
    assert south.look(0) == REPEATED and south.is_ack_due
    assert acknowledged(south) == (1, [(PASS, 0), (SUPPRESS, 1)])


def test_early_alert_is_answered_without_verdicts() -> None:
    south = judged(South(), PASS)
    acknowledged(south)
    assert south.look(2) == EARLY and south.is_ack_due
    assert acknowledged(south) == (0, [])


def test_early_alert_does_not_take_the_place_of_what_is_to_be_said() -> None:
    south = judged(South(), PASS)
    south.look(5)
    assert acknowledged(south) == (0, [(PASS, 0)])


def test_early_first_alert_is_answered_with_the_number_before_0() -> None:
    south = South()
    south.look(1)
    assert acknowledged(south) == (0xFFFF, [])


# Sessions.


@pytest.mark.parametrize("begin", [0, 2, 3, 5, 0x8003, 0xFFFF])
def test_another_session_begins_where_the_host_says_with_nothing_known(begin: int) -> None:
    south = judged(South(), PASS, PASS, PASS)
    south.greet(7)
    assert not south.is_ack_due
    south.skip_to(begin)
    before = (begin - 1) & 0xFFFF
    assert [south.look(seq) for seq in (begin, before)] == [NEW, REPEATED]
    assert acknowledged(south) == (before, [])


@pytest.mark.parametrize("seq", [0, 1, 3, 0x8003, 0xFFFF])
def test_alert_of_another_session_is_early_until_the_host_says_where_that_begins(seq: int) -> None:
    south = judged(South(), PASS, PASS, PASS)
    south.greet(7)
    assert south.look(seq) == EARLY and south.is_ack_due
    assert acknowledged(south)[1] == []


def test_session_that_was_told_its_beginning_is_not_told_another_one_by_going_back() -> None:
    south = greeted(7)
    judged(south, PASS, PASS)
    south.skip_to(0)
    assert south.look(2) == NEW


def test_same_session_goes_on_and_what_was_not_said_waits_for_the_alert_again() -> None:
    south = greeted(7)
    judged(south, PASS, SUPPRESS)
    south.greet(7)
    assert (south.expected, south.unsaid, south.is_ack_due) == (2, 0, False)
    south.look(0)
    assert acknowledged(south) == (1, [(PASS, 0), (SUPPRESS, 1)])


def test_client_that_skips_ahead_is_followed_and_what_was_before_is_forgotten() -> None:
    south = judged(South(), PASS)
    south.skip_to(5)
    assert south.look(5) == NEW
    south.look(0)
    assert acknowledged(south) == (4, [])


@pytest.mark.parametrize("seq", [0, 1, 2, 0x8003])
def test_client_never_skips_back(seq: int) -> None:
    south = judged(South(), PASS, PASS, SUPPRESS)
    south.skip_to(seq)
    assert acknowledged(south) == (2, [(PASS, 0), (PASS, 1), (SUPPRESS, 2)])


def test_skip_to_what_is_expected_anyway_forgets_nothing() -> None:
    south = judged(South(), PASS)
    south.skip_to(1)
    assert acknowledged(south) == (0, [(PASS, 0)])


def test_client_skips_over_65535() -> None:
    south = at_number(0xFFFE, PASS)
    south.skip_to(1)
    assert south.look(1) == NEW


# Commands.


def test_command_is_new_once_and_an_older_one_is_old() -> None:
    south = South()
    asked = [south.is_new_command(seq) for seq in (1, 1, 2, 1, 2, 9)]
    assert asked == [True, False, True, None, False, True]


@pytest.mark.parametrize("seq", [0, 1, 0x8000, 0xFFFF])
def test_first_command_is_new_whatever_its_number(seq: int) -> None:
    assert South().is_new_command(seq) is True


def test_command_0_is_newer_than_65535() -> None:
    south = South()
    assert [south.is_new_command(seq) for seq in (0xFFFF, 0, 0xFFFF)] == [True, True, None]


def test_commands_of_another_session_begin_anew() -> None:
    south = South()
    south.is_new_command(9)
    south.greet(7)
    assert south.is_new_command(1) is True


def test_commands_of_the_same_session_go_on() -> None:
    south = South()
    south.greet(7)
    south.is_new_command(9)
    south.greet(7)
    assert [south.is_new_command(seq) for seq in (9, 8)] == [False, None]


# What a save holds.


def test_session_number_and_verdicts_come_through_a_save() -> None:
    south = greeted(0xC0FFEE)
    judged(south, PASS, SAMPLE, SUPPRESS, at=LATE - 2)
    again = resumed(saved(south))
    assert (again.session, again.expected, again.is_ack_due) == (0xC0FFEE, 3, False)
    assert again.look(1) == REPEATED
    assert acknowledged(again) == (2, [(PASS, LATE - 2), (SAMPLE, LATE - 1), (SUPPRESS, LATE)])


def test_save_within_an_alert_holds_that_alert_too() -> None:
    again = resumed(saved(judged(South(), PASS, at=3), SUPPRESS, LATE))
    assert again.expected == 2
    again.look(0)
    assert acknowledged(again) == (1, [(PASS, 3), (SUPPRESS, LATE)])


@pytest.mark.parametrize("before", [6, 7, 8, 9, 20])
def test_save_holds_no_more_than_the_last_verdicts(before: int) -> None:
    south = judged(South(), *[PASS] * before)
    again = resumed(saved(south, SUPPRESS, 99))
    again.look(before)
    last, entries = acknowledged(again)
    assert (last, len(entries)) == (before, min(before + 1, wire.WINDOW))
    assert entries[-2:] == [(PASS, before - 1), (SUPPRESS, 99)]


def test_save_at_number_65535_is_taken_over() -> None:
    again = resumed(saved(at_number(0xFFFF, PASS), SAMPLE, 8))
    assert again.expected == 0 and again.look(0xFFFF) == REPEATED
    assert acknowledged(again) == (0xFFFF, [(PASS, 0), (SAMPLE, 8)])


def test_save_of_a_hub_that_met_nobody_is_taken_over() -> None:
    again = resumed(saved(South()))
    assert (again.session, again.expected) == (0, 0)


def test_session_that_has_not_said_where_it_begins_is_asked_again_after_a_restart() -> None:
    south = greeted(0xC0FFEE)
    south.greet(0xBEEF)
    again = resumed(saved(south))
    again.greet(0xBEEF)
    assert again.look(0) == EARLY
    again.skip_to(0x9000)
    assert again.look(0x9000) == NEW


def test_what_lies_behind_in_a_save_is_left_to_others() -> None:
    octets = saved(judged(South(), PASS, PASS))
    assert South().read(octets + b"of others") == len(octets)


@pytest.mark.parametrize("kept", range(7 + 2 * 7))
def test_save_that_is_too_short_is_refused(kept: int) -> None:
    with pytest.raises(ValueError):
        South().read(saved(judged(South(), PASS, PASS))[:kept])


def test_save_with_more_verdicts_than_are_kept_is_refused() -> None:
    octets = bytearray(saved(South()))
    octets[6] = wire.WINDOW + 1
    with pytest.raises(ValueError, match=f"{wire.WINDOW + 1} verdicts"):
        South().read(octets + bytes(100))


def test_what_was_forwarded_before_a_restart_is_forwarded_once_more_when_it_comes_again() -> None:
    again = resumed(saved(judged(South(), PASS, SUPPRESS, SAMPLE)))
    asked = [again.forwards_again(seq) for seq in (0, 1, 2, 0, 2)]
    assert asked == [True, False, True, False, False]


def test_forwarding_again_changes_no_verdict_that_is_said() -> None:
    again = resumed(saved(judged(South(), PASS, SAMPLE)))
    again.forwards_again(0)
    again.look(0)
    assert acknowledged(again) == (1, [(PASS, 0), (SAMPLE, 1)])


def test_without_a_restart_nothing_is_forwarded_again() -> None:
    south = judged(South(), PASS, SAMPLE)
    assert [south.forwards_again(seq) for seq in (0, 1)] == [False, False]


@pytest.mark.parametrize("seq", [0, 19 - wire.WINDOW, 0xFFFF])
def test_alert_whose_verdict_is_no_longer_known_is_not_forwarded_again(seq: int) -> None:
    again = resumed(saved(judged(South(), *[PASS] * 20)))
    assert again.forwards_again(seq) is False and again.forwards_again(20 - wire.WINDOW) is True


def test_save_after_a_restart_still_knows_the_verdicts() -> None:
    again: Any = resumed(saved(judged(South(), PASS, SAMPLE, SUPPRESS, at=4)))
    twice = resumed(saved(again))
    twice.look(0)
    assert acknowledged(twice) == (2, [(PASS, 4), (SAMPLE, 5), (SUPPRESS, 6)])
