"""Leases make no difference: a timeline that grants them is its throttle, alert for alert."""

import random
from array import array
from types import SimpleNamespace

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from commshub.clock import EPOCH_SPAN_MS
from commshub.policy import BOTH, COUNT, EITHER, PERIOD
from commshub.throttle import SUPPRESS, Throttle
from commshub.timeline import Timeline
from side_by_side import ACCOUNTS, Ear
from traces import (
    CODES,
    ORIGINATORS,
    TARGETS,
    alert_lists,
    capacities,
    make_policy,
    policies,
    talkative_policies,
)

TOLD = ("overload_id", "throttled_seq", "throttled_count", "total_suppressed", "unreported")
OF_KEYS = (*TOLD, "count", "start", "quiet", "last_sample_t", "suppressed_since_sample")


class Leased:
    """A timeline on the host's clock, and the plain throttle beside it; both hear each alert."""

    def __init__(self, policy, capacity):
        devices, keys = capacity
        self.ears = Ear(), Ear()
        self.saves = [], []
        self.plain = Throttle(policy, self.ears[0], devices, keys, on_save=self.saves[0].append)
        self.plain.boot()
        leased = Throttle(policy, self.ears[1], devices, keys, on_save=self.saves[1].append)
        clock = SimpleNamespace(is_hosts=True, on_the_wire=lambda t: t)
        saved = SimpleNamespace(
            resume=lambda on_event, on_save: leased,
            was_on_hosts_clock=False,
        )
        self.timeline = Timeline(clock, saved, None, None)
        self.timeline.begin()
        self.longest = self.in_a_row = 0

    def alert(self, t, originator, target, code):
        """The same verdict, the same key beside it, the same events and saves."""
        expected = self.plain.on_alert(t, originator, target, code)
        buffer = b"." + originator + b"." + target
        found = array("i", [1, 10, code, 0])
        received = self.timeline._throttle.received
        assert self.timeline.judge(self.timeline.moment(t), buffer, found) == expected
        self.in_a_row = self.in_a_row + 1 if self.timeline._throttle.received == received else 0
        self.longest = max(self.longest, self.in_a_row)
        if expected == SUPPRESS:
            told = self.timeline.silenced, self.plain.silenced
            assert told[0] and told[0].overload_id == told[1].overload_id
        else:
            assert told_of(self.timeline.sample) == told_of(self.plain.sample)
        self.hear()

    def advance(self, t):
        self.plain.advance(t)
        self.timeline.advance(t)
        self.hear()

    def hear(self):
        assert self.ears[0].take() == self.ears[1].take()
        assert self.saves[0] == self.saves[1]
        assert self.timeline._throttle.next_due() == self.plain.next_due()

    def look(self):
        """All that there is to see."""
        assert state_of(self.timeline.settled()) == state_of(self.plain)


def told_of(key):
    return key and [getattr(key, name) for name in TOLD]


def state_of(throttle):
    devices = throttle.devices.in_order_counted()
    keys = throttle.keys.in_order_counted()
    return (
        {name: getattr(throttle, name) for name in (*ACCOUNTS, "now", "wake")},
        [(entry.name, entry.count, entry.start, entry.quiet, entry.level) for entry in devices],
        [(key.name, [getattr(key, name) for name in OF_KEYS]) for key in keys],
    )


@given(
    st.one_of(policies(), talkative_policies),
    alert_lists(),
    capacities,
    st.sets(st.integers(0, 200), max_size=3),
)
def test_who_uses_leases_sees_what_the_throttle_alone_shows(policy, alerts, capacity, looks):
    note(f"policy: {vars(policy)}")
    hub = Leased(policy, capacity)
    for number, alert in enumerate(alerts):
        hub.alert(*alert)
        if number in looks:
            hub.look()
    hub.look()
    hub.advance(EPOCH_SPAN_MS - 1)
    hub.look()


@pytest.mark.parametrize("seed", range(40))
def test_in_long_storms_leases_end_before_anything_else_would_have_happened(seed):
    """Windows, samples, counts and flushes are each in some of them what comes first."""
    draw = random.Random(seed)
    lengths_ms = ("device_window_ms", "code_window_ms", "sample_period_ms", "flush_ms")
    policy = make_policy(
        amber_threshold=2,
        red_threshold=4,
        red_clear_threshold=draw.randrange(3),
        code_limit=2,
        code_clear_limit=draw.randrange(2),
        sample_mode=draw.choice((PERIOD, COUNT, EITHER, BOTH)),
        sample_every=draw.choice((3, 5, 30)),
        save_interval_ms=1000,
        **{name: draw.choice((20, 50, 150, 600, 2500)) for name in lengths_ms},
    )
    hub = Leased(policy, (2, 6))
    t = 0
    for _ in range(60):
        t += draw.choice((0, 5, 40, 700))
        meters, codes, spacing_ms = draw.choice((1, 2)), draw.choice((1, 2, 4)), draw.randrange(4)
        for _ in range(40):
            t += draw.randint(0, spacing_ms)
            code = CODES[draw.randrange(codes)]
            hub.alert(t, ORIGINATORS[draw.randrange(meters)], TARGETS[0], code)
        if not draw.randrange(4):
            hub.advance(t + draw.randrange(30))
        if not draw.randrange(4):
            hub.look()
    hub.look()
    assert hub.longest > 0


def storm(hub, count, codes):
    for number in range(count):
        hub.alert(1_000 + number, b"storming", b"supplier", 0x8F00 + number % codes)


def test_in_a_storm_of_one_code_the_throttle_is_hardly_asked():
    hub = Leased(make_policy(), (16, 128))
    storm(hub, 500, codes=1)
    hub.look()
    assert hub.longest > 300


def test_keys_that_storm_in_turn_have_leases_of_their_own():
    hub = Leased(make_policy(), (16, 128))
    storm(hub, 2_000, codes=10)
    hub.look()
    assert hub.longest > 500


def test_a_key_that_shares_a_place_with_another_takes_the_longer_way():
    hub = Leased(make_policy(), (16, 128))
    for number in range(600):
        hub.alert(1_000 + number, b"storming", b"supplier", 0x8F00 + number % 2 * 32)
    hub.look()
    assert hub.plain.suppressed > 300
