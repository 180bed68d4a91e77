"""A storm over a link with every fault, on the real image: nothing is lost without a name.

The long one is the run that the link was built for; `make soak SOAK_TIER=emulated` does it.
"""

import pytest

from link_storm import Outcome, all_faults, run
from stormbench.hub.emulated import open_emulated

ALERTS = 60
SOAK_ALERTS = 20_000
PER_FRAME = ("drop", "corrupt", "duplicate", "reorder")
LONG = pytest.param(SOAK_ALERTS, marks=pytest.mark.soak)


@pytest.fixture(scope="module", params=[ALERTS, LONG])
def outcome(request: pytest.FixtureRequest) -> Outcome:
    """What became of a storm; the short one has a few of each fault, and more often."""
    alerts = request.param
    if alerts == SOAK_ALERTS:
        plan = all_faults(frames=alerts)
    else:
        often = {**dict.fromkeys(PER_FRAME, 0.06), "resets_in_save": 1}
        plan = all_faults(frames=alerts, counts=5).model_copy(update=often)
    return run(open_emulated(None, hub_id=1), plan, alerts, seed=7)


def test_every_alert_is_accounted_for(outcome: Outcome) -> None:
    print(outcome.terms, outcome.faults, outcome.recoveries_ms)
    assert outcome.unaccounted == 0


def test_every_fault_of_frames_fired(outcome: Outcome) -> None:
    fired = outcome.faults["fired"]
    assert all(sum(fired[fault].values()) >= 5 for fault in PER_FRAME)


def test_board_was_met_again_after_a_reset(outcome: Outcome) -> None:
    """A power cut in the save of a boot is met as one restart with the one before."""
    fired = outcome.faults["fired"]
    resets = sum(fired[fault]["hub"] for fault in ("reset", "reset_in_frame", "reset_in_save"))
    assert 0 < outcome.restarts <= resets + fired["disconnect"]["cable"]
