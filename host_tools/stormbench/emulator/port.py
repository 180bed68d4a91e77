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
        self._enumeration = pico.enumerations
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
            LinkLost: The board is off the bus, or was: see `reopen`.
        """
        self._require_link()
        self.pico.write(data, self._pipe)

    def read(self, timeout_ms: int) -> bytes:
        """Run the board until it has sent something.

        Args:
            timeout_ms: Device time; 0 takes what is there without running.

        Returns:
            Everything that has come, at least one byte; b"" when the time was over.

        Raises:
            LinkLost: The board is off the bus, or was: see `reopen`.
            HubTimeout: The firmware was busy for so long that the guard of CPU time struck.
        """
        self._require_link()
        deadline_us = self.now_us + timeout_ms * US_PER_MS
        self.pico.run_until(deadline_us, self._has_news)
        chunk = self.pico.read(self._pipe)
        if not chunk:
            self._require_link()
        return chunk

    def pass_ms(self, duration_ms: int) -> None:
        """Let device time pass without asking the board for what it sends."""
        self.pico.set_reading(False, self._pipe)
        self.pico.run_for_us(duration_ms * US_PER_MS)
        self.pico.set_reading(True, self._pipe)

    def reopen(self) -> None:
        """Wait for the board's port to be there, and open it.

        Raises:
            LinkLost: It does not come.
        """
        if not self.pico.run_until(self.now_us + BOOT_TIMEOUT_US, self._is_there):
            raise LinkLost(f"{self.name}: no serial port comes up; {self.pico.core_lost}")
        self._enumeration = self.pico.enumerations
        self.pico.set_dtr(True, self._pipe)

    def power_cut(self) -> None:
        """Take the board's power away and give it back."""
        self.pico.power_cut()

    def power_cut_in_save(self, part: float) -> None:
        """Do so when the next command that changes the board's flash is `part` done."""
        self.pico.power_cut_in_flash(part)

    def unplug(self) -> None:
        """Pull the USB cable of a board that has its power from elsewhere."""
        self.pico.unplug()

    def plug(self) -> None:
        """Put it in again."""
        self.pico.plug()

    def _is_there(self) -> bool:
        return self.pico.is_connected and self.pico.pipe_count > self._pipe

    def _has_news(self) -> bool:
        return self.pico.waiting_bytes(self._pipe) > 0 or self._is_lost()

    def _is_lost(self) -> bool:
        return not self.pico.is_connected or self.pico.enumerations != self._enumeration

    def _require_link(self) -> None:
        if self._is_lost():
            raise LinkLost(f"{self.name}: the board left the bus")

    def close(self) -> None:
        """Close the port and pull the board's plug."""
        self.pico.set_dtr(False, self._pipe)
        self.pico.close()

    def repl_port(self) -> "EmulatedPort":
        """The first pipe, where MicroPython's REPL is: this very port, if it is that one."""
        return self if self._pipe == 0 else EmulatedPort(self.pico, name=f"{self.name} (REPL)")
