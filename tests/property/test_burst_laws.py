"""Frames in one burst: the hub reads as much as the first one says, and finds whole frames."""

from hypothesis import given
from hypothesis import strategies as st

from commshub.framer import LAST_CELL_AT
from hubwire.frames import CELL_BYTES, CELLS_BASE, CELLS_SUM
from hubwire.framing import Frame, Receiver, burst_of, encode, pad

SIZES = st.lists(st.integers(0, 1024), max_size=20)


def arrived(burst: bytes) -> list[Frame]:
    items = list(Receiver().feed(burst))
    frames = [item for item in items if isinstance(item, Frame)]
    assert frames == items
    return frames


def alerts_of_sizes(sizes: list[int]) -> list[Frame]:
    return [
        Frame("HanAlert", seq, {"at_ms": 0, "north_next": 0, "message": bytes(size)}, 7)
        for seq, size in enumerate(sizes)
    ]


@given(SIZES)
def test_burst_holds_its_frames_in_order(sizes: list[int]) -> None:
    frames = alerts_of_sizes(sizes)
    assert arrived(burst_of(frames)) == frames


@given(SIZES)
def test_burst_is_as_long_as_its_frames_are_by_themselves(sizes: list[int]) -> None:
    frames = alerts_of_sizes(sizes)
    assert len(burst_of(frames)) == sum(len(pad(encode(frame))) for frame in frames)


@given(SIZES)
def test_hub_that_reads_as_many_cells_as_it_is_told_reads_frame_after_frame(
    sizes: list[int],
) -> None:
    """And never more than it has room for."""
    frames = alerts_of_sizes(sizes)
    burst = burst_of(frames)
    while burst:
        length = (burst[2] - CELLS_BASE) * CELL_BYTES
        assert burst[2] + burst[3] == CELLS_SUM
        assert length - CELL_BYTES <= LAST_CELL_AT
        read = arrived(burst[:length])
        assert read == frames[: len(read)]
        burst, frames = burst[length:], frames[len(read) :]
    assert not frames


def test_half_a_window_of_usual_alerts_is_read_at_once() -> None:
    burst = burst_of(alerts_of_sizes([85] * 8))
    assert (burst[2] - CELLS_BASE) * CELL_BYTES == len(burst)
