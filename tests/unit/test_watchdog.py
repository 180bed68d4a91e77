"""The watchdog's registers: what is written to them, and which reset cause is read out of them."""

import importlib
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from hubwire.frames import RESETS

CTRL, REASON, SCRATCH0 = 0x40058000, 0x40058008, 0x4005800C
SET, CLEAR = 0x2000, 0x3000
ENABLE = 1 << 30


class Machine(ModuleType):
    """MicroPython's `machine`, with a memory of its own."""

    def __init__(self) -> None:
        super().__init__("machine")
        self.mem32 = {REASON: 0, SCRATCH0: 0}
        self.feeds = 0
        self.timeout_ms = 0

    def WDT(self, timeout: int) -> Any:  # noqa: N802 (MicroPython's name)
        self.timeout_ms = timeout
        return SimpleNamespace(feed=self._feed)

    def _feed(self) -> None:
        self.feeds += 1


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setitem(sys.modules, "machine", machine)
    monkeypatch.delitem(sys.modules, "commshub.watchdog", raising=False)
    return machine


@pytest.fixture
def watchdog(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Any:
    module = importlib.import_module("commshub.watchdog")
    monkeypatch.delitem(sys.modules, "commshub.watchdog")  # the next test has another machine
    return module


@pytest.mark.parametrize(
    ("reason", "crashes", "cause"),
    [
        (0, 0, "power"),
        (1, 0, "watchdog"),
        (1, 3, "watchdog"),
        (3, 0, "watchdog"),
        (2, 0, "asked"),
        (2, 1, "crash"),
    ],
)
def test_cause_of_a_reset_is_told_as_the_protocol_numbers_it(
    machine: Machine, watchdog: Any, reason: int, crashes: int, cause: str
) -> None:
    machine.mem32 |= {REASON: reason, SCRATCH0: crashes}
    assert RESETS[watchdog.reset_cause()] == cause


def test_it_begins_with_the_longest_time_there_is(machine: Machine, watchdog: Any) -> None:
    watchdog.begin()
    watchdog.feed()
    assert (machine.timeout_ms, machine.feeds) == (8388, 1)


def test_it_rests_and_wakes_by_its_enable_bit_and_is_fed_first(
    machine: Machine, watchdog: Any
) -> None:
    watchdog.begin()
    watchdog.rest()
    assert machine.mem32[CTRL + CLEAR] == ENABLE
    watchdog.wake()
    assert (machine.mem32[CTRL + SET], machine.feeds) == (ENABLE, 1)


def test_crashes_are_counted_where_a_reset_leaves_them(machine: Machine, watchdog: Any) -> None:
    assert (watchdog.crashes(), watchdog.crashes(2), watchdog.crashes()) == (0, 2, 2)
    assert machine.mem32[SCRATCH0] == 2
    assert (watchdog.crashes(0), machine.mem32[SCRATCH0]) == (0, 0)
