"""The device's codec, over golden frames, on CPython and on MicroPython's Unix port."""

import json

import pytest

from both_runtimes import VECTORS, under_both

FRAMES = VECTORS / "frames.jsonl"


def test_golden_frames_are_read_and_written_again_as_they_were() -> None:
    printed = under_both("codec.py", FRAMES)
    golden = [json.loads(line) for line in FRAMES.read_text("utf-8").splitlines()]
    assert printed[-1] == "damaged 0"
    assert printed[1:-1:2] == [facts["wire"].lower() for facts in golden]


def test_golden_frames_have_their_names_numbers_and_boots() -> None:
    printed = under_both("codec.py", FRAMES)
    golden = [json.loads(line) for line in FRAMES.read_text("utf-8").splitlines()]
    told = [line.split()[:4] for line in printed[:-1:2]]
    expected = [(facts["name"], facts["seq"], facts["boot"]) for facts in golden]
    assert [(name, int(seq), int(boot)) for name, _, seq, boot in told] == expected


@pytest.mark.parametrize("seed", [1, 20, 300])
def test_damage_is_the_same_damage_on_both(seed: int) -> None:
    printed = under_both("damage.py", FRAMES, seed)
    assert printed[0] == f"seed {seed}"
    assert int(printed[-1].split()[1]) > 5, "a stream without damage shows nothing"
