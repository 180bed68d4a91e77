"""`stormbench monitor` as its user has it: at a terminal, beside a process that writes a capture,
and as the host of a hub on MicroPython's Unix port.
"""

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hears_ctrl_c import hear_ctrl_c

STORMBENCH = [sys.executable, "-m", "stormbench"]
METER, SUPPLIER = "00DB1234567890A0", "90B3D51F30010000"
MOST_S = 60
OTHER_SCREEN, BACK = b"\x1b[?1049h", b"\x1b[?1049l"
SCENARIO = f"""
name = "short"
duration_ms = 3_000
[[devices]]
name = "meter"
kind = "ESME"
originator = "{METER}"
[[phases]]
name = "storm"
device = "meter"
code = "8F3E"
target = "{SUPPLIER}"
duration_ms = 3_000
shape = "periodic"
per_hour = 72_000
"""


class Terminal:
    """A terminal of 80 by 24 with a `stormbench` in it; `wrote` is all that came so far."""

    def __init__(self, *arguments: object) -> None:
        self.wrote = b""
        self._ours, self._its = pty.openpty()
        fcntl.ioctl(self._its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._before = termios.tcgetattr(self._its)
        self._process = subprocess.Popen(
            [*STORMBENCH, *map(str, arguments)],
            stdin=self._its,
            stdout=self._its,
            stderr=self._its,
            env={**os.environ, "TERM": "xterm-256color"},
            preexec_fn=self._take_for_its_own,
        )

    def _take_for_its_own(self) -> None:
        hear_ctrl_c()
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def await_text(self, text: str) -> None:
        """Read until it was drawn; it may have been before."""
        until_s = time.monotonic() + MOST_S
        while text not in self.text():
            assert time.monotonic() < until_s, f"no {text!r} in {self.text()[-2000:]}"
            self._read()

    def press(self, keys: bytes) -> None:
        os.write(self._ours, keys)

    def end(self) -> int:
        """Its exit code, once all it wrote has been read."""
        until_s = time.monotonic() + MOST_S
        while self._process.poll() is None:
            assert time.monotonic() < until_s, f"it goes on: {self.text()[-2000:]}"
            self._read()
        while self._read():
            pass
        return self._process.returncode

    def is_as_before(self) -> bool:
        return termios.tcgetattr(self._its) == self._before

    def text(self) -> str:
        """What was written, without what moves cursors and colours."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.wrote.decode(errors="replace"))

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._ours)
        os.close(self._its)

    def _read(self) -> bool:
        is_waiting, _, _ = select.select([self._ours], [], [], 0.2)
        if is_waiting:
            self.wrote += os.read(self._ours, 65536)
        return bool(is_waiting)


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.close()


def trace(folder: Path) -> Path:
    """A storm of twenty seconds."""
    path = folder / "trace.csv"
    rows = (f"{t_ms},{METER},{SUPPLIER},8F3E\n" for t_ms in range(0, 20_000, 100))
    path.write_text("t_ms,originator,target,code\n" + "".join(rows))
    return path


def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [*STORMBENCH, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_capture_that_another_process_writes_is_watched_until_q(
    tmp_path: Path, terminals: list[Terminal]
) -> None:
    capture = tmp_path / "a.capture"
    terminals.append(terminal := Terminal("monitor", capture, "--follow"))
    terminal.await_text("no session has begun")
    recorded = ("--capture", capture, "--out", tmp_path / "v.csv")
    ran = run("replay", trace(tmp_path), "--hub", "unix", *recorded)
    assert ran.returncode == 0, ran.stderr
    terminal.await_text("  ended")
    assert OTHER_SCREEN in terminal.wrote and BACK not in terminal.wrote
    terminal.press(b"xq")
    assert terminal.end() == 0
    assert terminal.is_as_before()
    (_, left) = terminal.wrote.split(BACK)
    assert b"SUPPRESS" in left, "the state stays on the screen that was there before"


def test_ctrl_c_at_an_idle_hub_ends_with_130_and_leaves_the_terminal_as_it_was(
    terminals: list[Terminal],
) -> None:
    terminals.append(terminal := Terminal("monitor", "--hub", "unix"))
    terminal.await_text("hub counts 0 in")
    terminal.press(b"\x03")
    assert terminal.end() == 130
    assert terminal.is_as_before()
    assert BACK in terminal.wrote and b"Traceback" not in terminal.wrote


def test_terminal_is_as_before_after_an_error(tmp_path: Path, terminals: list[Terminal]) -> None:
    path = tmp_path / "a.capture"
    terminals.append(terminal := Terminal("monitor", path, "--follow"))
    terminal.await_text("no session has begun")
    path.write_bytes(b"t_ms,originator,target,code\n")
    assert terminal.end() == 2
    assert terminal.is_as_before()
    assert BACK in terminal.wrote and "no capture" in terminal.text()


def test_idle_hub_is_asked_for_its_counters_until_the_time_has_come() -> None:
    ran = run("monitor", "--hub", "unix", "--until-s", 2.5, "--every-s", 1, "--json")
    assert ran.returncode == 0, ran.stderr
    state = json.loads(ran.stdout)
    assert state["watched_ms"] >= 2_500 and state["counters"]["received"] == 0
    assert "unix: in 0.0/s" in ran.stderr


def test_storm_into_micropython_is_watched_to_its_end(tmp_path: Path) -> None:
    scenario = tmp_path / "short.toml"
    scenario.write_text(SCENARIO)
    ran = run("monitor", "--hub", "unix", "--scenario", scenario, "--json")
    state = json.loads(ran.stdout)
    assert state["in"]["alerts"] == 60 == sum(v["alerts"] for v in state["verdicts"].values())
    assert state["in"]["is_flood"] and state["link"]["round_trip_ms"]["max"] > 0
    assert state["ended"] and state["link"]["under_way"] == 0
