"""A scenario that `runs_on` boards alone: what may be in it, and who takes it."""

from pathlib import Path

import pytest

from command_line import stormbench
from stormbench.errors import InvalidInput
from stormbench.scenario.expectation import INJECTED, METRICS
from stormbench.scenario.read import read_scenario

RECIPE = """
name = "what a cable carries"
duration_ms = 10_000
runs_on = [{runs_on}]
[[devices]]
name = "meter"
kind = "ESME"
originator = "00DB1234567890A0"
[[phases]]
name = "storm"
device = "meter"
code = "8F3E"
target = "90B3D51F30010000"
duration_ms = 10_000
shape = "periodic"
per_hour = 36_000
storm = true
[[expect]]
arm = "{arm}"
metric = "{metric}"
min = 1
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the scenario goes."""
    return tmp_path / "board.toml"


def written(
    path: Path, runs_on: str = '"board"', arm: str = "hub", metric: str = "suppressed"
) -> Path:
    """The scenario, for these hubs and with this bound."""
    path.write_text(RECIPE.format(runs_on=runs_on, arm=arm, metric=metric))
    return path


@pytest.mark.parametrize("hub", ["sim", "/dev/ttyBOARD"])
def test_compare_refuses_it_on_any_hub_and_names_the_command_that_takes_it(
    path: Path, hub: str
) -> None:
    ran = stormbench("compare", written(path), "--hub", hub)
    assert ran.exit_code == 2
    assert "is for boards alone (its runs_on)" in ran.complaint()
    assert "`stormbench inject`" in ran.complaint()


@pytest.mark.parametrize("hub", ["sim", "unix", "emulated:stock", "faults://drop=0.1@sim"])
def test_inject_refuses_it_on_a_virtual_hub(path: Path, hub: str) -> None:
    ran = stormbench("inject", written(path), "--hub", hub, "--dry-run")
    assert ran.exit_code == 2
    assert ran.complaint().endswith("fits board (its runs_on); name one with --hub")


@pytest.mark.parametrize("hub", ["auto", "id:E6614103E7452D2F", "faults://drop=0.1@/dev/ttyX"])
def test_inject_takes_it_on_whatever_is_no_virtual_hub(path: Path, hub: str) -> None:
    ran = stormbench("inject", written(path), "--hub", hub, "--dry-run")
    assert ran.exit_code == 0 and "100 alerts" in ran.out


def test_bound_on_another_arm_is_refused_with_its_line(path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"board\.toml:19: expect\.0\.arm: .*arm hub alone"):
        read_scenario(written(path, arm="dsp"))


@pytest.mark.parametrize("metric", sorted(set(METRICS) - set(INJECTED)))
def test_bound_on_what_a_hub_alone_does_not_come_to_is_refused(path: Path, metric: str) -> None:
    with pytest.raises(InvalidInput, match=r"expect\.0\.metric: .*it is not measured"):
        read_scenario(written(path, metric=metric))


@pytest.mark.parametrize("metric", INJECTED)
def test_bound_on_what_a_hub_alone_comes_to_is_taken(path: Path, metric: str) -> None:
    assert read_scenario(written(path, metric=metric)).is_for_boards_only


def test_scenario_that_fits_a_virtual_hub_too_may_bound_every_arm(path: Path) -> None:
    scenario = read_scenario(written(path, runs_on='"sim", "board"', arm="dsp"))
    assert not scenario.is_for_boards_only
