"""A power cut at any moment of a save leaves the old state or the new one, never neither.

littlefs promises it, and `commshub.store` builds on it; here it is seen on the real image, with a
flash chip whose commands stay half done.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import raw_repl
from hubwire.framing import Frame, encode, pad
from in_a_copy import in_a_copy
from storm_on_pico import FS_AT, FS_END, SAVE_FILE, StormHub, met, storm_hub
from stormbench.emulator import EmulatedPico
from stormbench.emulator.flash import SECTOR_ERASE_NS
from stormbench.image import find_image
from stormbench.link.key_state import KeyState

CUTS = 25
CUTS_WITH_ERASE = 13
CUTS_OF_FIRST_BOOT = 6
MOST_SAVES_TO_AN_ERASE = 60
ERASE_US = SECTOR_ERASE_NS // 1000
FIRST_ANSWER_US = 1_000_000

SPOIL = {
    "cut short": "save[:-5]",
    "with one bit flipped": "save[:60] + bytes([save[60] ^ 4]) + save[61:]",
    "of bytes at random": "os.urandom(5000)",
}


@dataclass(frozen=True)
class Resumed:
    """What a hub knows after a power cut."""

    start: str
    log: tuple[str, ...]
    counts: dict[str, int]
    key: KeyState


@pytest.fixture
def red_hub() -> Iterator[StormHub]:
    """Its device is red: the next alert begins an overload, which is saved."""
    with storm_hub() as hub:
        hub.alert()
        yield hub


def send_without_waiting(hub: StormHub) -> None:
    """Queue an alert; the board has not read a byte of it yet.

    The client does not know of it, so nobody sends it again after a cut.
    """
    number, boot = hub.sent, hub.client.hello.boot_id & 0xFFFF
    values = {"at_ms": 0, "north_next": 0, "message": hub.message()}
    hub.pico.write(pad(encode(Frame("HanAlert", number, values, boot))))


def time_and_erases_to_the_answer(hub: StormHub) -> tuple[int, int]:
    """How long the alert takes with its save, in us, and how often that erases.

    What the hub says to it comes after the save, as MECHANISM.md has it.
    """
    pico = hub.pico
    before_us, erases = pico.now_us, pico.flash_erases.total()
    send_without_waiting(hub)
    deadline_us = before_us + FIRST_ANSWER_US
    assert pico.run_until(deadline_us, lambda: pico.waiting_bytes() > 0), "no answer to an alert"
    return pico.now_us - before_us, pico.flash_erases.total() - erases


def after_a_cut_at(hub: StormHub, offset_us: int) -> Resumed:
    """Cut the power so long after the alert that begins an overload, and look."""
    send_without_waiting(hub)
    hub.pico.run_for_us(offset_us)
    hub.client.power_cut()
    return Resumed(hub.client.hello.start, hub.client.log, hub.counts(), hub.key())


def cut_all_along(hub: StormHub, whole_us: int, cuts: int) -> list[Resumed]:
    """What is found after cuts from before the alert is read to after its save."""

    def at(cut: int) -> Callable[[], Resumed]:
        return lambda: after_a_cut_at(hub, whole_us * cut // (cuts - 1))

    return [in_a_copy(at(cut)) for cut in range(cuts)]


def assert_old_or_new(found: list[Resumed]) -> None:
    """The first is the state before the save, the last the one after; others are one of both."""
    old, new = found[0], found[-1]
    assert old.key.overload is None
    assert new.key.overload is not None
    for number, one in enumerate(found):
        assert (one.start, one.log) == ("resumed", ()), f"cut {number}"
        assert one in (old, new), f"cut {number}"
    which = [one == new for one in found]
    assert which == sorted(which), "a later cut found an older state"


def test_a_cut_anywhere_in_a_save_leaves_the_old_state_or_the_new_one(red_hub: StormHub) -> None:
    whole_us, erases = in_a_copy(lambda: time_and_erases_to_the_answer(red_hub))
    assert erases == 0
    assert_old_or_new(cut_all_along(red_hub, whole_us, CUTS))


def test_a_cut_anywhere_in_a_save_that_erases_leaves_the_old_state_or_the_new_one(
    red_hub: StormHub,
) -> None:
    for _ in range(MOST_SAVES_TO_AN_ERASE):
        whole_us, erases = in_a_copy(lambda: time_and_erases_to_the_answer(red_hub))
        if erases:
            break
        red_hub.pass_s(10)  # as long as the policy's save_interval_ms: one more save
    assert whole_us > ERASE_US, "no save erases"
    assert_old_or_new(cut_all_along(red_hub, whole_us, CUTS_WITH_ERASE))


@pytest.fixture(scope="module")
def image() -> Path:
    """What the hub would be flashed with."""
    found = find_image()
    assert found is not None, "no image in the cache: stormbench firmware build"
    return found


@pytest.fixture
def new_board(image: Path) -> Iterator[EmulatedPico]:
    """A board with the image and nothing else on its flash, just powered."""
    pico = EmulatedPico(image, unique_id=bytes(range(8)))
    flash_of(pico)[:] = b"\xff" * (FS_END - FS_AT)
    pico.power_cut()
    yield pico
    pico.close()


def flash_of(pico: EmulatedPico) -> memoryview:
    """The octets of the file system."""
    return memoryview(pico._chip.flash)[FS_AT:FS_END]


def powered(pico: EmulatedPico) -> StormHub:
    """The hub of a board that was just powered."""
    assert pico.run_until(pico.now_us + 10_000_000, lambda: pico.is_connected), "no port"
    return met(pico)


def test_a_cut_in_the_first_boot_leaves_a_hub_that_starts_and_passes_an_alert(
    new_board: EmulatedPico,
) -> None:
    def whole_us() -> int:
        before_us = new_board.now_us
        powered(new_board)
        return new_board.now_us - before_us

    def cut_at(offset_us: int) -> tuple[str, tuple[str, ...], str]:
        new_board.run_for_us(offset_us)
        new_board.power_cut()
        hub = powered(new_board)
        return hub.client.hello.start, hub.client.log, hub.alert().verdict

    boot_us = in_a_copy(whole_us)
    assert boot_us > 2 * ERASE_US, "nothing was formatted"
    for cut in range(1, CUTS_OF_FIRST_BOOT + 1):
        offset_us = boot_us * cut // CUTS_OF_FIRST_BOOT
        start, log, verdict = in_a_copy(lambda at=offset_us: cut_at(at))  # type: ignore[misc]
        assert (start in ("new", "resumed"), log, verdict) == (True, (), "PASS"), f"{offset_us} us"


@pytest.fixture
def spoil(uf2: Path) -> Iterator[Callable[[EmulatedPico, str], None]]:
    """Write the file of saves anew, at the REPL of another board that gets the same flash."""
    repl = EmulatedPico(uf2, unique_id=bytes(8))

    def write(pico: EmulatedPico, expression: str) -> None:
        flash_of(repl)[:] = flash_of(pico)
        repl.power_cut()
        repl.run_until(repl.now_us + 1_000_000, lambda: repl.is_connected)
        raw_repl.enter(repl)
        code = (
            f"import os\nwith open('{SAVE_FILE}', 'rb') as f: save = f.read()\n"
            f"with open('{SAVE_FILE}', 'wb') as f: print(f.write({expression}))"
        )
        assert raw_repl.run(repl, code).strip().isdigit()
        flash_of(pico)[:] = flash_of(repl)

    yield write
    repl.close()


@pytest.fixture(scope="module")
def overloaded_hub() -> Iterator[StormHub]:
    """Its next alert would be suppressed, if a sound save were found."""
    with storm_hub() as hub:
        hub.alert()
        hub.alert()
        yield hub


@pytest.mark.parametrize("how", SPOIL)
def test_a_hub_whose_save_is_garbage_says_so_and_passes_its_first_alert(
    how: str, overloaded_hub: StormHub, spoil: Callable[[EmulatedPico, str], None]
) -> None:
    def found() -> tuple[str, tuple[str, ...], str]:
        spoil(overloaded_hub.pico, SPOIL[how])
        overloaded_hub.client.power_cut()
        client = overloaded_hub.client
        return client.hello.start, client.log, overloaded_hub.alert().verdict

    start, log, verdict = in_a_copy(found)
    assert (start, verdict) == ("damaged", "PASS")
    assert "what was saved is damaged" in log[0]


def test_a_save_that_was_only_read_and_written_again_is_sound(
    overloaded_hub: StormHub, spoil: Callable[[EmulatedPico, str], None]
) -> None:
    """So the garbage of the test before is what makes a hub say so, not the way it gets there."""

    def found() -> tuple[str, str]:
        spoil(overloaded_hub.pico, "save")
        overloaded_hub.client.power_cut()
        return overloaded_hub.client.hello.start, overloaded_hub.alert().verdict

    assert in_a_copy(found) == ("resumed", "SUPPRESS")
