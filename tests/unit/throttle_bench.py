"""A throttle under a small policy, and the shortest ways into each of its states.

Under the policy of `Bench`, with all alerts of one key: 1 to 5 pass and the third opens at amber,
the fifth escalates to red; 6 and 7 pass while the key is counted; 8 is the first sample of an
overload; 9 is the first to be suppressed. Windows and periods are of different lengths, so that
one test's edge is not another's: device 10000 ms, key 4000 ms, sample 1000 ms, flush 700 ms.
"""

from commshub.policy import Policy
from commshub.resume import read_throttle
from commshub.snapshot import write_throttle
from commshub.telling import OVERLOAD_START, TABLE_FULL
from commshub.throttle import PASS, SAMPLE, Throttle

METER = b"\x00\x00\x00\x00\x00\x00\x00\x01"
OTHER_METER = b"\x00\x00\x00\x00\x00\x00\x00\x02"
THIRD_METER = b"\x00\x00\x00\x00\x00\x00\x00\x03"
SUPPLIER = b"\x70\x00\x00\x00\x00\x00\x00\x01"
NETWORK = b"\x70\x00\x00\x00\x00\x00\x00\x02"
CODE = 0x81A0
OTHER_CODE = 0x8F3F
EXCLUDED = 0x8F72

TO_RED = 5
TO_LIMIT = 2


def make_policy(**fields):
    """The small policy, with these fields in place of its own."""
    policy = Policy()
    small = {
        "device_window_ms": 10000,
        "amber_threshold": 2,
        "red_threshold": 4,
        "red_clear_threshold": 1,
        "red_clear_windows": 2,
        "code_window_ms": 4000,
        "code_limit": 2,
        "code_clear_limit": 1,
        "code_clear_windows": 2,
        "sample_period_ms": 1000,
        "sample_every": 4,
        "flush_ms": 700,
    }
    for name, value in {**small, **fields}.items():
        setattr(policy, name, value)
    assert policy.refusal() is None
    return policy


class Bench:
    """A throttle and the events that it has emitted, as (event, t, what it said)."""

    def __init__(self, device_capacity=16, key_capacity=128, **fields):
        self.heard = []
        self.throttle = Throttle(
            make_policy(**fields), self._on_event, device_capacity, key_capacity
        )

    def _on_event(self, event, t, subject, level):
        if event == TABLE_FULL:
            self.heard.append((event, t, level))
        elif event < OVERLOAD_START:
            self.heard.append((event, t, subject.originator, level))
        elif event == OVERLOAD_START:
            self.heard.append((event, t, subject.overload_id))
        else:
            self.heard.append((event, t, subject.overload_id, *numbers(subject)))

    def alert(self, t, originator=METER, target=SUPPLIER, code=CODE):
        return self.throttle.on_alert(t, originator, target, code)

    def alerts(self, copies, t, **key):
        return [self.alert(t, **key) for _ in range(copies)]

    def make_red(self, t=0, **key):
        """A red incident, by alerts that all passed; forgets the events of that."""
        assert self.alerts(TO_RED, t, **key) == [PASS] * TO_RED
        self.heard.clear()

    def overload(self, t=0, **key):
        """An overloaded key whose first sample was at `t`; all alerts were at `t`."""
        self.make_red(t, **key)
        assert self.alerts(TO_LIMIT + 1, t, **key) == [PASS] * TO_LIMIT + [SAMPLE]

    def attached(self):
        sample = self.throttle.sample
        return sample and (sample.overload_id, *numbers(sample))

    def advance(self, now):
        """The events of letting time pass."""
        self.heard.clear()
        self.throttle.advance(now)
        return self.heard

    def kinds(self):
        return [event[0] for event in self.heard]


class SavingBench(Bench):
    """A bench whose throttle has booted on an empty store; `saves` says for when it saved."""

    def __init__(self, device_capacity=16, key_capacity=128, **fields):
        super().__init__(device_capacity, key_capacity, **fields)
        self.saves = []
        self.saved = b""
        policy = self.throttle.policy
        self.throttle = Throttle(
            policy, self._on_event, device_capacity, key_capacity, self._on_save
        )
        self.throttle.boot()

    def _on_save(self, t):
        self.saves.append(t)
        self.saved = octets_of(self.throttle, t)

    def restart(self):
        """The events of going on from the last save."""
        self.heard.clear()
        self.saves.clear()
        self.throttle = read_throttle(self.saved, self._on_event, self._on_save)
        self.throttle.boot()
        return self.heard


def octets_of(throttle, t):
    """What a throttle remembers, as it was at `t`."""
    octets = bytearray()
    write_throttle(throttle, t, octets.extend)
    return bytes(octets)


def numbers(key):
    """(throttled_seq, throttled_count, total_suppressed)"""
    return key.throttled_seq, key.throttled_count, key.total_suppressed
