"""A run as JUnit XML, as CI systems read it: a suite for each hub, a case for each check."""

import json
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from stormbench.inject.files import ResultNotWritten
from stormbench.inject.one_hub import Result
from stormbench.printable import printable

_PROPERTIES = (
    "board",
    "transport",
    "firmware_version",
    "source_sha256",
    "micropython_version",
    "policy",
    "intended",
    "sent",
    "acknowledged",
)


def write_junit(path: Path, scenario: str, results: Sequence[Result]) -> None:
    """Write it.

    Raises:
        ResultNotWritten: the drive is full, or there is no such folder.
    """
    root = ET.Element("testsuites", name="stormbench inject")
    for result in results:
        root.append(_suite(scenario, result))
    ET.indent(root)
    try:
        ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise ResultNotWritten(f"{path}: cannot be written: {error.strerror}") from error


def _suite(scenario: str, result: Result) -> ET.Element:
    suite = ET.Element(
        "testsuite",
        name=printable(f"{scenario} into {result['hub']}"),
        tests=str(len(result.checks)),
        failures=str(len(result.failures)),
        errors="0",
        skipped="0",
        time=str(result["duration_s"]),
    )
    properties = ET.SubElement(suite, "properties")
    for name in _PROPERTIES:
        value = result[name]
        shown = value if isinstance(value, str) else json.dumps(value)
        ET.SubElement(properties, "property", name=name, value=printable(shown))
    for check in result.checks:
        case = ET.SubElement(suite, "testcase", classname=printable(scenario), name=check.name)
        case.set("time", "0")
        if check.failure:
            ET.SubElement(case, "failure", message=printable(check.failure))
    return suite
