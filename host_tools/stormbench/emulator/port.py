"""The serial port of an emulated board, for clients that also talk to real ones.

Time-outs are in device time, and device time passes only while `read` waits. It knows nothing of
what the bytes mean.
"""

from stormbench.emulator.pico import BOOT_TIMEOUT_US, EmulatedPico
from stormbench.errors import LinkLost

US_PER_MS = 1_000


class EmulatedPort:
    """One pipe of an emulated Pico.

    Attributes:
        name: What messages call this port.
    """

    def __init__(self, pico: EmulatedPico, *, pipe: int = 0, name: str = "emulated") -> None:
        """Open a port; the board may have others open.

        Args:
            pico: The board; `close` pulls its plug.
            pipe: 0 for the REPL's port, 1 for the first that the firmware adds.
            name: What messages call this port.
        """
        self.name = name
        self.pico = pico
        self._pipe = pipe
        pico.set_dtr(True, pipe)

    @property
    def now_us(self) -> int:
        """Device time in microseconds."""
        return self.pico.now_us

    def now_ms(self) -> int:
        """Device time in milliseconds, which passes only while `read` waits."""
        return self.now_us // US_PER_MS

    def write(self, data: bytes) -> None:
        """Queue bytes for the board, as of now; nothing is run.

        Raises:
            LinkLost: The board is off the bus.
        """
        self.pico.write(data, self._pipe)

    def read(self, timeout_ms: int) -> bytes:
        """Run the board until it has sent something.

        Args:
            timeout_ms: Device time; 0 takes what is there without running.

        Returns:
            Everything that has come, at least one byte; b"" when the time was over.

        Raises:
            HubTimeout: The firmware was busy for so long that the guard of wall time struck.
        """
        deadline_us = self.now_us + timeout_ms * US_PER_MS
        self.pico.run_until(deadline_us, lambda: self.pico.waiting_bytes(self._pipe) > 0)
        return self.pico.read(self._pipe)

    def power_cut(self) -> None:
        """Take the board's power away and give it back, and wait for its port.

        Raises:
            LinkLost: It does not come back.
        """
        self.pico.power_cut()
        if not self.pico.run_until(self.now_us + BOOT_TIMEOUT_US, lambda: self.pico.is_connected):
            raise LinkLost(f"{self.name}: no serial port after a power cut; {self.pico.core_lost}")

    def close(self) -> None:
        """Close the port and pull the board's plug."""
        self.pico.set_dtr(False, self._pipe)
        self.pico.close()
