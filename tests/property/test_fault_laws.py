"""Laws of the fault injector: it does what it counts, the same each time, and nothing else."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripted_port import ScriptedHub
from stormbench.errors import LinkLost
from stormbench.faults.inject import inject_faults
from stormbench.faults.plan import DIRECTIONS, FaultPlan, read_plan
from stormbench.faults.units import UnitCollector, has_frame, split

SEEDS = st.integers(0, 2**32)
RATE = st.sampled_from([0.0, 0.05, 0.15])
RATES = st.fixed_dictionaries(
    {name: RATE for name in ("drop", "corrupt", "duplicate", "reorder", "delay", "cut")}
)
OCTETS = st.binary(max_size=200) | st.lists(st.sampled_from([0, 1, 255]), max_size=200).map(bytes)
ENOUGH_MS = 100_000


def pieces(octets, cuts):
    """`octets` cut into pieces."""
    places = sorted({0, len(octets), *(cut % (len(octets) + 1) for cut in cuts)})
    return [octets[a:b] for a, b in pairwise(places)]


CUT_OCTETS = st.builds(pieces, OCTETS, st.lists(st.integers(0, 200), max_size=20))


def numbered(count):
    """Frames that can be told apart, none a part of another one."""
    return [b"<%d>\0\0" % number for number in range(count)]


def both_ways(plan, seed, frames, gap_ms=0):
    """What comes out at each end of a link that carries `frames` in both directions."""
    hub = ScriptedHub()
    port = inject_faults(hub, plan, seed)
    said = b""
    for number, frame in enumerate(frames):
        hub.say(frame, at_ms=number * gap_ms)
        port.write(frame)
        said += port.read(gap_ms)
    while more := port.read(ENOUGH_MS):
        said += more
    return port, {"to_hub": hub.octets, "to_host": said}


@given(CUT_OCTETS, SEEDS)
def test_without_faults_the_hub_gets_what_the_host_sends_however_it_is_cut(bursts, seed):
    hub = ScriptedHub()
    port = inject_faults(hub, FaultPlan(), seed)
    for burst in bursts:
        port.write(burst)
        assert hub.octets.endswith(burst)
    assert hub.octets == b"".join(bursts)


@given(CUT_OCTETS, st.lists(st.integers(0, 30), max_size=20), SEEDS)
def test_without_faults_the_host_gets_what_the_hub_says_however_it_is_cut(chunks, gaps, seed):
    hub = ScriptedHub()
    at_ms = 0
    for number, chunk in enumerate(chunks):
        at_ms += gaps[number] if number < len(gaps) else 0
        hub.say(chunk, at_ms)
    port = inject_faults(hub, FaultPlan(), seed)
    said = b""
    while more := port.read(1_000):
        said += more
    assert said == b"".join(chunks)


@given(OCTETS)
def test_units_together_are_what_was_split(octets):
    units = split(octets)
    assert b"".join(units) == octets
    assert all(has_frame(unit) for unit in units[1:])


@given(CUT_OCTETS)
def test_collected_frames_are_those_of_the_whole_however_it_is_cut(chunks):
    collector = UnitCollector()
    units = [unit for chunk in chunks for unit in collector.feed(chunk, 0)]
    units += collector.feed(b"", 1_000)
    frames = [unit.strip(b"\0") for unit in units if has_frame(unit)]
    assert frames == [frame for frame in b"".join(chunks).split(b"\0") if frame]


@given(RATES, SEEDS, st.integers(1, 60), st.integers(0, 30))
def test_the_same_seed_has_the_same_faults(rates, seed, count, gap_ms):
    first, firsts = both_ways(FaultPlan(**rates), seed, numbered(count), gap_ms)
    second, seconds = both_ways(FaultPlan(**rates), seed, numbered(count), gap_ms)
    assert firsts == seconds
    assert first.counts.as_dict() == second.counts.as_dict()


@given(RATES, SEEDS, st.integers(1, 40), st.integers(0, 40))
def test_faults_of_one_direction_do_not_depend_on_the_other(rates, seed, count, others):
    alone = ScriptedHub()
    beside = ScriptedHub()
    for number in range(others):
        beside.say(b"%d\0" % number)
    for hub in (alone, beside):
        port = inject_faults(hub, FaultPlan(**rates), seed)
        for frame in numbered(count):
            port.write(frame)
            port.read(0)
        port.pass_ms(ENOUGH_MS)
    assert alone.octets == beside.octets


@given(st.floats(0, 1), SEEDS, st.integers(1, 60))
def test_dropping_leaves_some_of_the_frames_in_their_order(rate, seed, count):
    frames = numbered(count)
    port, came = both_ways(FaultPlan(drop=rate), seed, frames)
    for side in DIRECTIONS:
        rest = iter(frames)
        assert all(frame in rest for frame in split(came[side]))
        assert len(split(came[side])) == count - port.counts.fired("drop", side)


@given(st.floats(0, 1), SEEDS, st.integers(1, 60))
def test_duplicating_leaves_each_frame_once_or_twice(rate, seed, count):
    frames = numbered(count)
    port, came = both_ways(FaultPlan(duplicate=rate), seed, frames)
    for side in DIRECTIONS:
        times = Counter(split(came[side]))
        assert set(times) == set(frames)
        assert set(times.values()) <= {1, 2}
        assert sum(times.values()) == count + port.counts.fired("duplicate", side)


@given(st.floats(0, 1), SEEDS, st.integers(1, 60), st.integers(0, 30))
def test_each_reordered_frame_has_changed_places_with_its_neighbour(rate, seed, count, gap_ms):
    frames = numbered(count)
    port, came = both_ways(FaultPlan(reorder=rate), seed, frames, gap_ms)
    for side in DIRECTIONS:
        order = [frames.index(unit) for unit in split(came[side])]
        swaps = sum(a > b for a, b in pairwise(order))
        assert sorted(order) == list(range(count))
        assert all(abs(place - number) <= 1 for place, number in enumerate(order))
        assert swaps == port.counts.fired("reorder", side)


@given(st.floats(0, 1), SEEDS, st.integers(1, 60), st.integers(0, 30))
def test_delaying_loses_nothing_and_keeps_the_order(rate, seed, count, gap_ms):
    frames = numbered(count)
    _, came = both_ways(FaultPlan(delay=rate), seed, frames, gap_ms)
    assert came == dict.fromkeys(DIRECTIONS, b"".join(frames))


@given(st.floats(0, 1), SEEDS, st.integers(1, 40))
def test_corrupting_changes_one_byte_of_each_frame_that_it_counts(rate, seed, count):
    frames = b"".join(numbered(count))
    port, came = both_ways(FaultPlan(corrupt=rate), seed, numbered(count))
    for side in DIRECTIONS:
        changed = sum(a != b for a, b in zip(came[side], frames, strict=True))
        assert changed == port.counts.fired("corrupt", side)


@given(RATES, SEEDS, st.integers(1, 60), st.integers(0, 30))
def test_every_frame_comes_out_but_for_those_that_are_counted(rates, seed, count, gap_ms):
    port, came = both_ways(FaultPlan(**rates | {"corrupt": 0}), seed, numbered(count), gap_ms)
    for side in DIRECTIONS:
        fired = {fault: port.counts.fired(fault, side) for fault in rates}
        beginnings = came[side].count(b"<")
        ends = came[side].count(b"\0\0")
        assert beginnings == count - fired["drop"] + fired["duplicate"]
        assert ends == beginnings - fired["cut"]
    assert not port.is_holding


@given(RATES, SEEDS, st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
def test_after_any_losses_each_frame_to_the_hub_is_there_or_counted(
    rates, seed, disconnects, resets, resets_in_frame
):
    hub = ScriptedHub()
    plan = FaultPlan(
        **rates | {"corrupt": 0},
        disconnects=disconnects,
        resets=resets,
        resets_in_frame=resets_in_frame,
        frames=30,
    )
    port = inject_faults(hub, plan, seed)
    losses = 0
    for frame in numbered(40):
        try:
            port.write(frame)
        except LinkLost:
            losses += 1
            port.reopen()
    port.pass_ms(ENOUGH_MS)
    fired = {fault: port.counts.fired(fault, "to_hub") for fault in rates}
    gone = fired["drop"] + port.counts.discarded["to_hub"] - resets_in_frame
    assert losses == disconnects + resets + resets_in_frame
    assert port.counts.frames["to_hub"] == 40
    assert hub.octets.count(b"<") == 40 - gone + fired["duplicate"]


@pytest.mark.parametrize("fault", ["drop", "corrupt", "duplicate", "delay", "cut"])
def test_a_rate_is_the_share_of_the_frames_that_have_the_fault(fault):
    port, _ = both_ways(read_plan(f"{fault}=0.02"), 7, numbered(10_000))
    for side in DIRECTIONS:
        assert 150 <= port.counts.fired(fault, side) <= 250
