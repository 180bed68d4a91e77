"""What this project wants of a hub: that it keeps a storm off the network, and tells of it."""

from pathlib import Path

import pytest

from stormbench.capture.reading import Capture


def test_hub_keeps_a_storm_off_the_network(clean_hub, storm):
    result = storm(code="8F3F", per_s=20, count=500)
    assert result["forwarded"] < 50
    assert result["unaccounted"] == 0


def test_all_that_was_said_is_in_the_capture(clean_hub, storm, capture):
    storm(per_s=50, count=100)
    assert sum(1 for _ in Capture(capture).records()) > 200


def test_board_keeps_up_with_a_scenario_for_boards(storm):
    assert storm(Path(__file__).with_name("for_a_board.toml")).certified


@pytest.mark.hardware
def test_board_keeps_up(clean_hub, storm):
    assert storm(per_s=100, count=1_000).certified
