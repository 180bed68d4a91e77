"""Capture files: what is refused, what is cut off, what is continued, and a drive that is full."""

import errno
import os
import struct
import zlib
from dataclasses import replace

import pytest
from cobs import cobs

from capture_bench import capture, records_of, storm_capture, write_capture
from command_line import stormbench
from hubwire.framing import DELIMITER
from replay_bench import POLICY, STORM, replayed
from stormbench.capture.reading import Capture
from stormbench.capture.records import HEAD, Begun, Ended


@pytest.fixture
def storm(tmp_path):
    return storm_capture(tmp_path)


def test_capture_begins_and_ends_with_its_session(storm):
    first, *_, last = records_of(storm)
    assert isinstance(first, Begun) and first.hub == "sim"
    assert isinstance(last, Ended) and last.stretches == len(records_of(storm)) - 2


def test_capture_has_the_policy_and_the_counters_before_the_command_begins(storm):
    shown = capture("show", storm).out.splitlines()
    kinds = [line.split()[3] for line in shown if line.split()[2] in "<>"]
    assert kinds.index("Policy") < kinds.index("Counters") < kinds.index("SetPolicy")


def test_recording_changes_no_verdict(tmp_path):
    plain = replayed(tmp_path, STORM)
    assert replayed(tmp_path, STORM, "--capture", tmp_path / "a.capture") == plain


@pytest.mark.parametrize(
    ("octets", "complaint"),
    [
        (b"", "no capture: expected it to begin with 'stormbench capture 1', got an empty file"),
        (b"t_ms,originator\n", "no capture: "),
        (HEAD, "no capture: "),
        (b"stormbench capture 2\n\0", "a capture of format version 2; this stormbench reads 1"),
        (b"stormbench capture x\n\0", "no capture: "),
    ],
)
def test_what_is_no_capture_ends_with_2(tmp_path, octets, complaint):
    path = tmp_path / "a.capture"
    path.write_bytes(octets)
    ran = capture("show", path)
    assert ran.exit_code == 2
    assert complaint in ran.complaint()


@pytest.mark.parametrize("sub_command", ["show", "replay"])
def test_capture_that_is_not_there_ends_with_2(tmp_path, sub_command):
    ran = capture(sub_command, tmp_path / "no.capture")
    assert ran.exit_code == 2
    assert ran.complaint().endswith("no.capture: cannot be read: No such file or directory")


@pytest.mark.parametrize(
    "other", [{"protocol_version": 0x24}, {"definition_hash": "00112233"}], ids=str
)
@pytest.mark.parametrize("sub_command", ["show", "replay"])
def test_capture_of_another_protocol_ends_with_2(storm, other, sub_command):
    begun, *rest = records_of(storm)
    write_capture(storm, [replace(begun, **other), *rest])
    ran = capture(sub_command, storm)
    assert ran.exit_code == 2
    assert "take the stormbench that recorded it, 0." in ran.complaint()
    assert ("0x24" if "protocol_version" in other else "00112233") in ran.complaint()


def test_cut_off_end_is_shown_as_far_as_it_goes_and_ends_with_1(storm):
    whole = capture("show", storm).out.splitlines()
    storm.write_bytes(storm.read_bytes()[:-40])
    ran = capture("show", storm)
    assert ran.exit_code == 1
    assert ran.out.splitlines() == whole[:-2]
    assert "cut off in the middle of a record" in ran.err
    assert "session 1 has no end" in ran.err


def test_end_that_is_cut_off_between_two_records_is_noticed(storm):
    write_capture(storm, records_of(storm)[:-1])
    ran = capture("show", storm)
    assert ran.exit_code == 1
    assert "session 1 has no end" in ran.err


def test_record_that_is_missing_in_the_middle_is_noticed(storm):
    records = records_of(storm)
    write_capture(storm, records[:9] + records[10:])
    ran = capture("show", storm)
    assert ran.exit_code == 1
    assert "session 1 lacks 1 of its frames" in ran.err


def test_damaged_record_is_left_out_and_said(storm):
    octets = bytearray(storm.read_bytes())
    at = octets.index(0, 1000) + 9  # in a record's session and time
    octets[at] = 0x11 if octets[at] != 0x11 else 0x22
    storm.write_bytes(octets)
    ran = capture("show", storm)
    assert ran.exit_code == 1
    assert "1 stretches of it are damaged, and left out" in ran.err


def test_frames_whose_begin_is_lost_are_said(storm):
    write_capture(storm, records_of(storm)[1:])
    ran = capture("show", storm)
    assert ran.exit_code == 1
    assert "belong to sessions whose begin is lost" in ran.err


def test_capture_that_is_there_is_continued_with_another_session(storm, tmp_path):
    replayed(tmp_path, STORM, "--capture", storm)
    assert len(Capture(storm).sessions()) == 2
    assert capture("show", storm).exit_code == 0


def test_capture_that_was_cut_off_can_be_continued(storm, tmp_path):
    storm.write_bytes(storm.read_bytes()[:-5])
    replayed(tmp_path, STORM, "--capture", storm)
    ran = capture("replay", storm)
    assert ran.out.count("every verdict as it was recorded") == 2


def test_file_that_is_no_capture_is_not_written_over(tmp_path):
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    ran = stormbench("policy", "show", "--hub", "sim", "--capture", mine)
    assert ran.exit_code == 2
    assert ran.complaint().endswith("; name another file")
    assert mine.read_text() == "mine"


def test_folder_that_is_not_there_ends_with_2(tmp_path):
    ran = stormbench("policy", "show", "--hub", "sim", "--capture", tmp_path / "no" / "x")
    assert ran.exit_code == 2
    assert "there is no folder" in ran.complaint()


@pytest.mark.parametrize("command", [("policy", "show"), ("firmware", "info", "hub.uf2")], ids=str)
def test_capture_without_a_hub_ends_with_2(tmp_path, command):
    ran = stormbench(*command, "--capture", tmp_path / "a.capture")
    assert ran.exit_code == 2
    assert "--capture goes with --hub" in ran.complaint()


@pytest.mark.parametrize(
    "content",
    [b"[" * 3000, b"[]", b"{}", b'{"hub":"","hub_id":Infinity}', b"\xff", b""],
    ids=lambda content: repr(content[:9]),
)
def test_begin_that_says_something_else_is_damage(tmp_path, content):
    body = struct.pack("<BIQ", 1, 1, 2) + content
    path = tmp_path / "a.capture"
    record = cobs.encode(body + struct.pack("<I", zlib.crc32(body)))
    path.write_bytes(HEAD + DELIMITER + record + DELIMITER)
    ran = capture("show", path)
    assert (ran.exit_code, ran.out) == (1, "")
    assert "1 stretches of it are damaged" in ran.err


def test_command_line_that_is_invalid_leaves_no_file(tmp_path):
    path = tmp_path / "a.capture"
    ran = stormbench("replay", tmp_path / "no.csv", "--out", tmp_path / "v.csv", "--capture", path)
    assert ran.exit_code == 2
    assert not path.exists()


@pytest.fixture
def room_bytes(mocker):
    """A drive with room for 5,000 bytes, whose last write is cut off."""
    left = 5000
    written = os.write

    def write(file, octets):
        nonlocal left
        if not left:
            raise OSError(errno.ENOSPC, "No space left on device")
        count = written(file, octets[:left])
        left -= count
        return count

    mocker.patch("stormbench.capture.writing.os.write", write)
    return left


def test_full_drive_ends_the_recording_and_not_the_run(tmp_path, room_bytes):
    trace, policy, out = tmp_path / "t.csv", tmp_path / "p.toml", tmp_path / "v.csv"
    trace.write_text(
        "t_ms,originator,target,code\n" + "".join(",".join(map(str, row)) + "\n" for row in STORM)
    )
    policy.write_text(POLICY)
    path = tmp_path / "a.capture"
    files = ("--policy", policy, "--out", out, "--capture", path)
    ran = stormbench("replay", trace, "--hub", "sim", *files)
    assert ran.exit_code == 1
    assert "No space left on device" in ran.err and "the run goes on" in ran.err
    assert len(out.read_text().splitlines()) == len(STORM) + 1
    assert path.stat().st_size == room_bytes
    assert "every verdict as it was recorded" in capture("replay", path).out


def test_file_that_cannot_be_opened_is_said_and_the_run_goes_on(tmp_path, mocker):
    refused = OSError(errno.EACCES, "Permission denied")
    mocker.patch("stormbench.capture.writing.os.open", side_effect=refused)
    ran = stormbench("policy", "show", "--hub", "sim", "--capture", tmp_path / "a.capture")
    assert ran.exit_code == 1
    assert "cannot be written: Permission denied" in ran.err
    assert "policy: in force on hub sim" in ran.out


def test_error_of_the_run_goes_before_that_of_its_recording(tmp_path, room_bytes, mocker):
    mocker.patch("stormbench.hub.open.firmware_sha256", lambda sources: "0" * 64)
    trace = tmp_path / "t.csv"
    trace.write_text("t_ms,originator,target,code\n" + ",".join(map(str, STORM[0])) + "\n")
    files = ("--out", tmp_path / "v.csv", "--capture", tmp_path / "a.capture")
    mocker.patch("stormbench.capture.writing.os.write", side_effect=OSError(errno.ENOSPC, "full"))
    ran = stormbench("replay", trace, "--hub", "sim", *files)
    assert ran.exit_code == 4


def test_record_of_a_kind_to_come_is_said_and_costs_nothing_else(storm):
    body = struct.pack("<BIQ", 99, 1, 2) + b"new"
    with storm.open("ab") as file:
        file.write(cobs.encode(body + struct.pack("<I", zlib.crc32(body))) + DELIMITER)
    ran = capture("show", storm)
    assert ran.exit_code == 1
    assert "1 records are of a kind that is not known here" in ran.err
