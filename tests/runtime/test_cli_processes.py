"""The command as a process of its own: Ctrl-C, a hub that is silent, streams kept apart."""

import os
import signal
import subprocess
import sys
import time
import tty
from pathlib import Path

import pytest

from hears_ctrl_c import hear_ctrl_c
from hubwire.framing import Frame, Receiver
from stormbench.errors import HubTimeout
from stormbench.hub.open import open_hub

STORMBENCH = [sys.executable, "-m", "stormbench"]
SCENARIOS = Path(__file__).parents[1] / "scenarios"


def run(*arguments, **environment):
    ran = subprocess.run(
        [*STORMBENCH, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **environment},
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran


@pytest.fixture
def long_trace(tmp_path):
    """More alerts than any machine replays before it is interrupted."""
    path = tmp_path / "trace.csv"
    row = "{},00DB1234567890A0,90B3D51F30010000,8F3E\n"
    rows = (row.format(t_ms) for t_ms in range(100_000))
    path.write_text("t_ms,originator,target,code\n" + "".join(rows))
    return path


@pytest.mark.parametrize("hub", ["sim", "unix"])
def test_ctrl_c_in_a_long_replay_ends_with_130(long_trace, tmp_path, hub):
    out = tmp_path / "v.csv"
    environment = {**os.environ, "FORCE_COLOR": "1"}  # draws the bar, which says that it runs
    process = subprocess.Popen(
        [*STORMBENCH, "replay", long_trace, "--hub", hub, "--out", out],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        preexec_fn=hear_ctrl_c,
    )
    assert process.stderr is not None
    os.read(process.stderr.fileno(), 1)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    said, complaint = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, b"")
    assert b"stormbench: stopped" in complaint and b"Traceback" not in complaint
    assert not out.exists()


def test_hub_that_says_nothing_is_given_up_with_42():
    ours, theirs = os.openpty()
    tty.setraw(ours)
    try:
        with pytest.raises(HubTimeout, match=r"no Hello .* nothing came at all") as raised:
            open_hub(os.ttyname(theirs))
    finally:
        os.close(theirs)
        os.close(ours)
    assert int(raised.value.exit_code) == 42


def test_nothing_but_delimiters_and_a_hello_request_is_sent_to_a_port_that_is_silent():
    ours, theirs = os.openpty()
    tty.setraw(ours)
    try:
        with pytest.raises(HubTimeout):
            open_hub(os.ttyname(theirs))
        sent = os.read(ours, 65536)
    finally:
        os.close(theirs)
        os.close(ours)
    frames = list(Receiver().feed(sent))
    assert len(frames) > 1
    assert {isinstance(frame, Frame) and frame.name for frame in frames} == {"HelloRequest"}


def test_result_is_on_stdout_and_all_else_on_stderr(tmp_path):
    ran = run("compare", SCENARIOS / "no_storm.toml", "--hub", "sim", "--out", tmp_path)
    assert ran.returncode == 0
    sentence, page = ran.stdout.splitlines()
    assert sentence.startswith("No throttle is needed here")
    assert Path(page) == tmp_path / "report.html"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full: Linux has it")
def test_result_that_cannot_be_printed_is_told_and_ends_with_1():
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [*STORMBENCH, "policy", "default"], stdout=full, stderr=subprocess.PIPE, timeout=60
        )
    said = b"stormbench: the result cannot be printed: No space left on device\n"
    assert (ran.returncode, ran.stderr) == (1, said)


def test_reader_that_has_gone_is_told_nothing():
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [*STORMBENCH, "policy", "default"], stdout=writing, stderr=subprocess.PIPE, timeout=60
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (1, b"")


def test_image_that_is_not_there_ends_with_2(tmp_path):
    ran = run("compare", "--hub", "emulated", "--uf2", "/nowhere.uf2", "--out", tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "stormbench: expected a UF2 file at /nowhere.uf2, got: No such file" in ran.stderr


def test_module_and_command_are_the_same(tmp_path):
    arguments = ["compare", tmp_path / "no.toml"]
    command = Path(sys.executable).with_name("stormbench")
    ran = subprocess.run([command, *arguments], capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (2, run(*arguments).stderr)


def test_environment_names_the_hub(tmp_path):
    scenario = SCENARIOS / "no_storm.toml"
    ran = run("compare", scenario, "--out", tmp_path, "--json", STORMBENCH_HUB="sim")
    assert '"kind": "sim"' in ran.stdout


def test_command_without_arguments_shows_its_help_and_ends_with_2():
    ran = run()
    assert ran.returncode == 2
    assert "Usage: stormbench" in ran.stderr + ran.stdout
