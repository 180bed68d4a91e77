"""A hub that crashes, hangs, or is to be stopped by hand, on the real image."""

from collections.abc import Iterator

import pytest

import raw_repl
from in_a_copy import in_a_copy
from storm_on_pico import StormHub, hub_as_it_comes, met
from stormbench.emulator import EmulatedPico
from stormbench.image import firmware_sha256
from stormbench.keys.keyring import PATH_VARIABLE
from stormbench.tree import firmware_sources

S = 1_000_000
MS = 1_000
WATCHDOG_US = 8_388 * MS

AGAIN = """
import machine
machine.USBDevice().active(False)
"""

CRASH = """
import commshub.app, commshub.outbox
def fail(*_):
    raise OSError("not even this can be told")
commshub.app.App.wait_ms = fail
commshub.outbox.Outbox.log = fail
"""

ROW = """
machine.mem32[0x4005800C] = {}
"""

LEFT_BY_A_DEPLOY = """
import os
os.mkdir("commshub")
for name in "commshub/__init__.py", "commshub/compat.py", "commshub/app.py", "main.py":
    with open(name, "w") as file:
        file.write("raise ImportError('of an older firmware')")
"""

HANG = """
import commshub.shell, time
commshub.shell.serve = lambda *_: time.sleep(60)
"""


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StormHub]:
    """A hub without a key; tests use it in a copy of this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PATH_VARIABLE, str(tmp_path_factory.mktemp("keys") / "keys.json"))
        with hub_as_it_comes() as hub:
            yield hub


def run_with(hub: StormHub, code: str) -> EmulatedPico:
    """Let the hub run once more on its board, with something broken by `code`."""
    hub.client.enter_repl()
    pico = hub.pico
    raw_repl.enter(pico)
    pico.write(f"{AGAIN}{code}import main".encode() + raw_repl.END)
    return pico


def log_of(hub: StormHub) -> list[str]:
    """What the firmware has said to people, up to a moment from now."""
    hub.client.listen(100)
    return list(hub.client._talk.stream.log)


def crash_and_meet_twice(bare: StormHub) -> tuple[str, list[str], str, list[str]]:
    pico = run_with(bare, CRASH)
    pico.run_for_us(S)
    first = met(pico)
    found = first.client.hello.reset_cause, log_of(first)
    pico.power_cut()
    assert pico.run_until(pico.now_us + 10 * S, lambda: pico.is_connected)
    second = met(pico)
    return *found, second.client.hello.reset_cause, log_of(second)


def test_hub_that_crashes_starts_anew_and_tells_why_once(bare: StormHub) -> None:
    cause, log, next_cause, next_log = in_a_copy(lambda: crash_and_meet_twice(bare))
    (words,) = [entry for entry in log if "crashed" in entry]
    assert cause == "crash"
    assert words.startswith("the hub crashed, 1 in a row, and started anew:")
    assert words.rstrip().endswith("OSError: not even this can be told")
    assert next_cause == "power"
    assert not any("crashed" in entry for entry in next_log)


def crash_in_a_row_and_meet(bare: StormHub, before: int) -> tuple[str, list[str]]:
    pico = run_with(bare, ROW.format(before) + CRASH)
    pico.run_for_us(4 * S + 2 * S)  # the fourth waits for 4 s
    after = met(pico)
    return after.client.hello.start, log_of(after)


@pytest.mark.parametrize(
    ("before", "start", "words"),
    [
        (2, "resumed", "3 in a row, and started anew:"),
        (3, "new", "4 in a row, and started anew, without what it had saved:"),
    ],
)
def test_fourth_crash_in_a_row_takes_the_save_along(
    bare: StormHub, before: int, start: str, words: str
) -> None:
    started, log = in_a_copy(lambda: crash_in_a_row_and_meet(bare, before))
    assert started == start
    assert any(words in entry for entry in log)


def meet_beside_files(bare: StormHub) -> tuple[str, list[str]]:
    bare.client.enter_repl()
    pico = bare.pico
    raw_repl.enter(pico)
    assert b"Error" not in raw_repl.run(pico, LEFT_BY_A_DEPLOY)
    pico.power_cut()
    assert pico.run_until(pico.now_us + 10 * S, lambda: pico.is_connected)
    hub = met(pico)
    return hub.client.hello.source_sha256, log_of(hub)


def test_what_is_frozen_in_runs_though_files_of_a_deploy_are_there(bare: StormHub) -> None:
    sha256, log = in_a_copy(lambda: meet_beside_files(bare))
    assert sha256 == firmware_sha256(firmware_sources())
    assert log == []


def hang_and_meet(bare: StormHub) -> str:
    pico = run_with(bare, HANG)
    pico.run_for_us(S)
    pico.write(bytes(16))  # to be served
    pico.run_for_us(WATCHDOG_US + S)
    return met(pico).client.hello.reset_cause


def test_hub_that_hangs_is_reset_and_says_so(bare: StormHub) -> None:
    assert in_a_copy(lambda: hang_and_meet(bare)) == "watchdog"


def said_to_ctrl_c(hub: StormHub, key: bytes | None) -> bytes:
    if key is not None:
        hub.client.set_key(key)
    pico = hub.pico
    pico.power_cut()
    assert pico.run_until(pico.now_us + 10 * S, lambda: pico.pipe_count > 1 and pico.is_connected)
    pico.run_for_us(S)
    pico.read()
    pico.write(b"\r\x03")
    pico.run_for_us(S)
    return pico.read()


@pytest.mark.parametrize(("key", "is_repl"), [(None, True), (bytes(range(32)), False)])
def test_ctrl_c_soon_after_the_start_leads_to_the_repl_where_there_is_no_key(
    bare: StormHub, key: bytes | None, is_repl: bool
) -> None:
    said = in_a_copy(lambda: said_to_ctrl_c(bare, key))
    assert (b"KeyboardInterrupt" in said, said.endswith(b">>> ")) == (is_repl, is_repl)
