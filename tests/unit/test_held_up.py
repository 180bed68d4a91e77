"""How much of a wait was the hub's."""

import pytest

from stormbench.link.held_up import HeldUp


@pytest.fixture
def held_up() -> HeldUp:
    """Held up from 10 to 20 and from 30 to 50."""
    held_up = HeldUp()
    held_up.note(10, 20)
    held_up.note(30, 50)
    return held_up


@pytest.mark.parametrize(
    ("begin_us", "end_us", "within_us"),
    [(0, 5, 0), (0, 100, 30), (12, 15, 3), (15, 35, 10), (20, 30, 0), (50, 90, 0), (0, 10, 0)],
)
def test_overlap_of_a_wait_is_the_hubs(
    held_up: HeldUp, begin_us: int, end_us: int, within_us: int
) -> None:
    assert held_up.within(begin_us, end_us) == within_us


def test_span_without_length_is_none() -> None:
    held_up = HeldUp()
    held_up.note(7, 7)
    assert held_up.within(0, 100) == 0
