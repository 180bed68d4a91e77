"""Policies and traces for hypothesis: small worlds in which much happens.

Windows of a few ms, thresholds of a few alerts, few parties and codes, and times with many ties,
so that every edge of a window or a count is met often. A trace is a list of steps:

    ("storm", wait_ms, spacing_ms, copies, originator, target, code)
    ("advance", wait_ms)
    ("apply", wait_ms, policy)
    ("move_epoch", percent of the time that has gone by)
    ("power_cut", wait_ms)
    ("to_due", offset_ms, step)     a step without its wait, near the next due time
    ("to_save", offset_ms, step)    likewise, near the next save that time calls for

Waits are from the latest time reached; a negative one goes backwards, but for a power cut.

A save is never sooner than 1000 ms after the last, so in these small worlds a restart finds every
window over. The slow ones have windows about as long as that.
"""

import random

from hypothesis import strategies as st

from commshub.policy import BOTH, COUNT, EITHER, PERIOD, Policy

ORIGINATORS = tuple(bytes([0x0A, 0, 0, 0, 0, 0, 0, n]) for n in range(5))
TARGETS = tuple(bytes([0x7A, 0, 0, 0, 0, 0, 0, n]) for n in range(3))
CODES = (0x81A0, 0x8F72, 0x0000, 0xFFFF)
SAMPLE_MODES = (PERIOD, COUNT, EITHER, BOTH)

LENGTHS_MS = (1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 40, 50)
SLOW_LENGTHS_MS = (400, 500, 700, 999, 1000, 1001, 1500, 2000, 2003, 2500)
SAVE_INTERVALS_MS = (1000, 1000, 1003, 5000)
WAITS_MS = (
    *(0, 0, 0, 1, 1, 2, 5, 5, 10, 10, 20),
    *(50, 200, 999, 1000, 1001, 5000, -1, -5, -40, 2**28),
)
SPACINGS_MS = (0, 0, 1, 1, 2, 3, 5, 10)


# Many idle keys under red incidents: what a full table is hard on.
CROWDED = {
    "device_window_ms": 1000,
    "amber_threshold": 2,
    "red_threshold": 3,
    "red_clear_threshold": 1,
    "red_clear_windows": 1,
    "code_window_ms": 1000,
    "code_limit": 5,
    "code_limits": {},
    "code_clear_limit": 1,
    "code_clear_windows": 1,
}

# Nearly every alert is a sample, and overloads are slow to end: numbers go fast.
TALKATIVE = {
    "red_threshold": 3,
    "sample_mode": COUNT,
    "code_clear_windows": 3,
    "shadow": 0,
    "excluded_codes": set(),
}


def make_policy(**fields):
    """A policy with these fields, the others at their defaults; it must be acceptable."""
    policy = Policy()
    for name, value in fields.items():
        if not hasattr(policy, name):
            raise AttributeError(f"Policy has no field {name}")
        setattr(policy, name, value)
    refusal = policy.refusal()
    if refusal:
        raise ValueError(" ".join(refusal))
    return policy


def policy_from(pick, between, fields=None, lengths=LENGTHS_MS):
    """A small policy, its numbers chosen by `pick(sequence)` and `between(least, most)`."""
    code_limits = {code: between(0, 4) for code in CODES if between(0, 3) == 0}
    code_limit = between(0, 3)
    amber = between(0, 3)
    numbers = {
        "device_window_ms": pick(lengths),
        "amber_threshold": amber,
        "red_threshold": amber + between(0, 3),
        "red_clear_threshold": between(0, amber),
        "red_clear_windows": between(1, 3),
        "code_window_ms": pick(lengths),
        "code_limit": code_limit,
        "code_clear_limit": between(0, min([code_limit, *code_limits.values()])),
        "code_clear_windows": between(1, 3),
        "sample_mode": pick(SAMPLE_MODES),
        "sample_period_ms": pick(lengths),
        "sample_every": between(1, 6),
        "flush_ms": pick(lengths),
        "shadow": int(between(0, 5) == 5),
        "save_interval_ms": pick(SAVE_INTERVALS_MS),
        "excluded_codes": {code for code in CODES if between(0, 5) == 5},
        "code_limits": code_limits,
    }
    numbers.update(fields or {})
    return make_policy(**numbers)


@st.composite
def policies(draw, /, lengths=LENGTHS_MS, **fields):
    return policy_from(
        lambda choices: draw(st.sampled_from(choices)),
        lambda least, most: draw(st.integers(least, most)),
        fields,
        lengths,
    )


def storms_of(originators):
    return st.tuples(
        st.just("storm"),
        st.sampled_from(WAITS_MS),
        st.sampled_from(SPACINGS_MS),
        st.integers(1, 12),
        st.sampled_from(originators),
        st.sampled_from(TARGETS),
        st.sampled_from(CODES),
    )


def _without_wait(step):
    return step[0], *step[2:]


storms = storms_of(ORIGINATORS)
_THEN = st.one_of(
    st.sampled_from((("advance",), ("power_cut",))),
    storms.map(_without_wait),
    storms.map(_without_wait),
)
STEPS = st.one_of(
    *[storms] * 5,
    st.tuples(st.just("advance"), st.sampled_from(WAITS_MS)),
    st.tuples(st.sampled_from(("to_due", "to_due", "to_save")), st.integers(-1, 1), _THEN),
    st.tuples(st.just("apply"), st.sampled_from(WAITS_MS), policies()),
    st.tuples(st.just("move_epoch"), st.integers(0, 100)),
    st.tuples(st.just("power_cut"), st.sampled_from(WAITS_MS)),
)
slow_policies = policies(lengths=SLOW_LENGTHS_MS)
talkative_policies = st.one_of(
    policies(SLOW_LENGTHS_MS, **TALKATIVE, sample_every=1),
    policies(SLOW_LENGTHS_MS, **TALKATIVE, sample_every=2),
)
crowded_policies = policies(**CROWDED)
crowded_capacities = st.tuples(st.integers(1, 4), st.integers(1, 8))
traces = st.lists(STEPS, min_size=1, max_size=40)

# (device_capacity, key_capacity): the defaults, plenty; and too few.
capacities = st.one_of(
    st.just((16, 128)),
    st.tuples(st.integers(0, 4), st.integers(0, 5)),
)


def long_trace(seed, steps):
    """A trace of many storms, from a seed: what a list of hypothesis is too short for.

    Most waits are shorter than a window, and most storms go on with the last one's parties, so
    that incidents and overloads live through many windows.
    """
    rng = random.Random(seed)
    parties = ORIGINATORS[: rng.randint(1, len(ORIGINATORS))]
    trace = []
    storm = _new_storm(rng, parties)
    for _ in range(steps):
        if rng.random() < 0.4:
            storm = _new_storm(rng, parties)
        trace.append(_long_step(rng, storm))
    return trace


def hours_of_storm(seed):
    """A trace at the size of the default policy, by far the most of it about one key."""
    rng = random.Random(seed)
    key = ORIGINATORS[0], TARGETS[0], CODES[0]
    trace: list[tuple] = [("storm", 0, 100, 60, *key)]
    for _ in range(25):
        wait = rng.choice((0, 1000, 30000, 599999, 600000, 1800000))
        spacing = rng.choice((1, 500, 20000))
        parties = rng.choice((key, key, (rng.choice(ORIGINATORS), TARGETS[0], CODES[0])))
        trace.append(("storm", wait, spacing, rng.randint(1, 40), *parties))
        if rng.random() < 0.08:
            trace.append(("power_cut", rng.choice((0, 1, 5000, 10000, 30000, 600000))))
    return trace


def crowded_trace(seed, steps):
    """More parties than a small table has room for, coming and going within a window of 1000 ms.

    Now and then a silence lets the incidents close, or nobody would give way any more; or a new
    policy finds many of them open.
    """
    rng = random.Random(seed)
    trace: list[tuple] = []
    for _ in range(steps):
        if rng.random() < 0.02:
            trace.append(("apply", 0, policy_from(rng.choice, rng.randint, CROWDED)))
        if rng.random() < 0.02:
            trace.append(("power_cut", rng.choice((0, 1, 20, 1000))))
        wait = 2500 if rng.random() < 0.04 else rng.choice((0, 0, 0, 1, 5, 20, -1))
        parties = rng.choice(ORIGINATORS[:4]), rng.choice(TARGETS[:2]), rng.choice(CODES[:3])
        trace.append(("storm", wait, rng.choice((0, 1)), rng.randint(1, 4), *parties))
    return trace


def restart_trace(seed, steps, long_storms=0.04):
    """For slow worlds: a storm of few parties, which a hub lives through with many restarts.

    Silences are shorter than a window, so an incident stays open for many saves. Now and then one
    is long enough for it to close. `long_storms` is the part of the storms with enough copies to
    use up a block of 64 numbers, if each is a sample.
    """
    rng = random.Random(seed)
    parties = rng.choice((ORIGINATORS[:1], ORIGINATORS[:2]))
    code = rng.choice(CODES)
    trace: list[tuple] = []
    for _ in range(steps):
        wait = 3000 if rng.random() < 0.02 else rng.choice((0, 1, 50, 100, 200, 400))
        key = rng.choice(parties), rng.choice(TARGETS[:2]), code
        copies = 80 if rng.random() < long_storms else rng.randint(1, 12)
        spacing = rng.choice((0, 1)) if copies == 80 else rng.choice((0, 1, 20, 60, 150))
        storm = ("storm", wait, spacing, copies, *key)
        trace.append(_restart_step(rng, storm))
    return trace


def _restart_step(rng, storm):
    chance = rng.random()
    if chance < 0.05:
        return "power_cut", rng.choice((0, 1, 200, 999, 1000, 1001))
    if chance < 0.25:
        then = rng.choice((("power_cut",), ("power_cut",), ("advance",), _without_wait(storm)))
        return rng.choice(("to_due", "to_save")), rng.randint(-1, 1), then
    if chance < 0.26:
        policy = policy_from(rng.choice, rng.randint, lengths=SLOW_LENGTHS_MS)
        return "apply", rng.choice(WAITS_MS), policy
    if chance < 0.28:
        return "move_epoch", rng.randint(0, 100)
    return storm


def _new_storm(rng, parties):
    return rng.choice(parties), rng.choice(TARGETS[:2]), rng.choice(CODES)


def _long_step(rng, storm):
    chance = rng.random()
    storm = (
        "storm",
        rng.choice(WAITS_MS[:11]),
        rng.choice(SPACINGS_MS[:6]),
        rng.randint(1, 8),
        *storm,
    )
    if chance < 0.01:
        return "apply", rng.choice(WAITS_MS), policy_from(rng.choice, rng.randint)
    if chance < 0.03:
        return "move_epoch", rng.randint(0, 100)
    if chance < 0.06:
        return "advance", rng.choice(WAITS_MS)
    if chance < 0.15:
        then = rng.choice((("advance",), _without_wait(storm)))
        return "to_due", rng.randint(-1, 1), then
    if chance < 0.17:
        return "power_cut", rng.choice(WAITS_MS)
    return storm


@st.composite
def alert_lists(draw, originators=ORIGINATORS[:3]):
    """Alerts (t, originator, target, code) in order of time, in storms."""
    alerts = []
    t = 0
    drawn = draw(st.lists(storms_of(originators), min_size=1, max_size=15))
    for _, wait, spacing, copies, *key in drawn:
        t += min(max(wait, 0), 5000)
        for _ in range(copies):
            alerts.append((t, *key))
            t += spacing
    return alerts
