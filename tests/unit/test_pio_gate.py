"""When the PIO blocks of an emulated chip are stepped with its core."""

import pytest
from rp2040py.rp2040 import RP2040

from stormbench.emulator.pio import PioGate

PIO0 = 0x5020_0000
PIO1 = 0x5030_0000
CLEAR_ALIAS = 0x3000
PROGRAM = 0x48
SM0_CLKDIV = 0xC8
SET_PINS_1 = 0xE001


class Chip:
    """A chip with a gate, and how often the gate was opened."""

    def __init__(self) -> None:
        self.openings = 0
        self.chip = RP2040()
        self.chip.simulator = self  # type: ignore[assignment]  # or a block looks for asyncio
        self.gate = PioGate(self.chip, self.count)

    def count(self) -> None:
        self.openings += 1


def test_no_block_is_stepped_at_first() -> None:
    assert len(Chip().chip.pio) == 0


@pytest.mark.parametrize("block", [PIO0, PIO1])
def test_loading_a_program_opens_the_gate_at_once(block: int) -> None:
    one = Chip()
    one.chip.write_uint32(block + PROGRAM, SET_PINS_1)
    assert (one.openings, len(one.chip.pio)) == (1, 2)


def test_starting_a_state_machine_opens_the_gate() -> None:
    one = Chip()
    one.chip.write_uint32(PIO1, 0b1000)
    assert (one.openings, len(one.chip.pio)) == (1, 2)


@pytest.mark.parametrize(
    ("address", "value"),
    [
        (PIO0 + PROGRAM, 0),  # clearing the program memory, as every boot does
        (PIO0 + CLEAR_ALIAS, 0b1111),  # stopping all state machines
        (PIO0 + SM0_CLKDIV, 0x1_0000),  # a register that starts nothing
    ],
)
def test_what_starts_nothing_leaves_the_gate_shut(address: int, value: int) -> None:
    one = Chip()
    one.chip.write_uint32(address, value)
    assert (one.openings, len(one.chip.pio)) == (0, 0)


def test_the_gate_is_opened_once() -> None:
    one = Chip()
    one.chip.write_uint32(PIO0 + PROGRAM, SET_PINS_1)
    one.chip.write_uint32(PIO0, 1)
    assert one.openings == 1


@pytest.mark.parametrize("is_open", [False, True])
def test_a_reset_leaves_the_gate_as_it_was(is_open: bool) -> None:
    one = Chip()
    if is_open:
        one.gate.open()
    one.gate.reset_chip(from_watchdog=False)
    assert len(one.chip.pio) == (2 if is_open else 0)
