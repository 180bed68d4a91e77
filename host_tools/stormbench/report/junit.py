"""A comparison as JUnit XML: a suite an arm, a case for its account and for each bound on it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stormbench.junit import Case, Suite, write_suites
from stormbench.report.expectations import bound_in_words, sentence


def write_junit(path: Path, report: Mapping[str, Any]) -> None:
    """Write it, from report.json.

    Raises:
        JunitNotWritten: the drive is full, or there is no such folder.
    """
    write_suites(path, "stormbench compare", _suites(report))


def _suites(report: Mapping[str, Any]) -> Iterator[Suite]:
    scenario, hub = report["scenario"], report["hub"]
    properties = {
        "seed": scenario["seed"],
        "time_scale": scenario["time_scale"],
        "hub": hub["kind"],
        "source_sha256": hub["source_sha256"],
        "policy": report["policy"],
        "verdict": report["verdict"]["place"],
    }
    for name, arm in report["arms"].items():
        bounds = [each for each in report["expectations"] if each["arm"] == name]
        cases = [_account(arm["unaccounted"]), *map(_bound, bounds)]
        of_arm = f"{scenario['name']}, arm {name}"
        yield Suite(of_arm, of_arm, cases, properties=properties)


def _account(unaccounted: int) -> Case:
    is_whole = unaccounted == 0
    return Case("account", None if is_whole else f"{unaccounted} alerts are unaccounted for")


def _bound(each: Mapping[str, Any]) -> Case:
    name = f"{each['metric']} {bound_in_words(each)}"
    return Case(name, None if each["met"] else sentence(each))
