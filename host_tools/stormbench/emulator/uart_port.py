"""The PC's end of an emulated board's UART, for clients that also talk to real boards.

Time-outs are in device time, and device time passes only while something waits. A UART does not
tell whether anybody is at the other end; only what this port itself did to the board is known to
it. It knows nothing of what the bytes mean.
"""

from stormbench.emulator.pico import BOOT_TIMEOUT_US, EmulatedPico
from stormbench.emulator.port import EmulatedPort
from stormbench.errors import LinkLost

US_PER_MS = 1_000
BOOT_STEP_US = 1_000


class UartPort:
    """The adapter on GP0 and GP1 of an emulated Pico.

    Attributes:
        name: What messages call this port.
        pico: The board; `close` pulls its plug.
    """

    def __init__(self, pico: EmulatedPico, *, name: str = "emulated:uart") -> None:
        """Open the port, once the firmware listens.

        Raises:
            LinkLost: It does not turn its UART on.
        """
        self.name = name
        self.pico = pico
        self._power_cuts = pico.power_cuts  # up to when it was last opened
        self._wait_for_firmware()

    @property
    def now_us(self) -> int:
        """Device time in microseconds."""
        return self.pico.now_us

    def now_ms(self) -> int:
        """Device time in milliseconds."""
        return self.now_us // US_PER_MS

    def write(self, burst: bytes) -> None:
        """Queue bytes for the line, as of now; nothing is run.

        Raises:
            LinkLost: The board's power was cut.
        """
        self._require()
        self.pico.uart.write(burst)

    def read(self, timeout_ms: int) -> bytes:
        """Run the board until it has sent something.

        Args:
            timeout_ms: Device time; 0 takes what is there without running.

        Returns:
            Everything that has come, at least one byte; b"" when the time was over.

        Raises:
            LinkLost: The board's power was cut.
            HubTimeout: The firmware was busy for so long that the guard of CPU time struck.
        """
        self._require()
        uart = self.pico.uart
        deadline_us = self.now_us + timeout_ms * US_PER_MS
        self.pico.run_until(deadline_us, lambda: uart.waiting_bytes() > 0 or self._is_lost())
        self._require()
        return uart.read()

    def pass_ms(self, duration_ms: int) -> None:
        """Run the board; what it sends waits here."""
        self.pico.run_for_us(duration_ms * US_PER_MS)

    def reopen(self) -> None:
        """Forget what was under way, and wait until the firmware listens.

        Raises:
            LinkLost: It does not turn its UART on.
        """
        self.pico.uart.clear()
        self._power_cuts = self.pico.power_cuts
        self._wait_for_firmware()

    def power_cut(self) -> None:
        """Take the board's power away and give it back; the port is lost until `reopen`."""
        self.pico.power_cut()

    def power_cut_in_save(self, part: float) -> None:
        """Do so when the next command that changes the board's flash is `part` done."""
        self.pico.power_cut_in_flash(part)

    def close(self) -> None:
        """Close the port and pull the board's plug."""
        self.pico.uart.clear()
        self.pico.close()

    def _is_lost(self) -> bool:
        return self.pico.power_cuts != self._power_cuts

    def _require(self) -> None:
        if self._is_lost():
            raise LinkLost(f"{self.name}: the board's power was cut; open the port again")

    def _wait_for_firmware(self) -> None:
        deadline_us = self.now_us + BOOT_TIMEOUT_US
        while not self.pico.uart.is_heard:
            if self.now_us >= deadline_us:
                raise LinkLost(
                    f"{self.name}: nobody listens on the UART {BOOT_TIMEOUT_US} us of device time "
                    f"after power-on; core: {self.pico.core_lost or 'running'}. Does the firmware "
                    "find its strap, and turn its UART on?"
                )
            self.pico.run_for_us(BOOT_STEP_US)

    def repl_port(self) -> EmulatedPort:
        """The board's USB port, where its REPL is."""
        return EmulatedPort(self.pico, name=f"{self.name} (USB)")
