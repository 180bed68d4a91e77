"""`compare --junit`: a suite an arm, a case for its account and for each bound on its figures."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from command_line import stormbench
from stormbench.report.junit import write_junit

ON_SIM = ("compare", "stuck_tamper_sensor", "--hub", "sim", "--out")


def suites(path: Path) -> dict[str, ET.Element]:
    """By arm."""
    return {str(each.get("name")).split("arm ")[1]: each for each in ET.parse(path).getroot()}


def failures(path: Path) -> list[tuple[str, str]]:
    """What each that failed is called, and what it says."""
    return [
        (str(case.get("name")), str(failure.get("message")))
        for case in ET.parse(path).iter("testcase")
        for failure in case.iter("failure")
    ]


def test_each_arm_has_its_account_and_its_bounds(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    told = stormbench(*ON_SIM, tmp_path, "--junit", path, "--json").document()
    bounds = [each["arm"] for each in told["expectations"]]
    assert {arm: int(str(suite.get("tests"))) for arm, suite in suites(path).items()} == {
        arm: 1 + bounds.count(arm) for arm in told["arms"]
    }
    assert len(bounds) > 2 and failures(path) == []
    of_hub = suites(path)["hub"]
    properties = {each.get("name"): each.get("value") for each in of_hub.iter("property")}
    assert (properties["hub"], properties["verdict"]) == ("sim", told["verdict"]["place"])
    assert properties["source_sha256"] == told["hub"]["source_sha256"]


def test_bound_that_is_not_met_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    ran = stormbench(*ON_SIM, tmp_path, "--junit", path, "--policy", "bad")
    ((name, said),) = failures(path)
    assert ran.exit_code == 1 and said.startswith(f"hub {name.split()[0]} is ")
    assert suites(path)["hub"].get("failures") == "1"


def test_account_that_is_not_whole_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    report: dict[str, Any] = stormbench(*ON_SIM, tmp_path, "--json").document()
    report["arms"]["dsp"]["unaccounted"] = 3
    write_junit(path, report)
    assert failures(path) == [("account", "3 alerts are unaccounted for")]


def test_file_that_cannot_be_is_refused_before_the_run(tmp_path: Path) -> None:
    ran = stormbench(*ON_SIM, tmp_path, "--junit", "/nowhere/junit.xml")
    assert ran.exit_code == 2 and "no folder /nowhere" in ran.complaint()


def test_full_drive_takes_no_result_along(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    ran = stormbench(*ON_SIM, tmp_path, "--junit", "/dev/full")
    assert ran.exit_code == 1 and "The throttle is best placed at" in ran.out
    assert "/dev/full: cannot be written: No space left" in ran.err
