"""Stock MicroPython with the firmware in its files behaves as the image with it frozen in."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from random_traces import assert_same_rows, random_replay
from stock_micropython import stock_micropython
from stormbench.deploy.firmware import MAIN, compiled
from stormbench.deploy.mpy_cross import MpyCross
from stormbench.deploy.reach import boot_hub, reach_repl
from stormbench.deploy.run import deploy
from stormbench.emulator import EmulatedPico
from stormbench.emulator.port import EmulatedPort
from stormbench.errors import LinkLost
from stormbench.hub.emulated import HubPort
from stormbench.hub.open import open_hub, opened_hub, require_this_firmware
from stormbench.hub.stock import deployed_image
from stormbench.image import inspect
from stormbench.link.raw_repl import RawRepl
from stormbench.selftest.run import selftest

ALERTS = 60
REMOVE_THREE = """
import os
for name in "app", "due", "heap":
    os.remove("commshub/" + name + ".mpy")
"""
IMPORT_EACH = """
import gc, os
gc.threshold(8192)
for name in sorted(os.listdir("commshub")):
    __import__("commshub." + name[:-len(".mpy")])
    print(name)
"""
SPARE_BYTES = 24_000
"""What a report, a save and an update of the policy may still want of the heap."""


@pytest.fixture(scope="module")
def stock() -> Path:
    return stock_micropython()


@pytest.fixture(scope="module")
def deployed(stock: Path) -> Path:
    """What the flash of a stock board holds after a deploy."""
    return deployed_image(stock)


@pytest.fixture
def board(deployed: Path) -> Iterator[EmulatedPort]:
    """A board to which the firmware was deployed, at the port of its REPL; its hub runs."""
    pico = EmulatedPico(deployed, unique_id=b"deployed")
    port = HubPort(pico, is_repl=True, name="deployed")
    yield port
    port.close()


def test_the_deployed_hub_is_the_trees_and_has_room_left(stock: Path) -> None:
    client = open_hub("emulated:stock", stock)
    try:
        require_this_firmware(client)
        assert client.hello.transport == "usb_endpoint"
        assert client.memory()["heap_free"] > SPARE_BYTES
    finally:
        client.close()


def test_the_deployed_hub_passes_the_selftest(stock: Path) -> None:
    with opened_hub("emulated:stock", stock) as client:
        made = selftest(client, "emulated:stock", is_emulated=True)
    assert not made.has_failed, [each for each in made.checks if each.status.value == "fail"]


def test_the_deployed_hub_and_the_frozen_one_judge_alike(stock: Path, tmp_path: Path) -> None:
    replay = random_replay(0, ALERTS)
    verdicts, events = replay.on("emulated", tmp_path)
    on_stock = replace(replay, options=(*replay.options, "--uf2", str(stock)))
    theirs, their_events = on_stock.on("emulated:stock", tmp_path)
    assert_same_rows(verdicts, theirs, at_least=ALERTS)
    assert_same_rows(events, their_events, at_least=1)


def test_each_module_of_the_firmware_imports_where_nothing_is_installed(
    board: EmulatedPort,
) -> None:
    repl = reach_repl(board)
    repl.soft_reset()  # so that none is loaded
    names = repl.run(IMPORT_EACH, 30_000).split()
    of_the_package = [name.removeprefix("commshub/") for name in compiled(MpyCross()).files]
    assert names == sorted(name for name in of_the_package if "/" not in name and name != MAIN)


def test_what_the_image_says_of_its_firmware_can_be_read_from_its_files(deployed: Path) -> None:
    assert inspect(deployed).source_sha256 is not None


def test_second_deploy_copies_nothing_and_the_hub_comes_back(board: EmulatedPort) -> None:
    repl = reach_repl(board)
    again = deploy(repl, MpyCross())
    assert (again.copied, again.removed) == ((), ())
    boot_hub(repl, board, again.firmware.identity)


def test_deploy_whose_power_is_cut_half_way_starts_nothing_and_is_repeated(
    board: EmulatedPort,
) -> None:
    reach_repl(board).run(REMOVE_THREE, 5_000)
    cut = _at_second_file(board.pico.power_cut)
    with pytest.raises(LinkLost, match="same command again"):
        deploy(RawRepl(board), MpyCross(), on_step=cut)
    board.reopen()
    repl = reach_repl(board)
    there = repl.run("import os\nprint(os.listdir())", 5_000)
    again = deploy(repl, MpyCross())
    assert MAIN not in there
    assert again.copied[-1] == MAIN and 2 <= len(again.copied) < 4


def _at_second_file(happen: Callable[[], None]) -> Callable[[str, float | None], None]:
    def on_step(_text: str, share: float | None) -> None:
        if share is not None and 0.2 < share < 0.3:
            happen()

    return on_step
