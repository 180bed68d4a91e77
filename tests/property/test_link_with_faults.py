"""A storm over a link with every fault, on the simulated hub: nothing is lost without a name.

The long one is the run that the link was built for; `make soak` does it.
"""

import pytest

from link_storm import Outcome, all_faults, run
from stormbench.faults.plan import FaultPlan
from stormbench.hub.sim import SimPort

PER_FRAME = ("drop", "corrupt", "duplicate", "reorder")
SCHEDULED = {"disconnect": 50, "stall": 10, "reset": 5, "reset_in_frame": 10, "reset_in_save": 5}
SEEDS = [1, pytest.param(2, marks=pytest.mark.soak), pytest.param(3, marks=pytest.mark.soak)]
ALERTS = 8_000


@pytest.fixture(scope="module", params=SEEDS)
def outcome(request: pytest.FixtureRequest) -> Outcome:
    """What became of a storm; the tests look at it."""
    return run(SimPort(), all_faults(frames=ALERTS), ALERTS, request.param)


def test_every_alert_is_accounted_for(outcome: Outcome) -> None:
    print(outcome.terms)
    assert outcome.unaccounted == 0


def test_both_ends_agree_on_what_was_told(outcome: Outcome) -> None:
    """A hub that restarts forgets what it did since its last save, so it may know less."""
    told = outcome.terms["reported"] + outcome.terms["reported_to_dsp"]
    assert outcome.counters["reported"] <= told
    assert outcome.counters["unreported"] == outcome.terms["pending"] == 0


def test_what_is_lost_is_lost_at_resets_alone(outcome: Outcome) -> None:
    assert outcome.terms["dropped"] == {"queue": 0, "expired": 0}
    assert 0 < outcome.terms["lost_at_reset"] < ALERTS / 10


def test_every_fault_of_frames_fired_on_both_sides(outcome: Outcome) -> None:
    fired = outcome.faults["fired"]
    assert all(min(fired[fault].values()) >= 5 for fault in PER_FRAME)


def test_every_fault_of_the_link_fired_as_often_as_it_was_to(outcome: Outcome) -> None:
    fired = {fault: sum(outcome.faults["fired"][fault].values()) for fault in SCHEDULED}
    assert fired == SCHEDULED


def test_hub_that_restarted_was_met_again_each_time(outcome: Outcome) -> None:
    """A power cut meant for a save may strike while the cable is out: then there are two."""
    assert outcome.restarts >= 20


def test_storm_without_faults_loses_nothing_and_repeats_nothing() -> None:
    outcome = run(SimPort(), FaultPlan(), 1_000, seed=1)
    assert outcome.unaccounted == 0 and outcome.terms["lost_at_reset"] == 0
    assert (outcome.counters["duplicates"], outcome.counters["repeats"]) == (0, 0)


@pytest.mark.soak
def test_million_alerts_with_every_fault_are_accounted_for() -> None:
    """The row of the table of aims that says 0."""
    alerts = 1_000_000
    outcome = run(SimPort(), all_faults(frames=alerts), alerts, seed=11)
    print(outcome.terms, outcome.faults)
    assert outcome.unaccounted == 0
