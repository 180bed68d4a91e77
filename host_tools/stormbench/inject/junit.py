"""A run as JUnit XML, as CI systems read it: a suite a hub, a case for each check and each bound.

Bounds on the figures of all hubs together have a suite of their own.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from stormbench.inject.bounds import HeldBound
from stormbench.inject.files import ResultNotWritten
from stormbench.inject.one_hub import Result
from stormbench.printable import printable
from stormbench.scenario.model import Scenario

_PROPERTIES = (
    "board",
    "transport",
    "firmware_version",
    "source_sha256",
    "micropython_version",
    "keyed",
    "policy",
    "intended",
    "sent",
    "acknowledged",
)


class _Case(NamedTuple):
    """A check or a bound; `failure` and `skipped` are sentences, None where it is not that."""

    name: str
    failure: str | None
    skipped: str | None = None


def write_junit(
    path: Path, scenario: Scenario, results: Sequence[Result], bounds: Sequence[HeldBound] = ()
) -> None:
    """Write it; a bound that was not measured is skipped, and says why.

    Each hub's suite has the scenario's time scale among its properties.

    Raises:
        ResultNotWritten: the drive is full, or there is no such folder.
    """
    root = ET.Element("testsuites", name="stormbench inject")
    for number, result in enumerate(results, start=1):
        checks = [_Case(check.name, check.failure) for check in result.checks]
        suite = _suite(
            f"{scenario.name} into {result['hub']}",
            scenario.name,
            [*checks, *_cases(bounds, number)],
            result["duration_s"],
        )
        suite.insert(0, _properties(result, scenario.time_scale))
        root.append(suite)
    if of_all := _cases(bounds, None):
        root.append(_suite(f"{scenario.name}, all hubs together", scenario.name, of_all, 0.0))
    ET.indent(root)
    try:
        ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise ResultNotWritten(f"{path}: cannot be written: {error.strerror}") from error


def _cases(bounds: Iterable[HeldBound], hub_number: int | None) -> list[_Case]:
    """Of the bounds on this hub's figures."""
    return [
        _Case(
            f"{bound.title} {bound.in_words}",
            bound.sentence if bound.is_broken else None,
            bound.not_measured and f"not measured by inject: {bound.not_measured}",
        )
        for bound in bounds
        if bound.hub_number == hub_number
    ]


def _suite(name: str, scenario: str, cases: Sequence[_Case], duration_s: float) -> ET.Element:
    suite = ET.Element(
        "testsuite",
        name=printable(name),
        tests=str(len(cases)),
        failures=str(sum(case.failure is not None for case in cases)),
        errors="0",
        skipped=str(sum(case.skipped is not None for case in cases)),
        time=str(duration_s),
    )
    for case in cases:
        element = ET.SubElement(
            suite, "testcase", classname=printable(scenario), name=printable(case.name), time="0"
        )
        if case.failure is not None:
            ET.SubElement(element, "failure", message=printable(case.failure))
        if case.skipped is not None:
            ET.SubElement(element, "skipped", message=printable(case.skipped))
    return suite


def _properties(result: Result, time_scale: float) -> ET.Element:
    properties = ET.Element("properties")
    values = {name: result[name] for name in _PROPERTIES}
    for name, value in {"time_scale": time_scale, **values}.items():
        shown = value if isinstance(value, str) else json.dumps(value)
        ET.SubElement(properties, "property", name=name, value=printable(shown))
    return properties
