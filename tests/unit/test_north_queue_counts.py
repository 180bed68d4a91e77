"""Reports that give way in the queue north, and what becomes of their counts."""

from commshub import wire
from commshub.north_queue import NOTICE_CLASS, SAMPLE_CLASS, SIGNED_CLASS, NorthQueue


def queue_with(*reports: tuple[int, int, bool]) -> NorthQueue:
    """A queue with reports of one overload, the later ones mattering less."""
    queue = NorthQueue(1000)
    for weight, count, is_last in reports:
        report = 1, count, is_last
        queue.put((wire.WAN_ALERT, weight, report), bytes(50), b"", 0, 0, 0)
    return queue


def flooded(queue: NorthQueue) -> NorthQueue:
    """The queue when all that may give way has."""
    for _ in range(20):
        queue.put((wire.WAN_ALERT, SIGNED_CLASS, None), bytes(200), b"", 0, 0, 0)
    return queue


def test_counts_of_two_reports_that_gave_way_are_both_owed() -> None:
    queue = flooded(queue_with((SAMPLE_CLASS, 5, False), (NOTICE_CLASS, 3, False)))
    assert (queue.owed, queue.counts_lost) == ({1: 8}, 0)


def test_report_that_gives_way_after_the_last_one_did_is_lost_and_not_owed_for_ever() -> None:
    queue = flooded(queue_with((SAMPLE_CLASS, 5, False), (NOTICE_CLASS, 3, True)))
    assert (queue.owed, queue.counts_lost) == ({}, 8)


def test_last_report_that_finds_no_room_leaves_those_before_it_to_be_lost() -> None:
    queue = queue_with((SAMPLE_CLASS, 5, False))
    for _ in range(4):
        queue.put((wire.WAN_ALERT, SIGNED_CLASS, None), bytes(200), b"", 0, 0, 0)
    queue.put((wire.NOTICE, NOTICE_CLASS, (1, 3, True)), bytes(200), b"", 0, 0, 0)
    assert (flooded(queue).owed, queue.counts_lost) == ({}, 8)
