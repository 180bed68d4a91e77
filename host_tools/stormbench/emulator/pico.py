"""A Raspberry Pi Pico with a real firmware image, whose clock its owner moves.

Device time advances only inside `run_until` and `run_for_us`; between them the board stands still.
The same bytes queued at the same device times give the same bytes at the same device times,
however the run was cut into calls. It knows no frames and no throttle, and shares nothing with
another board in the same process.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from rp2040py.device.load_flash import load_uf2
from rp2040py.peripherals.vreg_and_chip_reset import HAD_POR, HAD_RUN
from rp2040py.peripherals.watchdog import CTRL

from stormbench.emulator.chip import build_chip
from stormbench.emulator.flash import UNIQUE_ID_BYTES
from stormbench.emulator.lockstep import Lockstep
from stormbench.emulator.pio import PioGate
from stormbench.emulator.uart_adapter import UartAdapter
from stormbench.emulator.usb_host import UsbHost
from stormbench.errors import LinkLost, NoHub

# A first boot formats the file system, which is some erases of 45 ms each.
BOOT_TIMEOUT_US = 30_000_000
CPU_LIMIT_S = 1_800.0
"""Chosen: two minutes of a board; the longest that is asked for, the stages of 1,000 alerts, takes
less than one. Not of wall time, which passes as well while others have the processor."""


class EmulatedPico:
    """One board, powered, and connected to one host: by USB, and by an adapter on UART 0.

    Attributes:
        unique_id: The 8 bytes that the board reports as its own.
        uart: The host's end of the line on GP0 and GP1.
        cpu_limit_s: CPU time of this process that one call of `run_until` may take: a guard
            against firmware that never sleeps, which runs some 15 times slower than on a board.
    """

    def __init__(
        self,
        uf2: Path,
        *,
        unique_id: bytes,
        pins: Mapping[int, bool] | None = None,
        boot_timeout_us: int = BOOT_TIMEOUT_US,
        cpu_limit_s: float = CPU_LIMIT_S,
    ) -> None:
        """Power the board and run it until its serial port is there.

        Args:
            uf2: The image, for an RP2040.
            unique_id: 8 bytes.
            pins: Levels that pins are held at from outside, by their GPIO number, from before
                power-on; the others are left open.
            boot_timeout_us: Device time within which the port must be there.
            cpu_limit_s: See the attribute.

        Raises:
            NoHub: The image cannot be read, or no serial port came up in time.
            ValueError: The unique id is not 8 bytes long.
        """
        if len(unique_id) != UNIQUE_ID_BYTES:
            raise ValueError(f"unique_id: {UNIQUE_ID_BYTES} bytes expected, {len(unique_id)} came")
        self.unique_id = unique_id
        self.cpu_limit_s = cpu_limit_s
        self.power_cuts = 0
        self._is_cut_due = False
        self._chip, controller, self._flash, uart = build_chip(unique_id, self._on_core_lost)
        self._chip.watchdog.on_watchdog_trigger = self._on_watchdog
        self._lockstep = Lockstep(self._chip)
        self._pio = PioGate(self._chip, on_used=self._lockstep.wake)
        self._host = UsbHost(controller, self._chip.clock)
        self._host.on_event = self._lockstep.wake
        self.uart = UartAdapter(self._chip, uart)
        self.uart.on_event = self._lockstep.wake
        for number, level in (pins or {}).items():
            self.set_pin(number, level)
        self._load(uf2)
        self._wait_for_port(boot_timeout_us)

    @property
    def now_us(self) -> int:
        """Device time since power-on in microseconds; it goes on over resets."""
        return self._lockstep.now_us

    @property
    def executed_cycles(self) -> int:
        """Cycles of the core since it was last reset, 125 a microsecond when it never sleeps."""
        return self._chip.core.cycles

    @property
    def core_lost(self) -> str | None:
        """Why the core executes no more (breakpoint, no code), None while it does."""
        return self._lockstep.core_lost

    @property
    def is_connected(self) -> bool:
        """The board is on the bus and its serial ports are usable."""
        return self._host.is_connected

    @property
    def enumerations(self) -> int:
        """How often the board has come up on the bus; one more than before means it was away."""
        return self._host.enumerations

    @property
    def pipe_count(self) -> int:
        """How many pairs of bulk endpoints the firmware offers now; pipe 0 is the REPL."""
        return self._host.pipe_count

    def run_until(self, deadline_us: int, stop_when: Callable[[], bool] | None = None) -> bool:
        """Run to a device time, or until bytes or a change on the bus make `stop_when` true.

        Returns:
            Whether `stop_when` came true; False at the deadline.

        Raises:
            HubTimeout: It took more CPU time than `cpu_limit_s`.
        """

        def has_to_stop() -> bool:
            return self._is_cut_due or (stop_when is not None and stop_when())

        while self._lockstep.run_until(deadline_us, self.cpu_limit_s, has_to_stop):
            if not self._is_cut_due:
                return True
            self.power_cut()
        return False

    def run_for_us(self, duration_us: int) -> None:
        """Run for a device time."""
        self.run_until(self.now_us + duration_us)

    def write(self, chunk: bytes, pipe: int = 0) -> None:
        """Queue bytes for a port of the board, as of now.

        Raises:
            LinkLost: The board is off the bus, or has no such pipe.
        """
        if not self.is_connected or pipe >= self.pipe_count:
            raise LinkLost(
                f"pipe {pipe} of the emulated Pico is not there at {self.now_us} us: "
                f"{self.pipe_count} pipes; run it until it is connected"
            )
        self._host.write(chunk, pipe)

    def read(self, pipe: int = 0) -> bytes:
        """Take what has come out so far; never waits."""
        return self._host.read(pipe)

    def waiting_bytes(self, pipe: int = 0) -> int:
        """How many bytes `read` would return."""
        return self._host.waiting_bytes(pipe)

    def unsent_bytes(self, pipe: int = 0) -> int:
        """How many bytes of `write` the board has not taken."""
        return self._host.unsent_bytes(pipe)

    def set_dtr(self, has_dtr: bool, pipe: int = 0) -> None:
        """Open or close a port, as far as the firmware can tell; outlives a reset."""
        self._host.set_dtr(has_dtr, pipe)

    def set_reading(self, is_reading: bool, pipe: int = 0) -> None:
        """Let the host stop taking what the board sends, or resume; outlives a reset."""
        self._host.set_reading(is_reading, pipe)

    def set_pin(self, number: int, level: bool | None) -> None:
        """Hold a pin at a level, as a wire to 3.3 V or GND does, or leave it open (None).

        Outlives a reset.
        """
        pin = self._chip.gpio[number]
        if level is None:
            pin.release_input()
        else:
            pin.set_input_value(level)

    def reset(self) -> None:
        """Pull the RUN pin: the flash is kept, all else starts over, and the port goes away.

        Nothing is run: `run_until` with `is_connected` waits for the port to come back.
        """
        self._reset_chip(from_watchdog=False)
        self._chip.watchdog.reset()
        self._chip.vreg_and_chip_reset.record_reset_cause(HAD_RUN)

    def power_cut(self) -> None:
        """Take the power away and give it back; what the flash chip is at stays half done."""
        self.power_cuts += 1
        self._is_cut_due = False
        self._flash.power_cut()
        self._reset_chip(from_watchdog=False)
        self._chip.watchdog.reset()
        self._chip.vreg_and_chip_reset.record_reset_cause(HAD_POR)

    def power_cut_in_flash(self, part: float) -> None:
        """Cut the power when the next command that changes the flash is `part` (0 to 1) done."""
        self._flash.call_within_next(part, self._on_cut_due)

    def unplug(self) -> None:
        """Pull the USB cable; the board has its power from elsewhere."""
        self._host.unplug()

    def plug(self) -> None:
        """Put the USB cable in again; `run_until` with `is_connected` waits for the port."""
        self._host.plug()

    @property
    def flash_erases(self) -> Counter[int]:
        """How often each sector of 4,096 bytes was erased so far, by its number."""
        return self._flash.erases

    @property
    def flash(self) -> bytes:
        """What is in the flash chip now, from its start on, erased parts too."""
        return bytes(self._chip.flash)

    def close(self) -> None:
        """Pull the plug; the object is of no use afterwards."""
        self._host.on_event = self.uart.on_event = lambda: None
        self._host.on_pull_up(False)

    def _load(self, uf2: Path) -> None:
        try:
            load_uf2(uf2, self._chip)
        except (OSError, ValueError) as error:
            raise NoHub(f"{uf2}: no UF2 image for an RP2040 ({error})") from error

    def _wait_for_port(self, timeout_us: int) -> None:
        if not self.run_until(self.now_us + timeout_us, lambda: self.is_connected):
            raise NoHub(
                f"no serial port within {timeout_us} us of device time after power-on; core: "
                f"{self.core_lost or 'running'}. Is the image a MicroPython for the Pico?"
            )

    def _on_cut_due(self) -> None:
        self._is_cut_due = True
        self._lockstep.wake()

    def _on_core_lost(self, reason: str) -> None:
        self._lockstep.lose_core(reason)

    def _on_watchdog(self) -> None:
        self._reset_chip(from_watchdog=True)

    def _reset_chip(self, *, from_watchdog: bool) -> None:
        self._lockstep.core_lost = None
        self._chip.watchdog.write_uint32(CTRL, 0)  # rp2040py lets it run on, the boot ROM does not
        self._pio.reset_chip(from_watchdog=from_watchdog)
        self._chip.leave_reset()
