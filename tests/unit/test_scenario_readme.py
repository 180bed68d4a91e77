"""The scenarios' README tells of what there is, and its example is a scenario."""

import re
from pathlib import Path
from typing import get_args

import pytest

import stormbench.scenario
from stormbench.scenario.phases import Phase
from stormbench.scenario.read import read_scenario
from stormbench.scenario.shipped import scenario_names, scenario_path

TEXT = Path(stormbench.scenario.__file__).with_name("README.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `(\w+)` \|(.*)\|$", TEXT, re.MULTILINE))


@pytest.mark.parametrize("name", scenario_names())
def test_table_has_each_of_the_library_with_its_mark(name):
    cause = read_scenario(scenario_path(name)).cause
    assert cause is not None
    assert ROWS[name].split("|")[1].strip() == cause.evidence


def test_table_of_shapes_has_each_with_its_fields():
    for shape in get_args(get_args(Phase)[0]):
        own = set(shape.model_fields) - set(shape.__mro__[1].model_fields) - {"shape"}
        (name,) = get_args(shape.model_fields["shape"].annotation)
        assert set(re.findall(r"`(\w+)`", ROWS[name])) == own


def test_example_is_a_scenario(tmp_path):
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    path = tmp_path / "mine.toml"
    path.write_text(example)
    assert read_scenario(path).expect[0].max == 110
