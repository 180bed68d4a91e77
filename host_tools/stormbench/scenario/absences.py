"""The failed queue of a run: when a scenario's `user_outages` keep which Users away."""

from stormbench.dsp.failed_queue import HOLD_MS, RETRY_MS, Absence, FailedQueue
from stormbench.scenario.model import Scenario
from stormbench.scenario.pace import Pace


def failed_queue_of(scenario: Scenario) -> FailedQueue:
    """In times of the run: the scenario's, and the rules', divided by its time scale."""
    pace = Pace(scenario.time_scale)
    absences = [
        Absence(
            bytes.fromhex(outage.user),
            pace.ms(outage.at_ms),
            pace.ms(outage.at_ms + outage.duration_ms),
        )
        for outage in scenario.user_outages
    ]
    return FailedQueue(absences, pace.ms(RETRY_MS), pace.ms(HOLD_MS))
