"""A selftest as a table, as Markdown and as JSON, and where a report cannot be."""

import json
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from link_bench import ScriptedPort
from stormbench.errors import InvalidInput
from stormbench.link.client import HubClient
from stormbench.selftest import report
from stormbench.selftest.check import Check, Status, at_most, holds, info
from stormbench.selftest.run import Selftest

GOOD = at_most("flash, write, longest", 100.33, 1_000, "ms")
BAD = holds("frames", False, "89 of 90", "all", "wrong: Hello | 1")
TOLD = info("LED", None, note="the image names no pin LED")


def made(*checks: Check) -> Selftest:
    hello = HubClient(ScriptedPort()).hello
    when = datetime(2030, 1, 15, 9, tzinfo=timezone.utc)
    return Selftest("/dev/ttyACM1", False, when, hello, list(checks or (GOOD, TOLD)))


def test_table_has_a_line_for_each_check_in_columns() -> None:
    lines = report.table(made()).splitlines()
    assert lines[0] == "Selftest of COMMS_HUB_PICO, E6E6E6E6E6E6E6E6 on /dev/ttyACM1"
    assert lines[3].split("  ")[0] == "flash, write, longest"
    assert lines[3].index("at most 1000") == lines[2].index("limit")
    assert lines[-1] == "all ok"


def test_last_line_names_what_failed() -> None:
    assert report.table(made(GOOD, BAD)).splitlines()[-1] == "failed: frames"


def test_report_of_an_emulated_board_says_so_in_its_first_line() -> None:
    emulated = replace(made(), is_emulated=True)
    assert "emulated" in report.table(emulated).splitlines()[0]
    assert "emulated" in report.markdown(emulated).splitlines()[0]


def test_json_has_who_when_and_which_firmware() -> None:
    found = report.plain(made(GOOD, BAD))
    assert (found["board"], found["unique_id"]) == ("COMMS_HUB_PICO", "E6" * 8)
    assert (found["firmware_version"], found["micropython_version"]) == ("0.1.2", "1.25.0")
    assert (found["source_sha256"], found["date"]) == ("00" * 32, "2030-01-15T09:00:00+00:00")
    assert not found["ok"]
    assert found["checks"][1] == {
        "name": "frames",
        "status": "fail",
        "found": "89 of 90",
        "limit": "all",
        "unit": "",
        "note": "wrong: Hello | 1",
    }


def test_markdown_has_the_same_and_a_cell_cannot_end_its_row() -> None:
    text = report.markdown(made(GOOD, BAD))
    for fact in ("2030-01-15", "COMMS_HUB_PICO", "E6" * 8, "0.1.2", "1.25.0", "00" * 32):
        assert fact in text, fact
    (row,) = (line for line in text.splitlines() if line.startswith("| frames"))
    assert row == "| frames | fail | 89 of 90 | all |  | wrong: Hello \\| 1 |"


@pytest.mark.parametrize(("name", "start"), [("a.md", "# Selftest of"), ("a.json", "{")])
def test_suffix_says_the_form(tmp_path: Path, name: str, start: str) -> None:
    report.expect_report(tmp_path / name)
    report.write(made(), tmp_path / name)
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)


def test_json_file_has_what_json_prints(tmp_path: Path) -> None:
    report.write(made(), tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == report.plain(made())


def test_another_suffix_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"ends in \.json or \.md, got \.pdf"):
        report.expect_report(tmp_path / "a.pdf")


def test_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="there is no folder"):
        report.expect_report(tmp_path / "absent" / "a.md")


def test_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.md").mkdir()
    with pytest.raises(report.ReportNotWritten, match="cannot be written"):
        report.write(made(), tmp_path / "a.md")


def test_has_failed_is_whether_any_check_has() -> None:
    assert not made(GOOD, TOLD).has_failed
    assert made(GOOD, BAD).has_failed
    assert BAD.status is Status.FAIL
