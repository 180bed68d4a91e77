"""Counts of suppressed alerts in the queue north: whatever gives way, each is somewhere."""

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from commshub import wire
from commshub.north_queue import NOTICE_CLASS, SAMPLE_CLASS, SIGNED_CLASS, NorthQueue

ROOM_BYTES = 600


class Report(NamedTuple):
    """One report that is queued; after the last of an overload there are none."""

    overload_id: int
    suppressed: int
    is_last: bool
    weight: int
    payload_bytes: int


reports = st.lists(
    st.builds(
        Report,
        st.integers(1, 3),
        st.integers(0, 9),
        st.booleans(),
        st.sampled_from([NOTICE_CLASS, SAMPLE_CLASS]),
        st.integers(20, 200),
    ),
    max_size=20,
)


def put(queue: NorthQueue, report: Report) -> None:
    payload = bytes(report.payload_bytes)
    queue.put((wire.WAN_ALERT, report.weight, report[:3]), payload, b"", 0, 0, 0)


@given(reports)
def test_counts_of_all_that_gave_way_are_owed_while_the_overload_goes_on_and_lost_after_it(
    drawn: list[Report],
) -> None:
    queue = NorthQueue(ROOM_BYTES)
    total, ended = 0, set()
    for report in drawn:
        if report.overload_id in ended:
            continue
        put(queue, report)
        total += report.suppressed
        if report.is_last:
            ended.add(report.overload_id)
    for _ in range(ROOM_BYTES // 50 + 1):  # until nothing but these is left
        queue.put((wire.WAN_ALERT, SIGNED_CLASS, None), bytes(50), b"", 0, 0, 0)
    assert sum(queue.owed.values()) + queue.counts_lost == total
    assert not ended & set(queue.owed), "nobody will ever tell of these, and they pile up"
