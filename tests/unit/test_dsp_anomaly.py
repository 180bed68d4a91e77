"""Anomaly detection: what it counts, and the incidents that it raises."""

from commshub.policy import Policy
from stormbench.dsp.anomaly import AnomalyDetection

METER, OTHER = b"\0\0\0\0\0\0\0\1", b"\0\0\0\0\0\0\0\2"


class Watch:
    """Windows of 100 ms, amber above 2, red above 4; two windows of at most 1 close."""

    def __init__(self):
        policy = Policy()
        vars(policy).update(device_window_ms=100, red_clear_windows=2)
        vars(policy).update(amber_threshold=2, red_threshold=4, red_clear_threshold=1)
        self.told = []
        self.anomaly = AnomalyDetection(policy, self._on_incident)

    def _on_incident(self, notice):
        assert not notice.shadow
        self.told.append((notice.at_ms, notice.event, notice.level, notice.originator))

    def count(self, t_ms, alerts=1, originator=METER):
        self.anomaly.count(t_ms, originator, alerts)
        return self.told


def test_count_at_the_amber_threshold_raises_nothing():
    assert Watch().count(0, 2) == []


def test_count_above_the_amber_threshold_opens_an_incident():
    assert Watch().count(7, 3) == [(7, "INCIDENT_OPEN", "amber", METER)]


def test_count_above_the_red_threshold_escalates_it():
    watch = Watch()
    watch.count(7, 4)
    assert watch.count(8, 1)[1:] == [(8, "INCIDENT_ESCALATE", "red", METER)]


def test_suppressed_count_in_one_piece_opens_at_red():
    assert Watch().count(7, 1000) == [(7, "INCIDENT_OPEN", "red", METER)]


def test_incident_is_raised_once():
    watch = Watch()
    watch.count(0, 3)
    assert len(watch.count(1, 1)) == 1


def test_count_of_nothing_watches_nobody():
    watch = Watch()
    watch.count(0, 0)
    watch.count(50, 2)
    assert watch.count(149, 1) == [(149, "INCIDENT_OPEN", "amber", METER)]


def test_originators_are_counted_apart():
    watch = Watch()
    watch.count(0, 2)
    assert watch.count(0, 2, OTHER) == []


def test_count_starts_afresh_after_its_window():
    watch = Watch()
    watch.count(0, 2)
    assert watch.count(100, 2) == []


def test_incident_closes_after_its_quiet_windows():
    watch = Watch()
    watch.count(0, 3)  # the window to 100 is not quiet; those to 200 and 300 are
    watch.anomaly.advance(299)
    assert len(watch.told) == 1
    watch.anomaly.advance(300)
    assert watch.told[1:] == [(300, "INCIDENT_CLOSE", "amber", METER)]


def test_loud_window_begins_the_run_of_quiet_windows_anew():
    watch = Watch()
    watch.count(0, 3)
    watch.count(150, 2)
    watch.anomaly.advance(1000)
    assert watch.told[1:] == [(400, "INCIDENT_CLOSE", "amber", METER)]


def test_count_at_the_clear_threshold_leaves_a_window_quiet():
    watch = Watch()
    watch.count(0, 3)
    watch.count(150, 1)
    watch.anomaly.advance(1000)
    assert watch.told[1:] == [(300, "INCIDENT_CLOSE", "amber", METER)]


def test_incidents_close_in_order_of_time():
    watch = Watch()
    watch.count(0, 3, OTHER)
    watch.count(10, 3)
    watch.count(150, 2, OTHER)
    watch.anomaly.advance(10_000)
    assert [(t, who) for t, event, _, who in watch.told[2:]] == [(310, METER), (400, OTHER)]


def test_incident_that_opens_later_may_close_earlier():
    watch = Watch()
    watch.count(0, 1, OTHER)
    watch.count(90, 3)  # closes at 390
    watch.anomaly.advance(91)
    watch.count(95, 2, OTHER)
    watch.anomaly.advance(300)
    assert watch.told[2:] == [(300, "INCIDENT_CLOSE", "amber", OTHER)]


def test_late_count_closes_what_was_due_before_it():
    watch = Watch()
    watch.count(0, 3)
    assert [entry[1] for entry in watch.count(5000, 3)] == [
        "INCIDENT_OPEN",
        "INCIDENT_CLOSE",
        "INCIDENT_OPEN",
    ]
