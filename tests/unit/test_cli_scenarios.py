"""`stormbench scenarios` from the command line to the exit code."""

import pytest

from command_line import stormbench
from stormbench.scenario.read import read_scenario
from stormbench.scenario.schema import schema_text
from stormbench.scenario.shipped import scenario_names


def test_list_has_a_line_for_each_with_its_evidence_and_cause():
    lines = stormbench("scenarios").out.splitlines()[1:]
    assert [line.split()[0] for line in lines] == scenario_names()
    assert all(line.split()[1] in ("evidenced", "assumed") for line in lines)


def test_json_says_who_says_so():
    listed = stormbench("scenarios", "--json").document()["scenarios"]
    assert [each["name"] for each in listed] == scenario_names()
    assert all(each["cause"]["source"] and each["description"] for each in listed)
    assert all(each["expectations"] >= 3 for each in listed)


@pytest.mark.parametrize("name", scenario_names())
def test_name_prints_the_file_which_is_a_scenario(tmp_path, name):
    path = tmp_path / "mine.toml"
    path.write_text(stormbench("scenarios", name).out)
    assert read_scenario(path).expect


def test_schema_prints_the_published_schema():
    assert stormbench("scenarios", "--schema").out == schema_text()


@pytest.mark.parametrize("name", ["nothing", "./boot_loop", "boot_loop.toml", ""])
def test_name_that_there_is_not_ends_with_2(name):
    ran = stormbench("scenarios", name)
    assert ran.exit_code == 2
    assert "boot_loop, duty_cycle" in ran.complaint()
