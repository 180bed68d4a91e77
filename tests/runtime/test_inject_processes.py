"""`stormbench inject` as a process: Ctrl-C at a terminal reaches it, and not the hub."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hears_ctrl_c import hear_ctrl_c

SCENARIO = """
name = "long"
duration_ms = 600_000
[[devices]]
name = "meter"
kind = "ESME"
originator = "00DB1234567890A0"
[[phases]]
name = "storm"
device = "meter"
code = "8F3E"
target = "90B3D51F30010000"
duration_ms = 600_000
shape = "periodic"
per_hour = 72_000
"""


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent to a group of processes of POSIX")
def test_ctrl_c_at_a_terminal_leaves_whole_accounts(tmp_path: Path) -> None:
    path = tmp_path / "long.toml"
    path.write_text(SCENARIO)
    command = [sys.executable, "-m", "stormbench", "inject", str(path), "--hub", "unix", "--json"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a terminal of its own, for which the group stands
        preexec_fn=hear_ctrl_c,
    ) as process:
        assert process.stderr is not None and process.stdout is not None
        for line in process.stderr:
            if "inject into unix: " in line:
                os.killpg(process.pid, signal.SIGINT)
                break
        document = json.loads(process.stdout.read())
    assert process.returncode == 130
    total = document["sum"]
    assert total["sent"] + total["not_sent"] == total["intended"]
    assert total["not_sent"] > 0 == total["unaccounted"]
