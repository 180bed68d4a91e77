"""Fault plans: what they may say, as a table of a scenario and in one line; where they strike."""

import pytest

from stormbench.errors import InvalidInput
from stormbench.faults.plan import FaultPlan, read_plan
from stormbench.faults.schedule import schedule
from stormbench.faults.url import read_url
from stormbench.scenario.model import Scenario
from stormbench.scenario.read import SHIPPED_DEFAULT, read_scenario


@pytest.fixture
def read_table(tmp_path):
    """Reads the shipped scenario with these lines as its [faults]."""

    def read(lines: str) -> Scenario:
        path = tmp_path / "s.toml"
        path.write_text(f"{SHIPPED_DEFAULT.read_text()}\n[faults]\n{lines}\n")
        return read_scenario(path)

    return read


# As a table.


def test_a_scenario_has_no_faults_unless_it_says_so():
    assert read_scenario(None).faults is None


def test_a_scenario_says_its_faults(read_table):
    found = read_table("drop = 0.02\nstalls = 1\nframes = 50").faults
    assert found == FaultPlan(drop=0.02, stalls=1, frames=50)


WRONG = [
    ("drop = -0.1", "drop"),
    ("corrupt = 1.1", "corrupt"),
    ("duplicate = '0.1'", "duplicate"),
    ("reorder = nan", "reorder"),
    ("delay = true", "delay"),
    ("cut = inf", "cut"),
    ("side = 'hub'", "side"),
    ("delay_ms = 0", "delay_ms"),
    ("delay_ms = 86_400_001", "delay_ms"),
    ("disconnects = -1", "disconnects"),
    ("disconnect_ms = 0", "disconnect_ms"),
    ("stalls = 1.5", "stalls"),
    ("stall_ms = '60'", "stall_ms"),
    ("resets = -1", "resets"),
    ("resets_in_frame = -1", "resets_in_frame"),
    ("resets_in_save = 1_000_001", "resets_in_save"),
    ("frames = 0", "frames"),
    ("speed = 1", "speed"),
]


@pytest.mark.parametrize(("line", "field"), WRONG)
def test_a_wrong_field_of_the_table_is_named_with_its_file(read_table, line, field):
    with pytest.raises(InvalidInput, match=rf"s\.toml:\d+: faults\.{field}: "):
        read_table(line)


def test_rates_that_come_to_more_than_one_are_refused(read_table):
    with pytest.raises(InvalidInput, match=r"faults: .* is 1\.1: a frame has one fault"):
        read_table("drop = 0.6\ncut = 0.5")


def test_rates_that_come_to_one_are_not(read_table):
    assert read_table("drop = 0.6\ncut = 0.3\ndelay = 0.1").faults


def test_more_scheduled_faults_than_frames_are_refused(read_table):
    with pytest.raises(InvalidInput, match=r"faults: .*3 disconnects, stalls and resets.*is 2"):
        read_table("stalls = 2\nresets = 1\nframes = 2")


def test_as_many_scheduled_faults_as_frames_are_not(read_table):
    assert read_table("stalls = 2\nresets = 1\nframes = 3").faults


# In one line.


def test_one_line_is_the_plan_that_it_says():
    found = read_plan("drop=0.02, corrupt=1e-3,stalls=1&side=to_hub")
    assert found == FaultPlan(drop=0.02, corrupt=0.001, stalls=1, side="to_hub")


def test_an_empty_line_has_no_faults():
    assert read_plan("") == FaultPlan()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("drop=2", "drop: .*got '2'"),
        ("drop=much", "drop: .*got 'much'"),
        ("stalls=1.5", "stalls: "),
        ("speed=1", "speed: "),
        ("drop", "expected each field once, as NAME=VALUE, got 'drop'"),
        ("drop=0.1,drop=0.1", "expected each field once"),
        ("drop=0.6,cut=0.6", ".*is 1.2"),
    ],
)
def test_a_line_that_is_wrong_is_refused_with_its_reason(line, reason):
    with pytest.raises(InvalidInput, match=rf"faults '{line}': {reason}"):
        read_plan(line)


# As a URL.


@pytest.mark.parametrize("inner", ["/dev/ttyACM0", "socket://localhost:7", "loop://", "a@b"])
def test_a_url_is_its_plan_its_seed_and_the_inner_port(inner):
    found = read_url(f"faults://drop=0.5&seed=7@{inner}")
    assert found == (FaultPlan(drop=0.5), "7", inner)


def test_a_url_may_have_no_faults():
    assert read_url("faults://@loop://") == (FaultPlan(), "0", "loop://")


@pytest.mark.parametrize("url", ["faults://drop=0.5", "faults://drop=0.5@", "fault://@loop://"])
def test_what_is_no_such_url_is_refused(url):
    with pytest.raises(InvalidInput, match=r"expected faults://FIELD=VALUE&\.\.\.@PORT"):
        read_url(url)


# Where faults strike.

MANY = FaultPlan(
    disconnects=5, stalls=1, resets=2, resets_in_frame=10, resets_in_save=3, frames=200
)


def test_every_scheduled_fault_has_a_frame_of_its_own():
    places = schedule(MANY, 7)
    assert sorted(places.values()) == sorted(
        ["disconnect"] * 5
        + ["stall"]
        + ["reset"] * 2
        + ["reset_in_frame"] * 10
        + ["reset_in_save"] * 3
    )
    assert all(1 <= place <= 200 for place in places)


def test_the_seed_says_where_faults_strike():
    assert schedule(MANY, 7) == schedule(MANY, 7) != schedule(MANY, 8)


def test_a_fault_may_strike_at_the_first_frame_and_at_the_last():
    assert set(schedule(FaultPlan(stalls=3, frames=3), 7)) == {1, 2, 3}
