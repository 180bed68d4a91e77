"""Laws of a hub that loses power now and then, on the real throttle: MECHANISM.md section 9."""

from collections import Counter

from hypothesis import given, note
from hypothesis import strategies as st

from commshub.policy import PERIOD
from oracle import BLOCK, OVERLOAD_END, PASS, SAMPLE, SUMMARY, SUPPRESS
from side_by_side import Hub
from traces import ORIGINATORS, SLOW_LENGTHS_MS, alert_lists, capacities, make_policy, policies

enforced = st.one_of(policies(shadow=0), policies(SLOW_LENGTHS_MS, shadow=0))
any_policies = st.one_of(policies(), policies(SLOW_LENGTHS_MS))

# How many alerts are judged between two cuts, and how long after the last one the cut comes.
lives = st.lists(
    st.tuples(st.integers(0, 25), st.sampled_from((0, 0, 1, 20, 400, 999, 1000, 1001, 2500))),
    min_size=1,
    max_size=8,
)

LONG_AFTER = 2**29


class Life:
    """A hub through alerts and power cuts: `calls` holds (alert or None, verdict, said) of each.

    `said` are the numbers that left in that call: (overload_id, throttled_seq, throttled_count,
    total_suppressed). The accounts are checked after every call.
    """

    def __init__(self, policy, capacity=(16, 128)):
        note(f"policy: {vars(policy)}")
        self.hub = Hub(policy, capacity)
        self.calls = []
        self.judged = 0
        self.now = 0

    def go(self, alerts, lives):
        """The alerts, each later by the silences before the cuts that have gone by."""
        late = 0
        done = 0
        for copies, silence in lives:
            for t, *key in alerts[done : done + copies]:
                self.alert(t + late, *key)
            done += copies
            late += silence
            self.cut(self.now + silence)
        for t, *key in alerts[done:]:
            self.alert(t + late, *key)
        return self

    def alert(self, t, *key):
        self.now = t
        self.judged += 1
        throttle = self.hub.throttle
        verdict = throttle.on_alert(t - self.hub.ear.epoch, *key)
        attached = []
        if verdict == SAMPLE:
            sample = throttle.sample
            numbers = sample.throttled_seq, sample.throttled_count, sample.total_suppressed
            attached.append((sample.overload_id, *numbers))
        self._note((t, *key), verdict, attached)

    def cut(self, t):
        self.now = t
        self.hub.power_cut(t)
        self._note(None, None, [])

    def all_said(self):
        return [numbers for _, _, said in self.calls for numbers in said]

    def _note(self, alert, verdict, attached):
        heard = self.hub.ear.take()
        said = [of_key[3:] for event, _, of_key, _ in heard if event in (SUMMARY, OVERLOAD_END)]
        self.calls.append((alert, verdict, said + attached))
        self._check_accounts()

    def _check_accounts(self):
        throttle = self.hub.throttle
        assert throttle.received == throttle.passed + throttle.sampled + throttle.suppressed
        suppressed = throttle.suppressed + throttle.would_suppress
        assert suppressed == throttle.reported + throttle.would_report + throttle.unreported
        assert max(throttle.excluded, throttle.untracked) <= throttle.passed
        assert throttle.received <= self.judged


@given(enforced, alert_lists(), lives, capacities)
def test_no_number_is_used_twice_whatever_restarts(policy, alerts, lives, capacity):
    numbers = [said[:2] for said in Life(policy, capacity).go(alerts, lives).all_said()]
    assert len(set(numbers)) == len(numbers)


@given(st.integers(1, 3 * BLOCK), st.integers(0, 2 * BLOCK), st.sampled_from((0, 1, 1000)))
def test_no_number_is_used_twice_where_blocks_end(before, after, silence):
    """One overload in which every alert is a sample: numbers go fast."""
    policy = make_policy(
        amber_threshold=0,
        red_threshold=0,
        red_clear_threshold=0,
        code_limit=0,
        code_clear_limit=0,
        sample_mode=PERIOD,
        sample_period_ms=1,
    )
    key = ORIGINATORS[0], ORIGINATORS[1], 0x81A0
    alerts = [(t, *key) for t in range(before + after + 1)]
    numbers = [said[:2] for said in Life(policy).go(alerts, [(before, silence)]).all_said()]
    assert len(numbers) == before + after
    assert len(set(numbers)) == len(numbers)


@given(enforced, alert_lists(), lives, capacities)
def test_no_total_is_larger_than_what_was_suppressed(policy, alerts, lives, capacity):
    """What is restored is older, never newer, so a receiver never hears of too many."""
    overload_of = {}  # the last overload of each key; its first sample names it
    suppressed = Counter()
    for alert, verdict, said in Life(policy, capacity).go(alerts, lives).calls:
        if verdict == SAMPLE:
            overload_of[alert[1:]] = said[-1][0]
        if verdict == SUPPRESS:
            suppressed[overload_of[alert[1:]]] += 1
        for overload_id, _, throttled_count, total in said:
            assert throttled_count <= total <= suppressed[overload_id]


@given(any_policies, alert_lists(), capacities, st.integers(0, 3))
def test_first_alert_after_boot_on_an_empty_store_passes(policy, alerts, capacity, cuts):
    """Nor is it dropped when a hub that has seen nothing is cut before."""
    life = Life(policy, capacity).go(alerts[:1], [(0, 0)] * cuts)
    assert life.calls[-1][1] == PASS


@given(any_policies, alert_lists(), lives, capacities)
def test_accounts_are_whole_after_every_boot_and_never_ahead(policy, alerts, lives, capacity):
    life = Life(policy, capacity).go(alerts, lives)
    life.hub.throttle.advance(life.now - life.hub.ear.epoch + LONG_AFTER)
    assert life.hub.throttle.unreported == 0
    assert life.hub.throttle.next_due() is None


@given(policies(SLOW_LENGTHS_MS, shadow=0, sample_mode=PERIOD), alert_lists(), lives)
def test_a_restart_never_puts_off_the_next_copy(policy, alerts, lives):
    """The error is on the side of forwarding: what is restored is no younger."""
    forwarded = {}
    for alert, verdict, _ in Life(policy).go(alerts, lives).calls:
        if verdict == SUPPRESS:
            assert alert[0] - forwarded[alert[1:]] < policy.sample_period_ms
        if verdict == SAMPLE:
            forwarded[alert[1:]] = alert[0]


@given(any_policies, alert_lists(), st.integers(0, 3))
def test_a_hub_that_is_never_up_for_long_moves_on_until_nothing_is_open(policy, alerts, up_ms):
    life = Life(policy).go(alerts, [(0, 0)])
    for _ in range(30):  # three quiet windows of 2500 ms and a part of another, by 1000 ms a boot
        life.cut(life.now + up_ms)
    assert life.hub.throttle.next_due() is None
    assert life.hub.throttle.unreported == 0
