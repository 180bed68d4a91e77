"""`stormbench capture show`, `export` and their output, for people and for machines."""

import csv
import errno
import io
import json
from pathlib import Path

import pytest

from capture_bench import (
    capture,
    frames_of,
    recorded_hub,
    records_of,
    storm_capture,
    write_capture,
)
from hubwire.framing import Frame, encode
from link_bench import ScriptedPort
from replay_bench import METER, STORM, SUPPLIER, replayed
from stormbench.capture.recording import Recording
from stormbench.capture.writing import CaptureFile


@pytest.fixture
def storm(tmp_path):
    return storm_capture(tmp_path)


def shown(path, *options):
    ran = capture("show", path, *options)
    assert ran.exit_code == 0, ran.err
    return ran.out.splitlines()


def test_each_frame_is_a_line_with_its_session_time_and_direction(storm):
    lines = shown(storm)
    assert len(lines) == len(frames_of(storm)) + 2
    assert lines[0].startswith("session 1: hub sim number 1, recorded from 20")
    (alert, *_) = [line.split() for line in lines if " HanAlert " in line]
    assert (alert[0], alert[2:6]) == ("1", [">", "HanAlert", "0", "at_ms=0"])
    assert " ".join(alert[-7:]) == f"8F3E of {METER} to {SUPPLIER}, 124 bytes"
    assert lines[-1].endswith("- the session ended, after 63 frames")


def test_verdicts_are_shown_in_words(storm):
    acks = shown(storm, "--kind", "HanAck")[1:]
    assert [line.split()[-2] for line in acks][:6] == ["PASS"] * 4 + ["SAMPLE", "SUPPRESS"]


def test_kinds_can_be_chosen(storm):
    lines = shown(storm, "--kind", "Notice", "--kind", "Advance")[1:]
    assert {line.split()[3] for line in lines} == {"Notice", "Advance"}


def test_kind_that_there_is_not_ends_with_2(storm):
    ran = capture("show", storm, "--kind", "Alert")
    assert ran.exit_code == 2
    assert "'HanAlert'" in ran.complaint()


def test_session_can_be_chosen(storm, tmp_path):
    replayed(tmp_path, STORM[:3], "--capture", storm)
    lines = shown(storm, "--session", 2)
    assert lines[0].startswith("session 2: ")
    assert {line.split()[0] for line in lines[1:]} == {"2"}


def test_json_has_one_object_a_line_with_upper_case_digits(storm):
    objects = [json.loads(line) for line in shown(storm, "--json")]
    assert [each["record"] for each in (objects[0], objects[-1])] == ["begun", "ended"]
    alert = next(each for each in objects if each.get("frame") == "HanAlert")
    assert alert["direction"] == "to_hub"
    assert alert["alert"] == {"originator": METER, "target": SUPPLIER, "code": "8F3E"}
    assert alert["fields"]["at_ms"] == 0
    assert alert["fields"]["message"] == alert["fields"]["message"].upper()
    hello = next(each for each in objects if each.get("frame") == "Hello")
    assert hello["fields"]["firmware_version"] == "0.1.0"


def test_csv_has_a_row_for_each_frame(storm):
    rows = list(csv.DictReader(io.StringIO("\n".join(shown(storm, "--csv")))))
    assert len(rows) == len(frames_of(storm))
    alerts = [row for row in rows if row["frame"] == "HanAlert"]
    assert [(int(row["at_ms"]), row["originator"]) for row in alerts] == [
        (t_ms, originator) for t_ms, originator, *_ in STORM
    ]


def test_json_and_csv_together_end_with_2(storm):
    assert capture("show", storm, "--json", "--csv").exit_code == 2


def witness_of(path):
    file = CaptureFile(path, print)
    return Recording(file.write).witness(ScriptedPort(), "scripted", 1)


def test_damage_is_shown_with_its_reason_and_its_bytes(tmp_path):
    path = tmp_path / "a.capture"
    seen = witness_of(path)
    seen.on_came(b"\x00\x11MPY: soft reboot\x00" + encode(Frame("Log", 1, {"text": b"hi"})))
    seen.on_closed()
    line, log = shown(path)[1:3]
    assert "< damaged: check sum " in line
    assert log.endswith("< Log 1 text=hi")
    (found,) = [json.loads(line) for line in shown(path, "--json", "--kind", "damaged")][1:]
    assert found["octets"] == b"\x11MPY: soft reboot".hex().upper()


def test_control_characters_of_a_hub_do_not_reach_the_terminal(tmp_path):
    path = tmp_path / "a.capture"
    seen = witness_of(path)
    seen.on_came(encode(Frame("Log", 1, {"text": b"\x1b[2Jhi\rthere"})))
    seen.on_closed()
    assert shown(path)[1].endswith("text=[2Jhithere")


def test_reopened_port_is_shown_and_what_it_cut_off_before_it(tmp_path):
    path = tmp_path / "a.capture"
    with recorded_hub(path) as hub:
        hub.power_cut()
    lines = shown(path)
    assert any(line.endswith("- the port was opened again") for line in lines)


# Packets.


def test_export_counts_what_it_wrote(storm, tmp_path):
    out = tmp_path / "x.pcapng"
    ran = capture("export", storm, "--out", out)
    assert (ran.exit_code, ran.out) == (0, "")
    assert "20 packets to the hub, 6 from it; 3 notices bear no message" in ran.err
    assert out.read_bytes().startswith(b"\x0a\x0d\x0d\x0a")


def test_alert_without_a_verdict_is_exported_as_such(tmp_path):
    path, out = tmp_path / "a.capture", tmp_path / "x.pcapng"
    storm_capture(tmp_path).rename(path)
    records = [each.stretch for each in frames_of(path) if each.kind != "HanAck"]
    begun = records_of(path)[0]
    write_capture(path, [begun, *records])
    ran = capture("export", path, "--out", out)
    assert (ran.exit_code, out.read_bytes().count(b"no verdict in the capture")) == (1, 20)
    ran = capture("export", path, "--out", out, "--clock", "hub")
    assert "20 messages have no time of the hub's, and are left out" in ran.err


def test_export_to_a_full_drive_ends_with_1(storm, tmp_path, mocker):
    opened = Path.open

    def full(path, mode="r", **options):
        if mode == "wb":
            raise OSError(errno.ENOSPC, "No space left on device")
        return opened(path, mode, **options)

    mocker.patch.object(Path, "open", full)
    ran = capture("export", storm, "--out", tmp_path / "x.pcapng")
    assert ran.exit_code == 1
    assert ran.complaint().endswith("x.pcapng: cannot be written: No space left on device")


@pytest.mark.parametrize("sub_command", ["trace", "export"])
def test_folder_that_is_not_there_ends_with_2(storm, tmp_path, sub_command):
    ran = capture(sub_command, storm, "--out", tmp_path / "no" / "x")
    assert ran.exit_code == 2
    assert "there is no folder" in ran.complaint()


@pytest.mark.parametrize("sub_command", ["show", "replay", "trace", "export"])
def test_help_has_an_example_that_works(tmp_path, monkeypatch, sub_command):
    example = " ".join(capture(sub_command, "--help").out.partition("Example: ")[2].split())
    storm_capture(tmp_path)
    monkeypatch.chdir(tmp_path)
    words = example.split()
    assert words[:3] == ["stormbench", "capture", sub_command]
    assert capture(*words[2:]).exit_code == 0
