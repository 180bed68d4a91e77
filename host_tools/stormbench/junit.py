"""JUnit XML, as CI systems read it: suites of cases, each passed, failed or skipped."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from stormbench.errors import HostToolError
from stormbench.printable import printable


class JunitNotWritten(HostToolError):
    """The run is over, and its JUnit file could not be written."""


class Case(NamedTuple):
    """What must hold; `failure` and `skipped` are sentences, None where it is not that."""

    name: str
    failure: str | None
    skipped: str | None = None


class Suite(NamedTuple):
    """Cases that belong together.

    `group` is what their class name says, `properties` are what the figures are of.
    """

    name: str
    group: str
    cases: Sequence[Case]
    duration_s: float = 0.0
    properties: Mapping[str, Any] = {}


def write_suites(path: Path, name: str, suites: Iterable[Suite]) -> None:
    """Write them; control characters are left out.

    Raises:
        JunitNotWritten: the drive is full, or there is no such folder.
    """
    root = ET.Element("testsuites", name=name)
    root.extend(map(_element, suites))
    ET.indent(root)
    try:
        ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise JunitNotWritten(f"{path}: cannot be written: {error.strerror}") from error


def _element(suite: Suite) -> ET.Element:
    element = ET.Element(
        "testsuite",
        name=printable(suite.name),
        tests=str(len(suite.cases)),
        failures=str(sum(case.failure is not None for case in suite.cases)),
        errors="0",
        skipped=str(sum(case.skipped is not None for case in suite.cases)),
        time=str(suite.duration_s),
    )
    if suite.properties:
        properties = ET.SubElement(element, "properties")
        for name, value in suite.properties.items():
            shown = value if isinstance(value, str) else json.dumps(value)
            ET.SubElement(properties, "property", name=name, value=printable(shown))
    for case in suite.cases:
        told = {"classname": printable(suite.group), "name": printable(case.name), "time": "0"}
        child = ET.SubElement(element, "testcase", told)
        if case.failure is not None:
            ET.SubElement(child, "failure", message=printable(case.failure))
        if case.skipped is not None:
            ET.SubElement(child, "skipped", message=printable(case.skipped))
    return element
