"""`stormbench replay` from the command line to the exit code."""

import errno
from pathlib import Path

import pytest

from command_line import stormbench

HEADER = "t_ms,originator,target,code\n"
ROW = "{},00DB1234567890A0,90B3D51F30010000,8F3E\n"


@pytest.fixture
def trace(tmp_path):
    path = tmp_path / "trace.csv"
    path.write_text(HEADER + ROW.format(5) + ROW.format(6))
    return path


@pytest.fixture
def out(tmp_path):
    return tmp_path / "v.csv"


def test_replay_ends_with_0_and_says_nothing_on_stdout(trace, out):
    ran = stormbench("replay", trace, "--hub", "sim", "--out", out)
    assert (ran.exit_code, ran.out) == (0, "")
    assert len(out.read_text().splitlines()) == 3


def test_events_file_is_written_only_if_it_is_asked_for(trace, out, tmp_path):
    stormbench("replay", trace, "--hub", "sim", "--out", out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["trace.csv", "v.csv"]


def test_trace_that_is_not_there_ends_with_2(tmp_path, out):
    ran = stormbench("replay", tmp_path / "no.csv", "--hub", "sim", "--out", out)
    assert ran.exit_code == 2
    assert ran.complaint().endswith("no.csv: cannot be read: No such file or directory")


def test_trace_out_of_order_ends_with_2_and_its_line(trace, out):
    trace.write_text(HEADER + ROW.format(5) + ROW.format(4))
    ran = stormbench("replay", trace, "--hub", "sim", "--out", out)
    assert ran.exit_code == 2
    assert "trace.csv:3: 4 ms is earlier" in ran.complaint()


def test_policy_that_is_refused_ends_with_2_field_and_reason(trace, out, tmp_path):
    policy = tmp_path / "p.toml"
    policy.write_text("sample_every = 0\n")
    ran = stormbench("replay", trace, "--hub", "sim", "--policy", policy, "--out", out)
    assert ran.exit_code == 2
    assert ran.complaint().endswith("p.toml: sample_every: must be 1 to 65535, got 0")


def test_nothing_is_written_where_the_input_is_refused(trace, out):
    trace.write_text(HEADER)
    stormbench("replay", trace, "--hub", "sim", "--out", out)
    assert not out.exists()


def test_until_before_the_last_row_ends_with_2(trace, out):
    ran = stormbench("replay", trace, "--hub", "sim", "--until", 5, "--out", out)
    assert ran.exit_code == 2
    assert "--until 5: the last row of" in ran.complaint()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--until", -1),
        ("--until", "x"),
        ("--until", 2**47 + 1),
        ("--start-ms", -1),
        ("--start-ms", 2**47 + 1),
        ("--capacity-devices", -1),
        ("--capacity-devices", 1025),
        ("--capacity-keys", 1025),
        ("--capacity-keys", "many"),
    ],
)
def test_number_out_of_range_ends_with_2_and_names_the_option(trace, out, option, value):
    ran = stormbench("replay", trace, "--hub", "sim", option, value, "--out", out)
    assert ran.exit_code == 2
    assert option in ran.complaint()
    assert not out.exists()


@pytest.mark.parametrize("missing", ["trace", "out"])
def test_argument_that_is_missing_ends_with_2_and_its_name(trace, out, missing):
    arguments = ["--out", out] if missing == "trace" else [trace]
    ran = stormbench("replay", "--hub", "sim", *arguments)
    assert ran.exit_code == 2
    assert ("TRACE.csv" if missing == "trace" else "--out") in ran.complaint()


@pytest.mark.parametrize("hub", ["auto", "/dev/ttyACM0", "COM3", "id:E660", "socket://h:1", "Sim"])
def test_hub_with_a_clock_of_its_own_ends_with_2(trace, out, hub):
    ran = stormbench("replay", trace, "--hub", hub, "--out", out)
    assert ran.exit_code == 2
    assert ran.complaint().startswith(f"--hub {hub}: ")


def test_image_that_is_not_there_ends_with_2(trace, out):
    emulated = ("--hub", "emulated", "--uf2", "/nowhere.uf2")
    ran = stormbench("replay", trace, *emulated, "--out", out)
    assert ran.exit_code == 2
    assert ran.complaint().startswith("expected a UF2 file at /nowhere.uf2, got: No such file")


def test_hub_with_another_firmware_ends_with_4(trace, out, monkeypatch):
    monkeypatch.setattr("stormbench.hub.open.firmware_sha256", lambda sources: "0" * 64)
    ran = stormbench("replay", trace, "--hub", "sim", "--out", out)
    assert ran.exit_code == 4
    assert "this tree has 000000000000" in ran.complaint()
    assert not out.exists()


@pytest.mark.parametrize("option", ["--out", "--events"])
def test_folder_that_is_not_there_ends_with_2_before_the_run(trace, out, option, tmp_path):
    elsewhere = tmp_path / "no" / "x.csv"
    ran = stormbench("replay", trace, "--hub", "sim", "--out", out, option, elsewhere)
    assert ran.exit_code == 2
    assert "x.csv: cannot be written: there is no folder " in ran.complaint()
    assert not out.exists()


def test_result_that_cannot_be_written_ends_with_1(trace, out, mocker):
    opened = Path.open

    def full(path, mode="r", **options):
        if mode == "w":
            raise OSError(errno.ENOSPC, "No space left on device")
        return opened(path, mode, **options)

    mocker.patch.object(Path, "open", full)
    ran = stormbench("replay", trace, "--hub", "sim", "--out", out)
    assert ran.exit_code == 1
    assert ran.complaint().endswith("v.csv: cannot be written: No space left on device")


def test_environment_names_the_hub_where_no_option_does(trace, out, monkeypatch):
    monkeypatch.setenv("STORMBENCH_HUB", "sim")
    assert stormbench("replay", trace, "--out", out).exit_code == 0


def test_option_goes_before_the_environment(trace, out, monkeypatch):
    monkeypatch.setenv("STORMBENCH_HUB", "/dev/ttyACM0")
    assert stormbench("replay", trace, "--out", out).complaint().startswith("--hub /dev/ttyACM0")
    assert stormbench("replay", trace, "--hub", "sim", "--out", out).exit_code == 0


def test_help_has_an_example_that_works(trace, out, monkeypatch):
    ran = stormbench("replay", "--help")
    example = " ".join(ran.out.partition("Example: ")[2].split())
    assert example.startswith("stormbench replay storm.csv --hub sim --out verdicts.csv")
    monkeypatch.chdir(trace.parent)
    trace.rename("storm.csv")
    assert stormbench(*example.split()[1:]).exit_code == 0
    assert Path("verdicts.csv").exists() and Path("events.csv").exists()


def test_unwise_policy_is_warned_about_and_put_in_force(trace, out):
    ran = stormbench("replay", trace, "--hub", "sim", "--policy", "bad", "--out", out)
    warned = [line for line in ran.err.splitlines() if "8F66" in line]
    assert (ran.exit_code, ran.out, len(warned)) == (0, "", 1)
    assert warned[0].startswith("stormbench: warning: policy: excluded_codes: 8F66")


def test_default_policy_is_not_warned_about(trace, out):
    assert stormbench("replay", trace, "--hub", "sim", "--out", out).err == ""
