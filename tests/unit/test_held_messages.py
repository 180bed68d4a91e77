"""The last copies: which suppressed messages are kept, and which give way."""

from commshub.held import HELD_MESSAGES, HeldMessages


def keep(held: HeldMessages, overload_id: int, message: bytes) -> None:
    held.keep(overload_id, message, 0, len(message))


def taken(held: HeldMessages, overload_id: int) -> bytes | None:
    kept = held.take(overload_id)
    return kept and bytes(kept.message[: kept.length])


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
    held = HeldMessages(1024, places=2)
    keep(held, 1, b"\x01" * 1024)
    keep(held, 2, b"\x02" * 1024)
    assert [taken(held, 1), taken(held, 2)] == [b"\x01" * 1024, b"\x02" * 1024]
