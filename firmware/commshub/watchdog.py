"""The RP2040's watchdog: it resets a hub that hangs, and remembers why a board was reset.

The only file that touches it. The loop feeds it; while the hub waits for a byte, which may take
days, it rests, because a timer that feeds it would go on feeding a hub that hangs. machine.WDT can
begin and feed; to rest is a register of the RP2040's own (data sheet, 4.7.6), as pico-sdk's
`watchdog_disable` writes it.

A module and no class: there is one, and a class takes 200 bytes more of the heap.
"""

import machine

from commshub.compat import const

_TIMEOUT_MS = const(8388)  # the longest there is (machine_wdt.c). A save takes 0.1 s, at worst 1.3

_CTRL_SET = const(0x4005A000)
_CTRL_CLEAR = const(0x4005B000)
_ENABLE = const(0x40000000)
_REASON = const(0x40058008)
_HUNG = const(1)  # TIMER: nobody has fed it
_SCRATCH0 = const(0x4005800C)  # 0 after power on, kept over any other reset: crashes in a row

# As RESETS of protocol/hubwire/frames.py has them; a test holds the two sides together.
_POWER = const(1)
_WATCHDOG = const(3)
_ASKED = const(16)
_CRASH = const(17)

feed = None  # to be called more often than each _TIMEOUT_MS, from `begin` on but for a `rest`


def begin() -> None:
    """From now on a hub that hangs is reset."""
    global feed
    feed = machine.WDT(timeout=_TIMEOUT_MS).feed


def rest() -> None:
    """What comes now may take as long as it wants."""
    machine.mem32[_CTRL_CLEAR] = _ENABLE


def wake() -> None:
    """Go on, with all of the time."""
    feed()
    machine.mem32[_CTRL_SET] = _ENABLE


def reset_cause() -> int:
    """Why the board was reset, as `Hello` tells it."""
    reason = machine.mem32[_REASON]
    if not reason:
        return _POWER
    if reason & _HUNG:
        return _WATCHDOG
    return _CRASH if machine.mem32[_SCRATCH0] else _ASKED


def crashes(count: "int | None" = None) -> int:
    """How many crashes in a row there were; `count`, if given, from now on."""
    if count is not None:
        machine.mem32[_SCRATCH0] = count
    return machine.mem32[_SCRATCH0]
