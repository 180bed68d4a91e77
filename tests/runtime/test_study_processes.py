"""`stormbench study` with real processes: on all processors, stopped by Ctrl-C, gone on with."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hears_ctrl_c import hear_ctrl_c

ONLY = ["--only", "future_dated_outcomes", "--only", "boot_loop"]


def study(out: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "stormbench", "study", *ONLY, "--out", str(out), *more]


def runs_in(out: Path) -> list[str]:
    """The keys of the runs that are kept, in the order in which they ended."""
    lines = (out / "runs.jsonl").read_text().splitlines()
    return [json.loads(line)["key"] for line in lines[1:]]


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent to a group of processes of POSIX")
def test_study_that_is_stopped_goes_on_and_comes_to_what_it_would_have(tmp_path: Path) -> None:
    stopped, whole = tmp_path / "stopped", tmp_path / "whole"
    many = ["--replications", "200", "--workers", "2"]
    with subprocess.Popen(
        study(stopped, *many),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hear_ctrl_c,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if " of 400" in line:
                os.killpg(process.pid, signal.SIGINT)
                break
        said = process.stderr.read()
    assert process.returncode == 130
    assert "Traceback" not in said
    kept = runs_in(stopped)
    assert 0 < len(kept) < 400
    few = ["--replications", "2", "--json"]
    gone_on = subprocess.run(study(stopped, *few), capture_output=True, text=True, check=True)
    anew = subprocess.run(
        study(whole, *few, "--workers", "1"), capture_output=True, text=True, check=True
    )
    assert runs_in(stopped)[: len(kept)] == kept
    assert "runs are there" in gone_on.stderr
    reports = [json.loads(ran.stdout) for ran in (gone_on, anew)]
    for report in reports:
        del report["provenance"]["command"]
    assert reports[0] == reports[1]
