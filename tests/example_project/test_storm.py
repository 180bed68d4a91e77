"""What this project wants of a hub: that it keeps a storm off the network, and tells of it."""

import pytest


def test_hub_keeps_a_storm_off_the_network(clean_hub, storm):
    result = storm(code="8F3F", per_s=20, count=500)
    assert result["forwarded"] < 50
    assert result["unaccounted"] == 0


@pytest.mark.hardware
def test_board_keeps_up(clean_hub, storm):
    assert storm(per_s=100, count=1_000).certified
