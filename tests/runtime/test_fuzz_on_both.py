"""Any bytes into the device's decoders and a whole hub, on CPython and on the Unix port.

hypothesis makes the bytes here; a process of each runtime judges them, and both must say the same.
What raises there ends the process, and the test with the input that it died of.
"""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fuzz_oracle
from fuzz_inputs import FRAMES, MESSAGES, damaged, random_frame, some_octets, stretches
from fuzz_oracle import Oracle, agreed
from hub_feed import HubFeed, hub_steps

HELLO_REQUEST = FRAMES[0]
half_as_many = settings(max_examples=settings().max_examples // 2)
"""As elsewhere: each example asks two processes, and of a hub many times."""

streams = st.lists(stretches, max_size=6).map(b"\x00".join)


class Hubs:
    """The hub of each process, as one that must answer alike; it hands out nothing it says."""

    def __init__(self, oracles: list[Oracle], which: str) -> None:
        self._oracles = oracles
        agreed(oracles, which)

    def feed(self, octets: bytes) -> None:
        agreed(self._oracles, "hub", octets)

    def pass_ms(self, ms: int) -> None:
        agreed(self._oracles, "pass", ms.to_bytes(8, "big"))


class FeedOfBoth(HubFeed):
    """Steps for both hubs."""

    def __init__(self, oracles: list[Oracle], which: str = "new") -> None:
        super().__init__(lambda on_said: Hubs(oracles, which))


@pytest.fixture(scope="module")
def both() -> Iterator[list[Oracle]]:
    """A process of each runtime, kept for all examples."""
    oracles = [fuzz_oracle.cpython(), fuzz_oracle.micropython()]
    yield oracles
    for oracle in oracles:
        oracle.close()


# What they answer.


@half_as_many
@given(stream=streams)
def test_framer_finds_the_same_in_any_bytes(both: list[Oracle], stream: bytes) -> None:
    agreed(both, "frames", stream)


@given(message=damaged(MESSAGES) | some_octets)
def test_reader_finds_the_same_in_any_message(both: list[Oracle], message: bytes) -> None:
    agreed(both, "gbcs", message)


@half_as_many
@given(steps=hub_steps)
def test_hub_says_the_same_whatever_it_is_told(both: list[Oracle], steps: list[Any]) -> None:
    feed = FeedOfBoth(both)
    for step in steps:
        feed.take(step)
    said = agreed(both, "hub", b"\x00" + HELLO_REQUEST)
    assert not said.startswith("(0,"), "a hub that lives says hello"


@settings(max_examples=settings().max_examples // 8)
@given(steps=hub_steps)
def test_hub_with_a_key_says_the_same_too(both: list[Oracle], steps: list[Any]) -> None:
    feed = FeedOfBoth(both, "keyed")
    for step in steps:
        feed.take(step)


# Memory.

SLACK_BYTES = 256
"""Of the Unix port's heap, whose blocks are of 32 bytes: what the collector takes for a pointer
on the stack, and numbers that are objects of their own once they are large."""


def growth_bytes(oracle: Oracle, seed: int, stretches_fed: int) -> int:
    """What so many random stretches more leave in the heap of a hub, after as many.

    At rest its tables are empty and its policy is the same; so is all that it then holds.
    """
    random = Random(seed)
    feed = FeedOfBoth([oracle])
    in_use_bytes = []
    for _ in range(2):
        for _ in range(stretches_fed):
            octets = random_frame(random)
            feed.octets(octets)
            oracle.ask("frames", octets)
        feed.rest()
        in_use_bytes.append(int(oracle.ask("memory")))
    return in_use_bytes[1] - in_use_bytes[0]


def test_no_input_grows_the_memory_of_the_unix_port(both: list[Oracle]) -> None:
    assert growth_bytes(both[1], seed=1, stretches_fed=1000) < SLACK_BYTES


@pytest.mark.soak
def test_no_long_feed_grows_the_memory_of_the_unix_port(both: list[Oracle]) -> None:
    seed = secrets.randbits(32)
    assert growth_bytes(both[1], seed, 20_000) < SLACK_BYTES, f"seed {seed}"


# The oracle itself.


@pytest.mark.parametrize("runtime", [fuzz_oracle.cpython, fuzz_oracle.micropython])
@pytest.mark.parametrize(
    ("text", "told"), [("raise ValueError('broken')", "broken"), ("while True: pass", "nothing")]
)
def test_process_that_raises_or_hangs_fails_with_the_input_it_did_so_at(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    runtime: Callable[[Path], Oracle],
    text: str,
    told: str,
) -> None:
    monkeypatch.setattr(fuzz_oracle, "LONGEST_ANSWER_S", 0.3)
    script = tmp_path / "script.py"
    script.write_text(f"import sys\nsys.stdin.readline()\n{text}\n")
    with pytest.raises(AssertionError, match=rf"(?s)at gbcs 0102:.*{told}"):
        runtime(script).ask("gbcs", b"\x01\x02")


def test_answers_that_differ_fail_with_both(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("import sys\nsys.stdin.readline()\nprint('=', sys.implementation.name)\n")
    oracles = [fuzz_oracle.cpython(script), fuzz_oracle.micropython(script)]
    with pytest.raises(AssertionError, match=r"gbcs 07: .*'cpython'.*'micropython'"):
        agreed(oracles, "gbcs", b"\x07")
    for oracle in oracles:
        oracle.close()
