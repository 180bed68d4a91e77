"""It makes no difference who judges an alert, nor how its entries are found.

Beside each other: a throttle as it runs on the board, with the quick way and with names that are
compared, and one that always goes by its rules and finds names in dicts.
"""

import random
from array import array

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from commshub import memory, places_plain, places_scan
from commshub import throttle as throttle_module
from commshub.policy import BOTH, COUNT, EITHER, PERIOD
from commshub.throttle import SUPPRESS, Throttle
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


class AsOnTheBoard(Throttle):
    """Counts the alerts that the quick way judged, one after the other, and the others."""

    in_a_row = longest = asked = 0

    def judge(self, *alert):
        self.in_a_row += 1
        with pytest.MonkeyPatch.context() as patch:
            for module in memory, throttle_module:
                patch.setattr(module, "find", places_scan.find)
            patch.setattr(throttle_module, "enter", places_scan.enter)
            verdict = super().judge(*alert)
        self.longest = max(self.longest, self.in_a_row)
        return verdict

    def _go_by_the_rules(self, *alert):
        self.in_a_row = 0
        self.asked += 1
        return super()._go_by_the_rules(*alert)


class ByTheRules(Throttle):
    def judge(self, t, buffer, found):
        self.find_entries(buffer, found)
        return self._go_by_the_rules(t, buffer, found)


class Both:
    """Both hear each alert."""

    def __init__(self, policy, capacity):
        self.ears = Ear(), Ear()
        self.saves = [], []
        ways = (AsOnTheBoard, places_scan), (ByTheRules, places_plain)
        self.board, self.plain = (
            self._made(number, way, places, policy, capacity)
            for number, (way, places) in enumerate(ways)
        )

    def _made(self, number, way, places, policy, capacity):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(memory, "Places", places.Places)
            on_save = self.saves[number].append
            throttle = way(policy, self.ears[number], *capacity, on_save=on_save)
        throttle.boot()
        return throttle

    def alert(self, t, originator, target, code):
        """The same verdict, the same key beside it, the same events and saves."""
        alert = t, b"." + originator + b"." + target, array("i", (1, 10, code))
        expected = self.plain.judge(*alert)
        assert self.board.judge(*alert) == expected
        if expected == SUPPRESS:
            assert self.board.silenced.overload_id == self.plain.silenced.overload_id
        else:
            assert told_of(self.board.sample) == told_of(self.plain.sample)
        self.hear()

    def advance(self, t):
        self.plain.advance(t)
        self.board.advance(t)
        self.hear()

    def hear(self):
        assert self.ears[0].take() == self.ears[1].take()
        assert self.saves[0] == self.saves[1]
        assert self.board.next_due() == self.plain.next_due()

    def look(self):
        """All that there is to see."""
        assert state_of(self.board) == state_of(self.plain)


def told_of(key):
    return key and [getattr(key, name) for name in TOLD]


def state_of(throttle):
    devices = throttle.all_devices()
    keys = throttle.all_keys()
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
def test_on_the_board_all_is_as_the_rules_say(policy, alerts, capacity, looks):
    note(f"policy: {vars(policy)}")
    hub = Both(policy, capacity)
    for number, alert in enumerate(alerts):
        hub.alert(*alert)
        if number in looks:
            hub.look()
    hub.look()
    hub.advance(2**28)
    hub.look()


@pytest.mark.parametrize("seed", range(40))
def test_in_long_storms_the_rules_are_asked_whenever_something_else_happens(seed):
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
    hub = Both(policy, (2, 6))
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
    assert hub.board.longest > 0


def storm(hub, count, codes):
    for number in range(count):
        hub.alert(1_000 + number, b"storming", b"supplier", 0x8F00 + number % codes)


def test_in_a_storm_of_one_code_the_rules_are_hardly_asked():
    hub = Both(make_policy(), (16, 128))
    storm(hub, 500, codes=1)
    hub.look()
    assert hub.board.longest > 300


def test_in_a_storm_of_many_codes_the_rules_are_hardly_asked():
    hub = Both(make_policy(), (16, 128))
    storm(hub, 2_000, codes=10)
    hub.look()
    assert hub.board.longest > 500


def test_where_every_key_is_new_the_rules_are_hardly_asked():
    """More keys than there is room for, each taking the place of another."""
    hub = Both(make_policy(code_limit=500), (16, 6))
    storm(hub, 500, codes=10)
    hub.look()
    assert hub.board.longest > 300


def test_where_every_device_is_new_the_rules_are_hardly_asked():
    hub = Both(make_policy(), (2, 6))
    for number in range(500):
        originator = b"meter %02d" % (number % 7)
        hub.alert(1_000 + number, originator, b"supplier", 0x8F00)
    hub.look()
    assert hub.board.longest > 300


def test_in_a_storm_of_one_code_the_rules_are_asked_where_something_begins_and_not_after():
    hub = Both(make_policy(), (16, 128))
    storm(hub, 500, codes=1)
    assert hub.board.asked == 3  # amber, red, overload
