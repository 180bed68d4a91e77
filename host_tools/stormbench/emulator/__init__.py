"""A real MicroPython image on an emulated RP2040, run in lockstep with its caller.

One process, no threads, no asyncio: `EmulatedPico` owns the emulated clock and moves it only when
asked. The folder is an adapter around rp2040py, which it extends by subclassing its blocks and
never by changing its files. It knows nothing of alerts, frames or the throttle: bytes go in at an
emulated time, bytes come out at an emulated time.
"""

from stormbench.emulator.pico import EmulatedPico
from stormbench.emulator.port import EmulatedPort
from stormbench.emulator.uart_port import UartPort

__all__ = ["EmulatedPico", "EmulatedPort", "UartPort"]
