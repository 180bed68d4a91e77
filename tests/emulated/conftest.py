"""Where the image comes from that the emulated board runs."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stormbench.emulator import EmulatedPico


@pytest.fixture(scope="session")
def uf2() -> Path:
    """A MicroPython image for the Pico that boots to its REPL."""
    name = os.environ.get("STORMBENCH_UF2")
    if not name or not Path(name).is_file():
        pytest.fail("no UF2 image: set STORMBENCH_UF2 to a MicroPython image for the Pico")
    return Path(name)


@pytest.fixture
def power_on(uf2: Path) -> Iterator[Callable[..., EmulatedPico]]:
    """Make boards that are switched off after the test."""
    boards: list[EmulatedPico] = []

    def one_more(
        unique_id: bytes = b"\x00\xdb\x12\x34\x00\x00\x00\x01", **rest: float
    ) -> EmulatedPico:
        boards.append(EmulatedPico(uf2, unique_id=unique_id, **rest))
        return boards[-1]

    yield one_more
    for board in boards:
        board.close()


@pytest.fixture
def pico(power_on: Callable[..., EmulatedPico]) -> EmulatedPico:
    """One board, just booted."""
    return power_on()
