"""A hub that is opened by name over a link with faults, which strike in the first words."""

import pytest
from pytest_mock import MockerFixture

from stormbench.errors import LinkLost
from stormbench.faults.faulty_port import FaultyPort
from stormbench.hub.open import opened_hub
from stormbench.hub.sim import SimPort


@pytest.mark.parametrize("fault", ["resets", "disconnects", "resets_in_frame"])
@pytest.mark.parametrize("frames", [1, 2])
def test_hub_is_met_though_a_fault_takes_the_link_in_the_first_words(
    fault: str, frames: int
) -> None:
    """The first frame asks who is there, the second acknowledges the answer."""
    with opened_hub(f"faults://{fault}=1&disconnect_ms=1&frames={frames}&seed=3@sim") as client:
        assert client.counters()["received"] == 0


def test_link_that_goes_by_itself_in_the_first_words_is_told_at_once(
    mocker: MockerFixture,
) -> None:
    gone = mocker.patch.object(SimPort, "write", side_effect=LinkLost("sim is gone"))
    again = mocker.spy(FaultyPort, "reopen")
    with pytest.raises(LinkLost, match="sim is gone"), opened_hub("faults://drop=0.1@sim"):
        pass
    assert gone.call_count == 1 and again.call_count == 0
