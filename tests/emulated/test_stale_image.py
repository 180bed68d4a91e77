"""A change of the firmware is noticed, mended by a build, and then seen in the verdict."""

import json
import os
from pathlib import Path
from typing import Any

from tree_copy import TreeCopy

STORM = """
name = "storm on a narrow WAN"
duration_ms = 1_800_000
wan = { bytes_per_s = 4, delay_ms = 100, queue_bytes = 500, loss = 0.0 }

[[devices]]
name = "meter"
kind = "ESME"
originator = "00DB1234567890A0"

[[devices]]
name = "neighbour"
kind = "GSME"
originator = "00DB1234567890A1"

[[phases]]
name = "stuck"
device = "meter"
code = "8F3E"
target = "90B3D51F30010000"
duration_ms = 600_000
shape = "periodic"
per_hour = 240
storm = true

[[phases]]
name = "usual"
device = "neighbour"
code = "8154"
target = "90B3D51F30010000"
duration_ms = 1_200_000
shape = "periodic"
per_hour = 24
payload = "gbz"
"""


def test_a_changed_threshold_needs_a_build_and_then_changes_the_verdict(
    copied_tree: TreeCopy,
) -> None:
    (copied_tree.root / "storm.toml").write_text(STORM, encoding="utf-8")
    copied_tree.build()
    before = _place(copied_tree)
    threshold = "words[device + _COUNT] > policy.red_threshold"
    higher = f"{threshold} + {60000 + os.getpid()}"  # in no cache yet
    copied_tree.change("firmware/commshub/throttle.py", threshold, higher)

    stale = copied_tree.stormbench("compare", "storm.toml")
    image = copied_tree.build()
    after = _place(copied_tree)
    image.unlink()

    assert stale.returncode == 4
    assert "stormbench firmware build" in stale.stderr
    assert "Traceback" not in stale.stderr
    assert (before, after) == ("hub", "none")


def _place(tree: TreeCopy) -> Any:
    done = tree.stormbench("compare", "storm.toml", "--out", "out")
    assert done.returncode == 0, done.stderr
    report = json.loads((Path(tree.root) / "out" / "report.json").read_text(encoding="utf-8"))
    return report["verdict"]["place"]
