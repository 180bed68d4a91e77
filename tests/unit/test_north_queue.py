"""What waits to go north: in order, within bounds, and what gives way where there is no room."""

import itertools
from typing import Any

import pytest

from commshub import wire
from commshub.north_queue import (
    HEAD,
    NORTH_BYTES,
    NOTICE_CLASS,
    PASS_CLASS,
    SAMPLE_CLASS,
    SIGNED_CLASS,
    NorthQueue,
)
from commshub.outbox import Outbox
from hubwire.framing import Frame, decode

HEAD_BYTES = 13
CLASSES = {"p": PASS_CLASS, "n": NOTICE_CLASS, "s": SAMPLE_CLASS, "!": SIGNED_CLASS}


class Queue:
    """A queue of texts; the class of a text is that of its first letter, see `CLASSES`.

    `of` is how many texts of 4 bytes it can hold.
    """

    def __init__(self, of: int = 4, size_bytes: int | None = None) -> None:
        self.queue = NorthQueue(size_bytes or of * (HEAD_BYTES + 4))

    def put(self, text: str, report: tuple[int, int, bool] | None = None, kept: int = 0) -> bool:
        """Whether it stays: the first half as its payload, the rest as part of a longer tail."""
        half = len(text) // 2
        octets = text.encode()
        tail = b"<" + octets[half:] + b">"
        weight = CLASSES[text[0]]
        payload = octets[:half]
        end = len(tail) - 1
        return self.queue.put((wire.LOG, weight, report), payload, tail, 1, end, kept)

    def fill(self, texts: str) -> "Queue":
        for text in texts.split():
            assert self.put(text)
        return self

    def frames(self) -> list[Frame]:
        said: list[Frame] = []

        def on_frame(buffer: bytearray, length: int) -> bool:
            said.append(decode(bytes(buffer[: length - 2])))
            return True

        outbox = Outbox(on_frame)
        for index in range(self.queue.count):
            self.queue.send(index, 0xFFF0 + index, outbox)
        return said

    def texts(self) -> str:
        """All that wait, oldest first."""
        return " ".join(bytes(frame["text"]).decode() for frame in self.frames())

    def accounts(self) -> tuple[dict[int, int], int]:
        return self.queue.owed, self.queue.counts_lost


# In order, and within bounds.


def test_items_wait_in_their_order_whatever_their_class() -> None:
    assert Queue().fill("!one s-02 p-03 n-04").texts() == "!one s-02 p-03 n-04"


def test_item_is_sent_as_its_kind_with_the_number_that_it_is_given() -> None:
    first, second = Queue().fill("p-01 p-02").frames()
    assert (first.name, first.seq, second.seq) == ("Log", 0xFFF0, 0xFFF1)


def test_items_of_any_length_are_sent_whole() -> None:
    texts = ["p" * length for length in (1, 2, 255, 256, 1049)]
    queue = Queue(size_bytes=NORTH_BYTES).fill(" ".join(texts))
    assert queue.texts() == " ".join(texts)


def test_items_are_taken_from_the_front() -> None:
    queue = Queue().fill("p-01 p-02 p-03")
    queue.queue.pop(2)
    assert (queue.texts(), queue.queue.count) == ("p-03", 1)


def test_what_was_taken_makes_room() -> None:
    queue = Queue().fill("p-01 p-02 p-03 p-04")
    queue.queue.pop(3)
    queue.fill("p-05 p-06 p-07")
    assert (queue.texts(), queue.queue.gave_way) == ("p-04 p-05 p-06 p-07", [0] * 4)


def test_queue_that_is_always_half_full_never_runs_out_of_room() -> None:
    queue = Queue(size_bytes=320).fill("p000000 p000001")
    for number in range(2, 200):
        queue.fill("p" * (number % 90 + 1))
        queue.queue.pop(1)
    assert queue.texts().split() == ["p" * (number % 90 + 1) for number in (198, 199)]
    assert sum(queue.queue.gave_way) == 0


def test_last_byte_is_used() -> None:
    queue = Queue(size_bytes=2 * HEAD_BYTES + 9)
    assert queue.put("p-01") and queue.put("p--02")
    assert queue.texts() == "p-01 p--02"


def test_byte_more_than_there_is_makes_something_give_way() -> None:
    queue = Queue(size_bytes=2 * HEAD_BYTES + 8)
    assert queue.put("p-01") and queue.put("p--02")
    assert queue.texts() == "p--02"


def test_empty_queue_sends_nothing() -> None:
    queue = Queue().fill("p-01")
    queue.queue.pop(1)
    assert (queue.texts(), queue.queue.count) == ("", 0)


# What gives way.


def test_nothing_gives_way_to_an_item_for_which_there_is_no_room_after_all() -> None:
    queue = Queue().fill("p-01 !-02 p-03 !-04")
    assert not queue.put("s" * (3 * (HEAD_BYTES + 4)))
    assert queue.texts() == "p-01 !-02 p-03 !-04"
    assert queue.queue.gave_way == [0, 0, 1, 0]


@pytest.mark.parametrize(
    ("waiting", "new", "left"),
    [
        ("p-01 p-02 p-03 p-04", "p-05", "p-02 p-03 p-04 p-05"),
        ("n-01 s-02 p-03 p-04", "p-05", "n-01 s-02 p-04 p-05"),
        ("n-01 s-02 p-03 p-04", "!-05", "n-01 s-02 p-04 !-05"),
        ("n-01 s-02 n-03 !-04", "!-05", "s-02 n-03 !-04 !-05"),
        ("s-01 n-02 s-03 !-04", "n-05", "s-01 s-03 !-04 n-05"),
        ("!-01 s-02 s-03 !-04", "s-05", "!-01 s-03 !-04 s-05"),
        ("!-01 s-02 s-03 !-04", "!-05", "!-01 s-03 !-04 !-05"),
        ("!-01 !-02 !-03 !-04", "!-05", "!-02 !-03 !-04 !-05"),
    ],
)
def test_oldest_of_the_lowest_class_gives_way(waiting: str, new: str, left: str) -> None:
    queue = Queue().fill(waiting)
    assert queue.put(new) is True
    assert queue.texts() == left


@pytest.mark.parametrize(
    ("waiting", "new"),
    [
        ("n-01 s-02 !-03 !-04", "p-05"),
        ("s-01 s-02 !-03 !-04", "n-05"),
        ("!-01 !-02 !-03 !-04", "s-05"),
    ],
)
def test_item_that_matters_less_than_all_that_wait_gives_way_itself(
    waiting: str, new: str
) -> None:
    queue = Queue().fill(waiting)
    assert queue.put(new) is False
    assert queue.texts() == waiting


def test_as_many_give_way_as_the_new_one_needs() -> None:
    queue = Queue().fill("p-01 !-02 p-03 p-04")
    assert queue.put("!" + "x" * 20)
    assert queue.texts() == "!-02 p-04 !" + "x" * 20


@pytest.mark.parametrize(
    ("kept", "left"),
    [
        (0, "!-01 n-03 p-04 !-05"),
        (1, "!-01 n-03 p-04 !-05"),
        (2, "!-01 p-02 n-03 !-05"),
        (3, "!-01 p-02 n-03 !-05"),
    ],
)
def test_what_was_sent_never_gives_way(kept: int, left: str) -> None:
    queue = Queue().fill("!-01 p-02 n-03 p-04")
    assert queue.put("!-05", kept=kept)
    assert queue.texts() == left


@pytest.mark.parametrize("new", ["p-05", "n-05", "s-05", "!-05"])
def test_new_one_gives_way_where_all_was_sent(new: str) -> None:
    queue = Queue().fill("p-01 p-02 p-03 p-04")
    assert queue.put(new, kept=4) is False
    assert queue.texts() == "p-01 p-02 p-03 p-04"


def test_what_gave_way_is_counted_by_class() -> None:
    queue = Queue().fill("p-01 n-02 s-03 !-04")
    for _ in range(4):
        queue.put("!-05")
    queue.put("p-06")
    queue.put("n-07")
    assert queue.queue.gave_way == [2, 2, 1, 1]


def test_of_what_gave_way_notices_are_no_messages() -> None:
    queue = Queue().fill("p-01 n-02 n-03 s-04")
    for _ in range(4):
        queue.put("!-05")
    assert queue.queue.messages_gave_way() == 2


# The counts of reports that gave way.


def test_count_that_gives_way_goes_to_the_next_report_of_its_overload_that_waits() -> None:
    queue = Queue(of=3)
    queue.put("s-01", (7, 3, False))
    queue.put("!-02", (8, 1, False))
    queue.put("!-03", (7, 2, False))
    queue.put("!-04")
    assert queue.texts() == "!-02 !-03 !-04"
    assert queue.accounts() == ({}, 0)
    queue.queue.pop(1)
    queue.fill("!-05")
    assert queue.put("!-06")  # and now that one gives way
    assert queue.accounts() == ({7: 5}, 0)


def test_count_that_gives_way_is_owed_until_the_next_report_of_its_overload() -> None:
    queue = Queue(of=2)
    queue.put("s-01", (7, 3, False))
    queue.put("s-02", (8, 1, False))
    queue.put("s-03")
    assert queue.accounts() == ({7: 3}, 0)
    queue.queue.pop(2)
    queue.put("s-04", (7, 2, False))
    assert queue.accounts() == ({}, 0)
    queue.fill("!-05")
    queue.put("!-06")  # the one that took it gives way
    assert queue.accounts() == ({7: 5}, 0)


def test_report_of_another_overload_takes_nothing_that_is_owed() -> None:
    queue = Queue(of=1)
    queue.put("s-01", (7, 3, False))
    queue.put("s-02", (8, 1, False))
    assert queue.accounts() == ({7: 3}, 0)


def test_report_that_makes_the_one_before_it_give_way_tells_of_its_count() -> None:
    queue = Queue(of=1)
    queue.put("s-01", (7, 3, False))
    queue.put("s-02", (7, 2, False))
    assert queue.accounts() == ({}, 0)
    queue.put("!-03")
    assert queue.accounts() == ({7: 5}, 0)


def test_last_report_that_makes_the_one_before_it_give_way_leaves_nothing_owed() -> None:
    queue = Queue(of=1)
    queue.put("s-01", (7, 3, False))
    queue.put("s-02", (7, 2, True))
    assert queue.accounts() == ({}, 0)


def test_report_that_gives_way_itself_owes_its_count_and_what_was_owed() -> None:
    queue = Queue(of=1).fill("!-01")
    queue.put("s-02", (7, 3, False))
    queue.put("s-03", (7, 2, False))
    assert queue.accounts() == ({7: 5}, 0)


def test_older_report_that_gives_way_after_a_newer_one_adds_to_what_is_owed() -> None:
    queue = Queue(of=2).fill("!-01")
    queue.put("s-02", (7, 3, False))
    queue.put("n-03", (7, 2, False))
    assert queue.accounts() == ({7: 2}, 0)
    queue.put("!-04")
    assert queue.accounts() == ({7: 5}, 0)


def test_count_of_a_last_report_that_gives_way_is_lost() -> None:
    queue = Queue(of=1)
    queue.put("s-01", (7, 3, True))
    queue.put("s-02", (8, 4, True))
    queue.put("!-03")
    assert queue.accounts() == ({}, 7)


def test_last_report_that_gives_way_itself_loses_what_was_owed_too() -> None:
    queue = Queue(of=1).fill("!-01")
    queue.put("s-02", (7, 3, False))
    queue.put("s-03", (7, 2, True))
    assert queue.accounts() == ({}, 5)


def test_last_report_without_a_count_that_gives_way_itself_loses_what_was_owed() -> None:
    queue = Queue(of=1).fill("!-01")
    queue.put("s-02", (7, 3, False))
    queue.put("s-03", (7, 0, True))
    assert queue.accounts() == ({}, 3)


def test_report_without_a_count_owes_nothing() -> None:
    queue = Queue(of=1)
    queue.put("s-01", (7, 0, False))
    queue.put("!-02")
    assert queue.accounts() == ({}, 0)


def test_no_count_vanishes_in_a_long_storm() -> None:
    queue = Queue(of=5)
    classes = itertools.cycle("psn!sspn")
    reported = 0
    for number in range(400):
        name = f"{next(classes)}{number:03}"
        count = number % 4 + 1
        is_report = name[0] != "p"
        report: Any = (number % 3 + 1, count, False) if is_report else None
        reported += count if is_report else 0
        queue.put(name, report, kept=min(1, queue.queue.count))
        if number % 9 == 0:
            reported -= counts_of_front(queue)
            queue.queue.pop(1)
    while queue.queue.count:
        reported -= counts_of_front(queue)
        queue.queue.pop(1)
    assert reported == sum(queue.queue.owed.values()) and queue.queue.counts_lost == 0


def counts_of_front(queue: Queue) -> int:
    """How many suppressed alerts only the oldest item tells of."""
    inside: Any = queue.queue
    at = inside.words[HEAD] + HEAD_BYTES - 4
    return int.from_bytes(inside.arena[at : at + 4], "little")
