"""Moves an emulated chip along its clock, exactly as far as its owner says.

While the core executes, each cycle takes 8 ns; while it sleeps, or is lost, the clock jumps from
one due thing to the next, so that quiet costs nothing. It knows the chip's core and clock and
nothing that is attached to them.
"""

import time
from collections.abc import Callable

from rp2040py.execute_batch import execute_batch
from rp2040py.rp2040 import RP2040

from stormbench.errors import HubTimeout

NS_PER_US = 1_000

# rp2040py can gather the time of several instructions before it looks at the alarms. One is exact,
# makes a run independent of where it is cut, and measured no slower than 16, 64 or 256.
INSTRUCTIONS_PER_TICK = 1


class _Batch:
    """What rp2040py's inner loop works on; it reads `stopped` before every instruction."""

    __slots__ = ("clock", "rp2040", "stopped")

    def __init__(self, chip: RP2040) -> None:
        self.rp2040 = chip
        self.clock = chip.clock
        self.stopped = False


class Lockstep:
    """The chip's clock, in its owner's hand.

    Attributes:
        core_lost: Why the core executes no more, None while it does. A reset clears it.
    """

    def __init__(self, chip: RP2040) -> None:
        self.core_lost: str | None = None
        self._clock = chip.clock
        self._batch = _Batch(chip)
        # A PIO block that finds no simulator on its chip wants an asyncio loop to run in.
        chip.simulator = self._batch  # type: ignore[assignment]
        self._deadline = self._clock.create_alarm(self._on_deadline)
        self._is_over = False
        self._is_woken = False

    @property
    def now_us(self) -> int:
        """Device time since power-on in microseconds, rounded down; a reset does not change it."""
        return int(self._clock.nanos) // NS_PER_US

    def wake(self) -> None:
        """Something happened that a caller of `run_until` may wait for; look before going on."""
        self._is_woken = True
        self._batch.stopped = True

    def lose_core(self, reason: str) -> None:
        """The core has stopped for good; only a reset helps."""
        self.core_lost = reason
        self._batch.stopped = True

    def run_until(
        self, deadline_us: int, cpu_limit_s: float, stop_when: Callable[[], bool] | None = None
    ) -> bool:
        """Run to a device time, or to the moment at which something has come true.

        Args:
            deadline_us: Device time; one that is past is no error, and nothing is run.
            cpu_limit_s: CPU time of this process after which it is given up.
            stop_when: Asked at the start and after each `wake`; None asks nothing.

        Returns:
            Whether `stop_when` came true; False at the deadline.

        Raises:
            HubTimeout: It took longer than the limit.
        """
        if stop_when is not None and stop_when():
            return True
        left_ns = deadline_us * NS_PER_US - self._clock.nanos
        if left_ns <= 0:
            return False
        self._is_over = False
        self._deadline.schedule(left_ns)
        try:
            return self._run(cpu_limit_s, stop_when)
        finally:
            self._deadline.cancel()

    def _run(self, cpu_limit_s: float, stop_when: Callable[[], bool] | None) -> bool:
        stop_at_s = time.process_time() + cpu_limit_s
        while not self._is_over:
            self._is_woken = False
            self._batch.stopped = False
            self._run_batch()
            if stop_when is not None and self._is_woken and stop_when():
                return True
            if time.process_time() > stop_at_s:
                raise HubTimeout(
                    f"the emulated Pico was busy for {cpu_limit_s} s of CPU time and has "
                    f"reached {self.now_us} us of its own; allow it more, or shorten the wait"
                )
        return False

    def _run_batch(self) -> None:
        if self.core_lost is None:
            # Its annotation wants a Simulator, which brings asyncio and threads along; the loop
            # itself reads the three attributes that _Batch has.
            execute_batch(self._batch, INSTRUCTIONS_PER_TICK)  # type: ignore[arg-type]
        else:  # the watchdog and the bus go on
            self._clock.tick(self._clock.nanos_to_next_alarm)

    def _on_deadline(self) -> None:
        self._is_over = True
        self._batch.stopped = True
