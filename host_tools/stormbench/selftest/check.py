"""One row of a selftest: what was looked at, what was found, and what it must be."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from stormbench.selftest.vectors import Vector, wrong

CLOCK_OFF_PERCENT = 5.0
"""Over `CLOCK_MS` the host sees both ends some ms late, on a busy PC more (50 ms are 2.5 %). A
crystal is right to 0.003 %, but one of another frequency, or a clock that was set up wrongly, is
out by 10 % and more (RP2040 datasheet, 2.16: 12 MHz expected, 1 to 15 possible)."""

CLOCK_MS = 2_000

FLASH_CHANGE_MS = 1_000
"""A small save may erase two blocks, and an erase takes up to 400 ms; programming 3 ms a page of
256 bytes (W25Q16JV data sheet, 9.6, maxima). The rest is littlefs's own."""

FLASH_READ_MS = 50
"""A read erases nothing: some ms of littlefs (1.7 at the most on the emulated Pico), and room for
a flash that answers more slowly."""

HEAP_USED_BYTES = 64 * 1024
"""A hub whose firmware is frozen in takes 60.7 kB on the emulated Pico, with the tables and the
buffers that it makes at its start; this leaves some room, and none for a leak."""

SHOWN_NAMES = 3


class Status(enum.Enum):
    """How a check ended."""

    OK = "ok"
    FAIL = "fail"
    INFO = "info"
    """Told, not judged."""


@dataclass(frozen=True)
class Check:
    """One row."""

    name: str
    status: Status
    found: str
    limit: str = ""
    unit: str = ""
    note: str = ""
    """What a person has to know to judge it."""


def at_most(name: str, found: float, limit: float, unit: str, note: str = "") -> Check:
    """A number that must not be above a limit; at it is good."""
    status = Status.OK if found <= limit else Status.FAIL
    return Check(name, status, _number(found), f"at most {_number(limit)}", unit, note)


def info(name: str, found: object, unit: str = "", note: str = "") -> Check:
    """Something that is only told; `None` where the board has nothing to tell."""
    return Check(name, Status.INFO, "none" if found is None else str(found), "", unit, note)


def holds(name: str, is_so: bool, found: str, limit: str, note: str = "") -> Check:
    """Something that must be so."""
    return Check(name, Status.OK if is_so else Status.FAIL, found, limit, "", note)


def clock(took_us: int, host_us: int, is_emulated: bool) -> Check:
    """The board's ticks beside the host's time, over the same stretch."""
    off_percent = 100 * abs(took_us - host_us) / max(host_us, 1)
    note = "both are the emulator's own time" if is_emulated else ""
    return at_most("clock, off", round(off_percent, 2), CLOCK_OFF_PERCENT, "%", note)


def flash(found: dict[str, Any], rounds: int, is_emulated: bool) -> list[Check]:
    """The file that was written, read and erased again and again."""
    note = "typical times of a W25Q16JV, put in by the emulator" if is_emulated else ""
    rows = [
        holds("flash, kept", found["sound"] == rounds, f"{found['sound']} of {rounds}", "all"),
        holds("flash, erased", found["gone"] == rounds, f"{found['gone']} of {rounds}", "all"),
    ]
    for what, limit in (
        ("write", FLASH_CHANGE_MS),
        ("read", FLASH_READ_MS),
        ("erase", FLASH_CHANGE_MS),
    ):
        times_ms = [us / 1_000 for us in found[f"{what}_us"]]
        rows.append(info(f"flash, {what}, usual", _number(median(times_ms)), "ms"))
        rows.append(at_most(f"flash, {what}, longest", max(times_ms), limit, "ms", note))
    before, after = found["files"]
    rows.append(holds("other files", before == after, _files(after), "as before"))
    return rows


def _files(files: Sequence[Sequence[Any]]) -> str:
    return ", ".join(f"{name} {size}" for name, size in files) or "none"


def vectors(name: str, expected: list[Vector], found: list[Any]) -> Check:
    """Vectors of which each must come to what it must."""
    names = wrong(expected, found)
    note = "wrong: " + ", ".join(names[:SHOWN_NAMES]) if names else ""
    right = len(expected) - len(names)
    return holds(name, not names, f"{right} of {len(expected)}", "all", note)


def heap(memory: dict[str, int], is_frozen: bool) -> list[Check]:
    """What the hub says of its heap; judged where its firmware is frozen into a board's image."""
    used, free = memory["heap_used"], memory["heap_free"]
    if not is_frozen:
        note = "not of an image of ours: a process, or firmware in files"
        return [info("heap used", used, "bytes", note), info("heap free", free, "bytes")]
    return [
        at_most("heap used", used, HEAP_USED_BYTES, "bytes"),
        info("heap free", free, "bytes"),
    ]


def led(read_back: int | None, levels: int, is_emulated: bool) -> Check:
    """The LED, which a person has to look at; only what its pin reads can be judged."""
    if read_back is None:
        return info("LED", None, note="the image names no pin LED")
    if is_emulated:
        return info(
            "LED", "was driven", note="an emulated pin does not read back; nobody can look"
        )
    note = "look: it blinked three times"
    return holds("LED", read_back == levels, f"{read_back} of {levels}", "all levels", note)


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.2f}".rstrip("0").rstrip(".")
