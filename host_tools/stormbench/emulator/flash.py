"""The board's flash chip: it has an identity, it takes time to erase and to program, and it wears.

rp2040py's flash is done in the instant in which the command ends. A real one is busy, for longer
than anything else on the board, with interrupts off; the firmware's boot ROM polls its status
register meanwhile. Here each such poll moves the clock to the next thing due, so that the wait
costs device time and next to no wall time. Without power a command stays half done. It knows
nothing of file systems.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from rp2040py.peripherals import ssi
from rp2040py.peripherals.ssi import RPSSI
from rp2040py.rp2040 import RP2040

UNIQUE_ID_BYTES = 8

# "Read Unique ID": the command, 4 dummy bytes, then 8 bytes (W25Q16JV data sheet, 8.2.23).
CMD_READ_UNIQUE_ID = 0x4B
UNIQUE_ID_AT = 5

STATUS_BUSY_BIT = 0x01

# Typical times of the W25Q16JV, the chip on a Pico (data sheet, 9.6, AC characteristics). The
# maxima are 3, 400 and 2000 ms.
PAGE_PROGRAM_NS = 400_000
SECTOR_ERASE_NS = 45_000_000
BLOCK_ERASE_NS = 150_000_000

COMMAND_AND_ADDRESS_BYTES = 4

BUSY_NS = {
    ssi.CMD_PAGE_PROGRAM: PAGE_PROGRAM_NS,
    ssi.CMD_SECTOR_ERASE: SECTOR_ERASE_NS,
    ssi.CMD_BLOCK_ERASE: BLOCK_ERASE_NS,
}


REACH_BYTES = {
    ssi.CMD_PAGE_PROGRAM: ssi.FLASH_PAGE_SIZE,
    ssi.CMD_SECTOR_ERASE: ssi.FLASH_SECTOR_SIZE,
    ssi.CMD_BLOCK_ERASE: ssi.FLASH_BLOCK_SIZE,
}
"""How much of the chip a command changes, from a multiple of that on."""


@dataclass(frozen=True)
class Change:
    """A command that the chip is at, and what stood where it works."""

    command: int
    start: int
    before: bytes


class BoardFlash(RPSSI):
    """The flash chip and the serial interface to it.

    Attributes:
        erases: How often each sector was erased, by its number from the start of the flash.
    """

    def __init__(self, chip: RP2040, name: str, unique_id: bytes) -> None:
        super().__init__(chip, name)
        self.erases: Counter[int] = Counter()
        self._unique_id = unique_id
        self._busy_until_ns = 0.0
        self._change: Change | None = None
        self._within_next: tuple[float, Callable[[], None]] | None = None

    def call_within_next(self, part: float, call: Callable[[], None]) -> None:
        """Call once, when the next command that changes the chip is `part` (0 to 1) done."""
        self._within_next = part, call

    def power_cut(self) -> None:
        """Leave the command that the chip is at half done.

        Of a page the bytes that were not reached yet stay as they were; of a sector bits at random
        are erased and others not (the same ones for the same time).
        """
        left_ns = self._busy_until_ns - self.rp2040.clock.nanos
        self._busy_until_ns = 0.0
        self._within_next = None
        if left_ns <= 0 or self._change is None:
            return
        change = self._change
        done = 1 - left_ns / BUSY_NS[change.command]
        end = change.start + len(change.before)
        if change.command == ssi.CMD_PAGE_PROGRAM:
            reached = round(done * len(change.before))
            self.rp2040.flash[change.start + reached : end] = change.before[reached:]
        else:
            draw = random.Random(f"{change.start} {left_ns}")
            half = bytes(
                byte | (0xFF if draw.random() < done else draw.getrandbits(8))
                for byte in change.before
            )
            self.rp2040.flash[change.start : end] = half

    def _shift_byte(self, byte_out: int) -> int:
        answer = super()._shift_byte(byte_out)
        position = len(self._tx_buffer) - 1
        command = self._tx_buffer[0]
        if position and command == ssi.CMD_READ_STATUS_1:
            return answer | (STATUS_BUSY_BIT if self._wait_while_busy() else 0)
        if command == CMD_READ_UNIQUE_ID and position >= UNIQUE_ID_AT:
            return self._unique_id[(position - UNIQUE_ID_AT) % UNIQUE_ID_BYTES]
        return answer

    def _apply_command(self) -> None:
        command = self._tx_buffer[0] if self._tx_buffer else None
        is_whole = len(self._tx_buffer) >= COMMAND_AND_ADDRESS_BYTES
        takes_effect = self._write_enabled and is_whole
        if command in BUSY_NS and takes_effect:
            self._note_change(command)
        super()._apply_command()
        if command in BUSY_NS and takes_effect:
            self._busy_until_ns = self.rp2040.clock.nanos + BUSY_NS[command]
            if self._within_next is not None:
                part, call = self._within_next
                self._within_next = None
                self.rp2040.clock.create_alarm(call).schedule(part * BUSY_NS[command])

    def _note_change(self, command: int) -> None:
        reach = REACH_BYTES[command]
        start = (
            int.from_bytes(self._tx_buffer[1:COMMAND_AND_ADDRESS_BYTES], "big") // reach * reach
        )
        self._change = Change(command, start, bytes(self.rp2040.flash[start : start + reach]))
        if command != ssi.CMD_PAGE_PROGRAM:
            first = start // ssi.FLASH_SECTOR_SIZE
            self.erases.update(range(first, first + reach // ssi.FLASH_SECTOR_SIZE))

    def _wait_while_busy(self) -> bool:
        """Let time pass until the chip is ready or something else is due.

        Stopping at the next alarm keeps every other time exact: bytes that the USB host sends
        while the core is stalled arrive when they would, and the caller's deadline holds.

        Returns:
            Whether the chip is still busy.
        """
        clock = self.rp2040.clock
        left_ns = self._busy_until_ns - clock.nanos
        if left_ns <= 0:
            return False
        if clock.has_scheduled_alarm:
            left_ns = min(left_ns, clock.nanos_to_next_alarm)
        clock.tick(left_ns)
        return clock.nanos < self._busy_until_ns
