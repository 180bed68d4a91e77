"""The last copies: which suppressed messages are kept, and which give way."""

from hypothesis import given
from hypothesis import strategies as st

from commshub.held import HELD_MESSAGES, HeldMessages


def keep(held: HeldMessages, overload_id: int, message: bytes) -> None:
    held.keep(overload_id, message, 0, len(message))


def taken(held: HeldMessages, overload_id: int) -> bytes | None:
    kept = held.take(overload_id)
    return kept and bytes(held.arena[slice(*kept)])


def test_message_is_taken_as_it_was_kept() -> None:
    held = HeldMessages(64)
    keep(held, 1, b"message")
    assert taken(held, 1) == b"message"


def test_only_what_is_in_the_bounds_is_kept() -> None:
    held = HeldMessages(64)
    held.keep(1, b"--message--", 2, 9)
    assert taken(held, 1) == b"message"


def test_newest_message_of_an_overload_is_kept() -> None:
    held = HeldMessages(64)
    keep(held, 1, b"a longer one")
    keep(held, 1, b"newest")
    assert taken(held, 1) == b"newest"


def test_message_is_taken_once() -> None:
    held = HeldMessages(64)
    keep(held, 1, b"message")
    assert [taken(held, 1), taken(held, 1)] == [b"message", None]


def test_nothing_is_kept_for_an_overload_that_never_kept_any() -> None:
    assert taken(HeldMessages(64), 1) is None


def test_free_place_is_of_no_overload() -> None:
    held = HeldMessages(64)
    keep(held, 5, b"message")
    held.take(5)
    assert taken(held, 5) is None


def test_as_many_overloads_as_there_are_places_are_kept() -> None:
    held = HeldMessages(64)
    for overload_id in range(1, HELD_MESSAGES + 1):
        keep(held, overload_id, b"%d" % overload_id)
    kept = [taken(held, overload_id) for overload_id in range(1, HELD_MESSAGES + 1)]
    assert kept == [b"%d" % overload_id for overload_id in range(1, HELD_MESSAGES + 1)]


def test_message_renewed_least_recently_gives_way() -> None:
    held = HeldMessages(64, places=2)
    for overload_id in (1, 2, 1, 3):
        keep(held, overload_id, b"%d" % overload_id)
    assert [taken(held, overload_id) for overload_id in (1, 2, 3)] == [b"1", None, b"3"]


def test_free_place_is_used_before_a_message_gives_way() -> None:
    held = HeldMessages(64, places=2)
    keep(held, 1, b"1")
    keep(held, 2, b"2")
    held.take(2)
    keep(held, 3, b"3")
    assert [taken(held, overload_id) for overload_id in (1, 3)] == [b"1", b"3"]


def test_longest_message_fits_and_does_not_reach_into_its_neighbour() -> None:
    held = HeldMessages(2048, places=2)
    keep(held, 1, b"\x01" * 1024)
    keep(held, 2, b"\x02" * 1024)
    assert [taken(held, 1), taken(held, 2)] == [b"\x01" * 1024, b"\x02" * 1024]


def test_message_that_needs_the_room_of_others_lets_the_least_recent_ones_give_way() -> None:
    held = HeldMessages(100, places=4)
    for overload_id in (1, 2, 3):
        keep(held, overload_id, b"%d" % overload_id * 30)
    keep(held, 4, b"4" * 40)
    kept = [taken(held, overload_id) for overload_id in (1, 2, 3, 4)]
    assert kept == [None, b"2" * 30, b"3" * 30, b"4" * 40]


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 60)), max_size=60))
def test_what_is_kept_is_what_was_given_whatever_was_kept_before(steps) -> None:
    """A length of 0 stands for: it is taken."""
    held = HeldMessages(120, places=4)
    given_last: dict[int, bytes] = {}
    for number, (overload_id, length) in enumerate(steps):
        message = bytes([number]) * length
        if length:
            keep(held, overload_id, message)
            given_last[overload_id] = message
            kept = taken(held, overload_id)
            assert kept == message
            keep(held, overload_id, message)
        else:
            assert taken(held, overload_id) in (None, given_last.pop(overload_id, None))
