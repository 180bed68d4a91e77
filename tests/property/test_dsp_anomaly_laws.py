"""Anomaly detection beside the throttle's device level, which is specified in the same words."""

from hypothesis import given
from hypothesis import strategies as st

from commshub.telling import INCIDENT_CLOSE
from commshub.throttle import Throttle
from hubwire.frames import EVENTS, LEVELS
from stormbench.dsp.anomaly import AnomalyDetection
from traces import alert_lists, policies

PLENTY = (16, 1024)


@given(policies(), alert_lists(), st.sampled_from((0, 10, 10**6)))
def test_without_a_throttle_before_it_the_incidents_are_the_throttles_own(policy, alerts, wait_ms):
    told, expected = [], []

    def on_event(event, t, subject, level):
        if event <= INCIDENT_CLOSE:
            expected.append((t, EVENTS[event], LEVELS[level], subject.originator))

    throttle = Throttle(policy, on_event, *PLENTY)
    anomaly = AnomalyDetection(
        policy, lambda n: told.append((n.at_ms, n.event, n.level, n.originator))
    )
    for t, originator, target, code in alerts:
        throttle.on_alert(t, originator, target, code)
        anomaly.count(t, originator, 1)
    throttle.advance(alerts[-1][0] + wait_ms)
    anomaly.advance(alerts[-1][0] + wait_ms)
    assert told == expected


@given(policies(), alert_lists())
def test_alerts_in_one_piece_raise_the_level_that_they_raise_one_by_one(policy, alerts):
    levels = []
    for pieces in (1, len(alerts)):
        told = []
        anomaly = AnomalyDetection(policy, told.append)
        for _ in range(pieces):
            anomaly.count(0, alerts[0][1], len(alerts) // pieces)
        levels.append(told[-1].level if told else "")
    assert levels[0] == levels[1]
