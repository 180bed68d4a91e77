"""Frames of lengths around the edges, by the device's codec on CPython and on the Unix port."""

import json
from pathlib import Path

import pytest

from both_runtimes import under_both
from frame_lengths import EDGES, FILLERS, at_the_edge
from hubwire.framing import encode


@pytest.mark.parametrize("name", ["HanAlert", "WanAlert"])
def test_frames_of_lengths_at_the_edges_are_read_and_written_again(
    name: str, tmp_path: Path
) -> None:
    frames = [
        frame for edge in EDGES for filler in FILLERS for frame in at_the_edge(name, edge, filler)
    ]
    wires = [encode(frame).hex() for frame in frames]
    file = tmp_path / "frames.jsonl"
    lines = [json.dumps({"name": name, "wire": each}) + "\n" for each in wires]
    file.write_text("".join(lines), encoding="utf-8")
    printed = under_both("codec.py", file)
    assert printed[-1] == "damaged 0"
    assert printed[1:-1:2] == wires
    assert len(wires) > 150
