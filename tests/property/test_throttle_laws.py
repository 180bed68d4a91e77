"""Laws of the throttle that need no second implementation to state: MECHANISM.md's promises."""

from collections import defaultdict
from itertools import count

from hypothesis import given, note
from hypothesis import strategies as st

from commshub.policy import COUNT, PERIOD
from commshub.throttle import Throttle
from oracle import (
    INCIDENT_CLOSE,
    INCIDENT_OPEN,
    OVERLOAD_END,
    OVERLOAD_START,
    PASS,
    SAMPLE,
    SUMMARY,
    SUPPRESS,
)
from side_by_side import Ear
from traces import ORIGINATORS, alert_lists, capacities, policies

LONG_AFTER = 2**29


class Run:
    """One throttle fed a list of alerts: verdicts, what was attached, events of each call."""

    def __init__(self, policy, alerts, capacity=(16, 128)):
        note(f"policy: {vars(policy)}")
        self.ear = Ear()
        self.throttle = Throttle(policy, self.ear, *capacity)
        self.verdicts = []
        self.attached = []
        self.events = []
        for alert in alerts:
            self.feed(*alert)

    def feed(self, *alert):
        self.verdicts.append(self.throttle.on_alert(*alert))
        sample = self.throttle.sample
        self.attached.append(
            sample
            and (
                sample.overload_id,
                sample.throttled_seq,
                sample.throttled_count,
                sample.total_suppressed,
            )
        )
        self.events.append(self.ear.take())

    def finish(self):
        """Let time pass until nothing is open. The events of that are the last of `events`."""
        self.throttle.advance(LONG_AFTER)
        self.events.append(self.ear.take())
        return self

    def all_events(self):
        return [event for events in self.events for event in events]


enforced = policies(shadow=0)


@given(policies(), alert_lists(), capacities)
def test_nothing_is_lost_between_the_accounts(policy, alerts, capacity):
    run = Run(policy, [], capacity)
    throttle = run.throttle
    for number, alert in enumerate(alerts, 1):
        run.feed(*alert)
        assert throttle.received == number
        assert throttle.received == throttle.passed + throttle.sampled + throttle.suppressed
        suppressed = throttle.suppressed + throttle.would_suppress
        assert suppressed == throttle.reported + throttle.would_report + throttle.unreported
        assert max(throttle.excluded, throttle.untracked) <= throttle.passed
    run.finish()
    assert throttle.unreported == 0
    assert throttle.next_due() is None


@given(enforced, alert_lists(ORIGINATORS[:3]))
def test_one_originators_storm_changes_no_verdict_of_another(policy, alerts):
    quiet = ORIGINATORS[0]
    alone = Run(policy, [alert for alert in alerts if alert[1] == quiet])
    together = Run(policy, alerts)
    heard = [
        (verdict, attached and attached[1:])
        for verdict, attached, alert in zip(
            together.verdicts, together.attached, alerts, strict=True
        )
        if alert[1] == quiet
    ]
    unshared = [attached and attached[1:] for attached in alone.attached]
    assert heard == list(zip(alone.verdicts, unshared, strict=True))


@given(policies(), alert_lists(), capacities)
def test_an_excluded_code_always_passes_and_is_counted(policy, alerts, capacity):
    run = Run(policy, alerts, capacity)
    excluded = [
        verdict
        for verdict, alert in zip(run.verdicts, alerts, strict=True)
        if alert[3] in policy.excluded_codes
    ]
    assert set(excluded) <= {PASS}
    assert run.throttle.excluded == len(excluded)


@given(enforced, alert_lists(), capacities)
def test_first_alert_of_a_key_is_forwarded(policy, alerts, capacity):
    seen = set()
    for verdict, alert in zip(Run(policy, alerts, capacity).verdicts, alerts, strict=True):
        assert verdict != SUPPRESS or alert[1:] in seen
        seen.add(alert[1:])


@given(enforced, alert_lists(), capacities)
def test_only_an_originator_with_a_red_incident_is_throttled(policy, alerts, capacity):
    run = Run(policy, alerts, capacity)
    red = set()
    for verdict, alert, events in zip(run.verdicts, alerts, run.events, strict=True):
        before = set(red)
        for event, _, subject, level in events:
            if event < OVERLOAD_START and level == 2:
                (red.discard if event == INCIDENT_CLOSE else red.add)(subject)
        assert verdict == PASS or alert[1] in before & red


@given(enforced, alert_lists(), capacities)
def test_a_receiver_can_account_for_every_suppressed_alert(policy, alerts, capacity):
    """By `overload_id`: counts that left add up to the largest total, seqs are 1, 2, 3 ..."""
    run = Run(policy, alerts, capacity).finish()
    said = defaultdict(list)
    for attached, events in zip([*run.attached, None], run.events, strict=True):
        for event, _, subject, _ in events:
            if event in (SUMMARY, OVERLOAD_END):
                said[subject[3]].append(subject[4:])
        if attached:
            said[attached[0]].append(attached[1:])
    assert sorted(said) == list(range(1, len(said) + 1))
    for numbers in said.values():
        running = 0
        for (seq, counted, total), expected in zip(numbers, count(1), strict=False):
            running += counted
            assert (seq, total) == (expected, running)
    assert sum(numbers[-1][2] for numbers in said.values()) == run.verdicts.count(SUPPRESS)


@given(enforced, alert_lists(), capacities)
def test_start_leaves_right_before_the_first_suppression_and_end_follows(policy, alerts, capacity):
    run = Run(policy, alerts, capacity).finish()
    open_overloads = {}
    for verdict, alert, events in zip([*run.verdicts, 0], [*alerts, ()], run.events, strict=True):
        for event, _, subject, _ in events:
            if event == OVERLOAD_END:
                assert open_overloads.pop(subject[:3]) == subject[3]
            if event == OVERLOAD_START:
                assert verdict == SUPPRESS and subject[:3] == alert[1:]
                assert subject[:3] not in open_overloads
                open_overloads[subject[:3]] = subject[3]
        assert verdict != SUPPRESS or alert[1:] in open_overloads
    assert not open_overloads


@given(enforced, alert_lists())
def test_no_suppressed_alert_stays_unreported_for_longer_than_flush_ms(policy, alerts):
    run = Run(policy, [])
    waiting = {}
    for alert in alerts:
        run.feed(*alert)
        for event, _, subject, _ in run.events[-1]:
            if event in (SUMMARY, OVERLOAD_END):
                waiting.pop(subject[:3], None)
        if run.verdicts[-1] == SAMPLE:
            waiting.pop(alert[1:], None)
        if run.verdicts[-1] == SUPPRESS:
            waiting.setdefault(alert[1:], alert[0])
        assert all(alert[0] < since + policy.flush_ms for since in waiting.values())
        assert (run.throttle.unreported == 0) == (not waiting)


@given(policies(shadow=0, sample_mode=PERIOD), alert_lists())
def test_period_forwards_one_copy_in_each_sample_period(policy, alerts):
    forwarded = {}
    for verdict, attached, alert in _judged(policy, alerts):
        key = alert[1:]
        if verdict == SUPPRESS:
            assert alert[0] - forwarded[key] < policy.sample_period_ms
        if verdict == SAMPLE and attached[1] > 1:
            assert alert[0] - forwarded[key] >= policy.sample_period_ms
        if verdict == SAMPLE:
            forwarded[key] = alert[0]


@given(policies(shadow=0, sample_mode=COUNT), alert_lists())
def test_count_forwards_one_copy_in_sample_every(policy, alerts):
    since = {}
    for verdict, attached, alert in _judged(policy, alerts):
        key = alert[1:]
        if verdict == SUPPRESS:
            since[key] += 1
            assert since[key] < policy.sample_every
        if verdict == SAMPLE:
            assert attached[1] == 1 or since[key] == policy.sample_every - 1
            since[key] = 0


def _judged(policy, alerts):
    run = Run(policy, alerts)
    return zip(run.verdicts, run.attached, alerts, strict=True)


@given(policies(), alert_lists(), capacities, st.randoms(use_true_random=False))
def test_looking_at_the_clock_more_often_changes_nothing(policy, alerts, capacity, rng):
    plain = Run(policy, alerts, capacity).finish()
    watched = Run(policy, [], capacity)
    now = 0
    for alert in alerts:
        for now in sorted(rng.randint(now, alert[0]) for _ in range(3)):
            watched.throttle.advance(now)
        watched.feed(*alert)
        now = alert[0]
    watched.finish()
    assert watched.verdicts == plain.verdicts
    assert watched.attached == plain.attached
    assert watched.all_events() == plain.all_events()


@given(policies(), alert_lists(), capacities)
def test_nothing_happens_before_next_due(policy, alerts, capacity):
    run = Run(policy, alerts, capacity)
    due = run.throttle.next_due()
    while due is not None:
        run.throttle.advance(due - 1)
        assert not run.ear.take()
        assert run.throttle.next_due() == due
        run.throttle.advance(due)
        assert {t for _, t, _, _ in run.ear.take()} <= {due}
        later = run.throttle.next_due()
        assert later is None or later > due
        due = later


@given(policies(), alert_lists(), capacities)
def test_events_leave_in_order_of_time_and_never_bear_a_later_one(policy, alerts, capacity):
    run = Run(policy, alerts, capacity)
    last = 0
    for alert, events in zip(alerts, run.events, strict=True):
        for _, t, _, _ in events:
            assert last <= t <= alert[0]
            last = t


@given(enforced, alert_lists(), capacities)
def test_shadow_decides_the_same_and_suppresses_nothing(policy, alerts, capacity):
    plain = Run(policy, alerts, capacity)
    policy.shadow = 1
    shadow = Run(policy, alerts, capacity)
    real, twin = plain.throttle, shadow.throttle
    assert set(shadow.verdicts) == {PASS} and set(shadow.attached) == {None}
    assert shadow.events == plain.events
    assert twin.received == twin.passed
    assert (twin.sampled, twin.suppressed, twin.reported) == (0, 0, 0)
    assert (twin.would_sample, twin.would_suppress) == (real.sampled, real.suppressed)
    assert (twin.would_report, twin.unreported) == (real.reported, real.unreported)


@given(enforced, enforced, alert_lists(), alert_lists(), capacities)
def test_a_new_policy_leaves_no_trace_of_the_old_one(old, new, before, after, capacity):
    """After apply: as a fresh throttle, but for counters, ids and a run of TABLE_FULL."""
    run = Run(old, before, capacity)
    start = before[-1][0]
    counted = run.throttle.suppressed
    run.throttle.apply(new, start)
    assert (run.throttle.unreported, run.throttle.next_due()) == (0, None)
    assert run.throttle.reported == counted
    shifted = [(t + start, *key) for t, *key in after]
    fresh = Run(new, shifted, capacity)
    for alert in shifted:
        run.feed(*alert)
    assert run.verdicts[len(before) :] == fresh.verdicts


@given(enforced, alert_lists())
def test_an_incident_is_open_once_at_a_time(policy, alerts):
    open_now = set()
    for event, _, subject, _ in Run(policy, alerts).finish().all_events():
        if event == INCIDENT_OPEN:
            assert subject not in open_now
            open_now.add(subject)
        if event == INCIDENT_CLOSE:
            open_now.remove(subject)
    assert not open_now
