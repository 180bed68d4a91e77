"""Runs a random trace through the throttle.

    throttle.py SEED STEPS

Prints the seed, every verdict with what is attached to it, every event, when the next thing is
due, and the counters at the end. Runs on CPython and MicroPython.
"""

import sys

from commshub.clock import EPOCH_SPAN_MS
from commshub.policy import Policy
from commshub.telling import OVERLOAD_START, TABLE_FULL
from commshub.throttle import SAMPLE, Throttle

LENGTHS_MS = (1, 2, 5, 10, 20, 50)
WAITS_MS = (0, 0, 0, 1, 1, 2, 5, 10, 20, 200, -5)
METERS = [bytes([0, 0, 0, 0, 0, 0, 0, n]) for n in range(5)]
PARTIES = [bytes([0x90, 0, 0, 0, 0, 0, 0, n]) for n in range(2)]
CODES = (0x8154, 0x81A0, 0x8F72)

seed = int(sys.argv[1])
state = seed
now = 0


def below(limit):
    """A number below `limit`: the same on every runtime, unlike `random`."""
    global state
    state = (state * 1103515245 + 12345) & 0x3FFFFFFF
    return (state >> 8) % limit


def one_of(choices):
    return choices[below(len(choices))]


def random_policy():
    policy = Policy()
    policy.code_limits = {CODES[0]: below(4)}
    policy.excluded_codes = {CODES[2]}
    amber = below(4)
    for name, value in (
        ("amber_threshold", amber),
        ("red_threshold", amber + below(4)),
        ("red_clear_threshold", below(amber + 1)),
        ("red_clear_windows", 1 + below(3)),
        ("code_limit", below(4)),
        ("code_clear_limit", 0),
        ("code_clear_windows", 1 + below(3)),
        ("sample_mode", below(4)),
        ("sample_every", 1 + below(6)),
        ("shadow", int(below(6) == 0)),
    ):
        setattr(policy, name, value)
    for name in ("device_window_ms", "code_window_ms", "sample_period_ms", "flush_ms"):
        setattr(policy, name, one_of(LENGTHS_MS))
    assert policy.refusal() is None
    return policy


def on_event(event, t, subject, level):
    if event == TABLE_FULL:
        print("event", event, t, level)
    elif event < OVERLOAD_START:
        print("event", event, t, level, subject.originator[7])
    else:
        print("event", event, t, subject.originator[7], subject.target[7], numbers(subject))


def numbers(key):
    counts = key.throttled_seq, key.throttled_count, key.total_suppressed
    return f"{key.code:04X}", key.overload_id, counts


def storm(throttle):
    """Some alerts of one key, most of them in quick succession."""
    global now
    meter, party, code = one_of(METERS), one_of(PARTIES), one_of(CODES)
    for _ in range(1 + below(10)):
        now = max(0, now + one_of(WAITS_MS))
        verdict = throttle.on_alert(now, meter, party, code)
        attached = numbers(throttle.sample) if verdict == SAMPLE and throttle.sample else ""
        print(now, meter[7], party[7], f"{code:04X}", verdict, attached)


def step(throttle):
    global now
    chance = below(20)
    if chance == 0:
        throttle.apply(random_policy(), now)
    elif chance == 1:
        now += one_of((1000, 1 << 20, EPOCH_SPAN_MS))
        throttle.advance(now)
        if now > EPOCH_SPAN_MS:  # as the hub does
            throttle.move_epoch(now)
            now = 0
    elif chance == 2 and throttle.now:
        by_ms = below(throttle.now % 1000 + 1)
        throttle.move_epoch(by_ms)
        now -= by_ms
    elif chance == 3 and throttle.next_due() is not None:
        now = max(now, throttle.next_due() + below(3) - 1)
        throttle.advance(now)
    else:
        storm(throttle)
    print("due", throttle.next_due())


print("seed", seed)
throttle = Throttle(random_policy(), on_event, 2 + below(4), 2 + below(5))
for _ in range(int(sys.argv[2])):
    step(throttle)
for name in ("received", "passed", "sampled", "suppressed", "reported", "unreported", "excluded"):
    print(name, getattr(throttle, name))
for name in ("untracked", "would_sample", "would_suppress", "would_report"):
    print(name, getattr(throttle, name))
