"""A run that is recorded, from the command line to Wireshark: on MicroPython, and in children."""

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from dissected import dissected_by_tshark
from stormbench.capture.reading import Capture
from stormbench.capture.recording import Recording
from stormbench.capture.writing import CaptureFile
from stormbench.compare import side_by_side
from stormbench.compare.run import Comparison
from stormbench.scenario.read import read_scenario

HEADER = "gbcs_message.grouping_header"
FIELDS = (
    *("frame.time_epoch", "frame.interface_name", "frame.packet_flags_direction", "frame.comment"),
    *(f"{HEADER}.business_originator_id", f"{HEADER}.originator_counter", "frame.len"),
    *("_ws.malformed", "_ws.expert.severity"),
)
COMMENT_SEVERITY = str(0x00100000)
"""What tshark calls a packet's comment: no more than a comment (epan/proto.h, PI_COMMENT)."""

STORMBENCH = [sys.executable, "-m", "stormbench"]


def stormbench(*arguments: object) -> "subprocess.CompletedProcess[str]":
    """What `stormbench ARGUMENTS` does, in a process of its own."""
    command = [*STORMBENCH, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


METERS = [f"00DB1234567890{number:02X}" for number in range(0xA0, 0xA4)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A replay on MicroPython's Unix port with its capture, and what is made of that."""
    made = tmp_path_factory.mktemp("capture")
    rows = [
        f"{t_ms},{METERS[t_ms // 50 % 4]},90B3D51F30010000,8F3E" for t_ms in range(0, 12_000, 50)
    ]
    (made / "trace.csv").write_text("\n".join(["t_ms,originator,target,code", *rows]) + "\n")
    on_unix = ("--hub", "unix", "--out", made / "v.csv", "--capture", made / "a.capture")
    commands = (
        ("replay", made / "trace.csv", *on_unix),
        ("capture", "export", made / "a.capture", "--out", made / "host.pcapng"),
        ("capture", "export", made / "a.capture", "--out", made / "hub.pcapng", "--clock=hub"),
        ("capture", "trace", made / "a.capture", "--out", made / "stamped.csv"),
    )
    for command in commands:
        ran = stormbench(*command)
        assert ran.returncode == 0, ran.stderr
    return made


@pytest.fixture(scope="module")
def packets(folder: Path) -> list[dict[str, str]]:
    return dissected_by_tshark(folder / "host.pcapng", FIELDS)


def frames(folder: Path, kind: str) -> list[list[str]]:
    """The cells of `capture show --csv`, of the frames of this kind."""
    ran = stormbench("capture", "show", folder / "a.capture", "--csv", "--kind", kind)
    assert ran.returncode == 0
    return [line.split(",") for line in ran.stdout.splitlines()[1:]]


def test_verdicts_of_micropython_are_those_of_the_capture_on_sim(folder):
    ran = stormbench("capture", "replay", folder / "a.capture", "--hub", "sim")
    assert ran.returncode == 0
    assert "240 alerts through hub sim: every verdict as it was recorded" in ran.stdout


def test_trace_that_was_stamped_is_the_trace_that_was_replayed(folder):
    assert (folder / "stamped.csv").read_text() == (folder / "trace.csv").read_text()


def test_tshark_finds_nothing_malformed_in_an_export(packets):
    for packet in packets:
        assert not packet["_ws.malformed"]
        assert packet["_ws.expert.severity"] == COMMENT_SEVERITY
        assert packet[f"{HEADER}.business_originator_id"].replace(":", "").upper() in METERS


def test_packets_are_as_many_as_messages_in_the_capture(folder, packets):
    interfaces = [packet["frame.interface_name"] for packet in packets]
    assert interfaces.count("HAN 1") == len(frames(folder, "HanAlert")) == 240
    assert interfaces.count("WAN 1") == len(frames(folder, "WanAlert"))


def test_directions_are_those_of_the_hub(packets):
    for packet in packets:
        is_in = packet["frame.interface_name"] == "HAN 1"
        assert int(packet["frame.packet_flags_direction"], 16) == (1 if is_in else 2)


@pytest.mark.parametrize(("interface", "kind"), [("HAN 1", "HanAlert"), ("WAN 1", "WanAlert")])
def test_packets_bear_the_times_of_the_capture(folder, packets, interface, kind):
    shown = [packet for packet in packets if packet["frame.interface_name"] == interface]
    recorded = [datetime.fromisoformat(cells[1]) for cells in frames(folder, kind)]
    expected = [f"{round(time.timestamp() * 1e6) / 1e6:.6f}000" for time in recorded]
    assert [packet["frame.time_epoch"] for packet in shown] == expected


@pytest.mark.parametrize(("interface", "kind"), [("HAN 1", "HanAlert"), ("WAN 1", "WanAlert")])
def test_packets_can_bear_the_hubs_time(folder, interface, kind):
    shown = dissected_by_tshark(folder / "hub.pcapng", FIELDS)
    times = [p["frame.time_epoch"] for p in shown if p["frame.interface_name"] == interface]
    stamps = [int(cells[6]) for cells in frames(folder, kind)]
    assert [round(float(time) * 1000) for time in times] == stamps


def test_comments_are_the_verdicts_of_the_replay(folder, packets):
    han = [packet for packet in packets if packet["frame.interface_name"] == "HAN 1"]
    verdicts = [line.split(",")[4] for line in (folder / "v.csv").read_text().splitlines()[1:]]
    assert [packet["frame.comment"].split()[0] for packet in han] == verdicts
    assert {"PASS", "SAMPLE", "SUPPRESS"} == set(verdicts)


def test_comments_of_samples_are_the_numbers_of_the_replay(folder, packets):
    wan = [packet for packet in packets if packet["frame.interface_name"] == "WAN 1"]
    comments = [packet["frame.comment"].split() for packet in wan]
    numbers = [
        ",".join(word.partition("=")[2] for word in words[2:])
        for words in comments
        if words[0] == "SAMPLE"
    ]
    lines = (folder / "v.csv").read_text().splitlines()[1:]
    expected = [line.split(",", 5)[5] for line in lines if ",SAMPLE," in line]
    assert numbers == expected and numbers


def test_passes_in_children_are_recorded_into_one_file(tmp_path, monkeypatch):
    monkeypatch.setattr(side_by_side, "_SLOW_HUBS", ("sim",))
    path = tmp_path / "a.capture"
    scenario = read_scenario(None)
    with CaptureFile(path, print) as file:
        comparison = Comparison(scenario, scenario.throttle_policy(), "sim")
        comparison.run(tmp_path, recording=Recording(file.write))
    assert len(Capture(path).sessions()) == 2
    ran = stormbench("capture", "replay", path)
    assert (ran.returncode, ran.stdout.count("every verdict as it was recorded")) == (0, 2)
