"""Ramps, flaps and replays: the shapes of phases that take more than a rate."""

from itertools import pairwise
from typing import Any

import pytest

from stormbench.errors import InvalidInput
from stormbench.scenario.read import read_scenario
from stormbench.scenario.trace import storm_spans_ms, trace_of

HEAD = """
name = "shapes"
seed = 1
duration_ms = 3_600_000
{top}

[[devices]]
name = "meter"
kind = "ESME"
originator = "00DB1234567890A0"

[[devices]]
name = "other"
kind = "ESME"
originator = "00DB1234567890A1"

[[phases]]
name = "phase"
{phase}
"""
METER = 'device = "meter"\ntarget = "90B3D51F30010000"\n'
RAMP = METER + 'code = "8F3E"\nshape = "ramp"\nat_ms = 60_000\nduration_ms = 3_000_000\n'
FLAP = METER + 'codes = ["8006", "8089"]\nshape = "flap"\nduration_ms = 3_600_000\n'
REPLAY = 'shape = "replay"\ntrace = "rows.csv"\nat_ms = 1000\nduration_ms = 5000\n'
ROWS = """t_ms,originator,target,code
70000,00DB1234567890A0,90B3D51F30010000,8F3E
70500,00DB1234567890A1,90B3D51F30020000,81A0
74999,00DB1234567890A0,90B3D51F30010000,8F3F
75000,00DB1234567890A0,90B3D51F30010000,8F3E
"""


@pytest.fixture
def read(tmp_path):
    """Reads a scenario of one phase, with rows of a trace beside it."""

    def read_phase(phase: str, top: str = "", rows: str = ROWS) -> Any:
        path = tmp_path / "s.toml"
        path.write_text(HEAD.format(phase=phase, top=top))
        (tmp_path / "rows.csv").write_text(rows)
        return read_scenario(path)

    return read_phase


def in_thirds(alerts: Any) -> list[int]:
    return [
        sum(60_000 + n * 1_000_000 <= a.at_ms < 60_000 + (n + 1) * 1_000_000 for a in alerts)
        for n in range(3)
    ]


# Ramps.


def test_ramp_sends_as_many_as_its_rate_comes_to(read):
    trace = trace_of(read(RAMP + "from_per_hour = 120\nto_per_hour = 240\n"))
    assert len(trace) == 150  # 180 an hour in the mean, for 50 minutes


def test_ramp_up_grows_third_by_third(read):
    trace = trace_of(read(RAMP + "from_per_hour = 0\nto_per_hour = 648\n"))
    assert in_thirds(trace) == [30, 90, 150]  # of 270, a 9th, 3 of 9 and 5


def test_ramp_down_shrinks_as_much(read):
    trace = trace_of(read(RAMP + "from_per_hour = 648\nto_per_hour = 0\n"))
    assert in_thirds(trace) == [150, 90, 30]


def test_level_ramp_is_periodic(read):
    trace = trace_of(read(RAMP + "from_per_hour = 360\nto_per_hour = 360\n"))
    gaps = {later.at_ms - earlier.at_ms for earlier, later in pairwise(trace)}
    assert gaps <= {9_999, 10_000, 10_001}


def test_ramp_from_nothing_to_nothing_sends_nothing(read):
    assert trace_of(read(RAMP + "from_per_hour = 0\nto_per_hour = 0\n")) == []


# Flaps.


@pytest.mark.parametrize("jitter_ms", [0, 60_000])
def test_flap_sends_its_codes_in_turn(read, jitter_ms):
    trace = trace_of(read(FLAP + f"per_hour = 360\njitter_ms = {jitter_ms}\n"))
    codes = [alert.code for alert in trace]
    assert codes == [0x8006, 0x8089] * (len(codes) // 2) + [0x8006] * (len(codes) % 2)
    assert len(codes) > 350


def test_flap_of_one_code_is_refused(read):
    phase = FLAP.replace(', "8089"', "") + "per_hour = 60\n"
    with pytest.raises(InvalidInput, match=r"s\.toml:\d+: phases\.0\.codes: .*at least 2"):
        read(phase)


# Replays.


def test_replay_begins_with_its_first_row_and_ends_with_its_phase(read):
    trace = trace_of(read(REPLAY))
    assert [(a.at_ms, a.code) for a in trace] == [(1000, 0x8F3E), (1500, 0x81A0), (5999, 0x8F3F)]


def test_replay_counts_each_originator_for_itself(read):
    assert [a.counter for a in trace_of(read(REPLAY))] == [1000, 1000, 1001]


def test_replay_of_a_device_that_is_not_there_is_refused(read):
    rows = ROWS.replace("890A1", "890A9")
    with pytest.raises(
        InvalidInput, match=r"phases\.0\.trace: no device has originator 00DB1234567890A9"
    ):
        read(REPLAY, rows=rows)


def test_replay_of_a_trace_that_is_none_is_refused_with_both_lines(read):
    rows = ROWS.replace("8F3F", "8F3")
    with pytest.raises(
        InvalidInput, match=r"s\.toml:\d+: phases\.0\.trace: .*rows\.csv:4: code: "
    ):
        read(REPLAY, rows=rows)


def test_replay_of_a_file_that_is_not_there_is_refused(read):
    with pytest.raises(InvalidInput, match=r"phases\.0\.trace: .*none\.csv: cannot be read"):
        read(REPLAY.replace("rows.csv", "none.csv"))


# All of them.


@pytest.mark.parametrize(
    "phase", [RAMP + "from_per_hour = 9\nto_per_hour = 99\n", FLAP + "per_hour = 60\n", REPLAY]
)
def test_time_scale_divides_each_time_and_keeps_each_alert(read, phase):
    slow, fast = trace_of(read(phase)), trace_of(read(phase, top="time_scale = 10"))
    assert [(a.at_ms // 10, a.key, a.counter) for a in slow] == [
        (a.at_ms, a.key, a.counter) for a in fast
    ]


def test_time_scale_divides_the_spans_of_storms(read):
    scenario = read(REPLAY + "storm = true\n", top="time_scale = 10")
    assert storm_spans_ms(scenario) == [(100, 600)]


def test_shape_that_there_is_not_is_refused_with_those_there_are(read):
    with pytest.raises(
        InvalidInput, match=r"phases\.0\.shape: must be one of 'poisson', .*got 'sine'"
    ):
        read(FLAP.replace('"flap"', '"sine"'))


def test_phase_without_a_shape_is_refused(read):
    with pytest.raises(InvalidInput, match=r"s\.toml:17: phases\.0\.shape: Field required"):
        read(FLAP.replace('shape = "flap"\n', ""))
