"""From an image to a board that runs it, on a computer whose drives and ports come and go."""

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest_mock import MockerFixture

from boards_bench import (
    ADAPTER,
    HUB_PORT,
    REPL_PORT,
    RP2350_INFO,
    PassingTime,
    boot_drive,
    port,
)
from image_bench import hub_image, other_program, stock_image, stored
from link_bench import EchoingPort, ScriptedPort, SilentPort
from stormbench.attached import drives
from stormbench.attached.asking import Who
from stormbench.errors import ForeignHub, HubTimeout, InvalidInput, NoHub
from stormbench.flashing import drive_choice
from stormbench.flashing.flash import Flashed, flash
from stormbench.flashing.image_choice import fit_image
from stormbench.image.identity import firmware_sha256
from stormbench.link.serial_port import SerialPort
from stormbench.tree import firmware_sources

OURS = bytes.fromhex(firmware_sha256(firmware_sources()))
OTHER = port("/dev/ttyACM5", "F772")


class Computer:
    """What is plugged in, and who answers on every port."""

    def __init__(self, mocker: MockerFixture, folder: Path) -> None:
        self.time = PassingTime()
        self.drives = folder / "media"
        self.drives.mkdir()
        self.image = folder
        self.said: list[str] = []
        self._comports = mocker.patch("serial.tools.list_ports.comports", return_value=[])
        self._open = mocker.patch.object(SerialPort, "open")
        self.answers(lambda: ScriptedPort(source_sha256=OURS))

    def plug(self, *ports: SimpleNamespace) -> None:
        self._comports.return_value = list(ports)

    def answers(self, make: Callable[[], ScriptedPort]) -> None:
        self._open.side_effect = lambda name: make()

    def restarts(self, *ports: SimpleNamespace) -> None:
        """The board is gone after a second, and back after another."""
        self.time.then(1, lambda: shutil.rmtree(self.drives / "RPI-RP2"))
        self.time.then(2, lambda: self.plug(*ports))

    def flash(
        self, content: bytes | None = None, wait_s: float = 30, board: str | None = None
    ) -> Flashed:
        image = fit_image(stored(self.image, content or hub_image()))
        say = lambda text, share: self.said.append(text)  # noqa: E731
        return flash(image, [self.drives], board, wait_s, say, self.time)


@pytest.fixture
def computer(mocker: MockerFixture, tmp_path: Path) -> Computer:
    return Computer(mocker, tmp_path)


def test_board_that_comes_back_says_what_it_runs(computer: Computer) -> None:
    drive = boot_drive(computer.drives)
    computer.restarts(REPL_PORT, HUB_PORT)
    flashed = computer.flash()
    assert flashed.drive == drive and flashed.port is not None and flashed.answer is not None
    assert flashed.port.device == "/dev/ttyACM1"
    assert flashed.answer.who is Who.HUB
    steps = list(dict.fromkeys(computer.said))
    assert [step.split(",")[0] for step in steps] == [
        f"writing HUB.UF2 to {drive}",
        "waiting for the drive to go",
        "waiting for the board's port",
    ]


def test_board_that_was_there_before_is_not_taken_for_it(computer: Computer) -> None:
    boot_drive(computer.drives)
    computer.plug(OTHER)
    computer.restarts(OTHER, REPL_PORT)
    flashed = computer.flash()
    assert flashed.port is not None and flashed.port.serial_number == "E661"


def test_adapter_that_is_plugged_in_meanwhile_is_not_taken_for_it(computer: Computer) -> None:
    boot_drive(computer.drives)
    computer.time.then(0.5, lambda: computer.plug(ADAPTER))
    computer.restarts(ADAPTER, REPL_PORT)
    flashed = computer.flash()
    assert flashed.port is not None and flashed.port.serial_number == "E661"


def test_without_a_wait_nobody_is_asked(computer: Computer) -> None:
    drive = boot_drive(computer.drives)
    assert computer.flash(wait_s=0) == Flashed(drive)
    assert (drive / "HUB.UF2").read_bytes() == hub_image()


def test_program_that_cannot_be_asked_is_not_waited_for(computer: Computer) -> None:
    boot_drive(computer.drives)
    computer.restarts()
    assert computer.flash(other_program()).port is None
    assert computer.time.at_s < 2


def test_no_drive_names_what_to_do(computer: Computer) -> None:
    computer.plug(REPL_PORT)
    with pytest.raises(NoHub) as caught:
        computer.flash()
    said = str(caught.value)
    assert str(computer.drives) in said and "hold BOOTSEL" in said
    assert "`--port id:E661`" in said and "`--drive-root DIR`" in said


def test_drive_that_is_not_mounted_is_told(
    computer: Computer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "by-label").touch()
    monkeypatch.setattr(drive_choice, "UNMOUNTED", tmp_path / "by-label")
    with pytest.raises(NoHub, match=r"not mounted: `udisksctl mount -b .*by-label`"):
        computer.flash()


def test_folder_with_the_label_alone_is_told(computer: Computer) -> None:
    (computer.drives / drives.LABEL).mkdir()
    with pytest.raises(NoHub, match=r"RPI-RP2 has no INFO_UF2\.TXT"):
        computer.flash()


def test_two_drives_are_listed_and_nothing_is_written(computer: Computer) -> None:
    paths = [boot_drive(computer.drives, name) for name in ("RPI-RP2", "RPI-RP21")]
    with pytest.raises(InvalidInput) as caught:
        computer.flash()
    assert all(str(path) in str(caught.value) for path in paths)
    assert f"`--drive-root {paths[0]}`" in str(caught.value)
    assert not list(computer.drives.rglob("*.UF2"))


def test_drive_of_another_chip_beside_it_is_no_choice(computer: Computer) -> None:
    boot_drive(computer.drives, "RP2350", RP2350_INFO)
    drive = boot_drive(computer.drives)
    assert computer.flash(wait_s=0).drive == drive


def test_drive_of_another_chip_alone_is_refused(computer: Computer) -> None:
    boot_drive(computer.drives, "RP2350", RP2350_INFO)
    with pytest.raises(InvalidInput, match=r"expected Board-ID RPI-RP2 .* got RP2350"):
        computer.flash()


def test_drive_that_stays_means_that_the_image_was_not_taken(computer: Computer) -> None:
    boot_drive(computer.drives)
    with pytest.raises(HubTimeout, match=r"still there after 7 s.*not lost.*hold BOOTSEL"):
        computer.flash(wait_s=7)
    assert 7 <= computer.time.at_s < 8


def test_drive_that_only_seems_to_stay_does_not_hold_up_a_board_that_is_back(
    computer: Computer,
) -> None:
    boot_drive(computer.drives)
    computer.time.then(2, lambda: computer.plug(HUB_PORT))
    assert computer.flash().port is not None


def test_board_that_does_not_come_back_is_told_after_the_time(computer: Computer) -> None:
    boot_drive(computer.drives)
    computer.restarts()
    with pytest.raises(HubTimeout, match=r"within 7 s no hub.*no port of a new board.*doctor`"):
        computer.flash(wait_s=7)


def test_board_that_stays_silent_is_told_with_its_port(computer: Computer) -> None:
    boot_drive(computer.drives)
    computer.restarts(REPL_PORT)
    computer.answers(SilentPort)
    with pytest.raises(HubTimeout, match="/dev/ttyACM0: nothing answers"):
        computer.flash(wait_s=7)


def test_hub_that_is_silent_while_it_boots_is_asked_again(computer: Computer) -> None:
    boot_drive(computer.drives)
    computer.restarts(REPL_PORT)
    computer.answers(SilentPort)
    ours = ScriptedPort(source_sha256=OURS)
    computer.time.then(4, lambda: computer.answers(lambda: ours))
    flashed = computer.flash()
    assert flashed.answer is not None and flashed.answer.who is Who.HUB


@pytest.mark.parametrize(
    "make",
    [EchoingPort, lambda: ScriptedPort(source_sha256=b"\xab" * 32)],
    ids=["repl", "other hub"],
)
def test_board_that_runs_something_else_than_was_written_is_foreign(
    make: Callable[[], ScriptedPort], computer: Computer
) -> None:
    boot_drive(computer.drives)
    computer.restarts(REPL_PORT)
    computer.answers(make)
    with pytest.raises(ForeignHub, match=f"expected the hub of sources {OURS.hex()[:12].upper()}"):
        computer.flash()


def test_port_that_cannot_be_opened_yet_is_tried_again_whatever_was_written(
    computer: Computer,
) -> None:
    boot_drive(computer.drives)
    computer.restarts(REPL_PORT)
    computer.answers(SilentPort)

    def refuse() -> ScriptedPort:
        raise NoHub("not yet")

    computer.answers(refuse)
    computer.time.then(5, lambda: computer.answers(EchoingPort))
    flashed = computer.flash(stock_image())
    assert flashed.answer is not None and flashed.answer.who is Who.REPL


def test_repl_is_what_a_stock_image_runs(computer: Computer) -> None:
    boot_drive(computer.drives)
    computer.restarts(REPL_PORT)
    computer.answers(EchoingPort)
    flashed = computer.flash(stock_image())
    assert flashed.answer is not None and flashed.answer.who is Who.REPL


# With --port.


def sent(computer: Computer, mocker: MockerFixture, appears_s: float | None) -> None:
    """The board on /dev/ttyACM0 goes to BOOTSEL: it takes its port away, and shows a drive."""

    def send(name: str) -> None:
        computer.plug(OTHER)
        if appears_s is not None:
            computer.time.then(computer.time.at_s + appears_s, lambda: boot_drive(computer.drives))

    mocker.patch("stormbench.flashing.flash.send_to_bootsel", side_effect=send)


def test_board_on_a_port_is_sent_to_bootsel_and_its_own_drive_awaited(
    computer: Computer, mocker: MockerFixture
) -> None:
    boot_drive(computer.drives, "ANOTHER")
    computer.plug(OTHER, REPL_PORT)
    sent(computer, mocker, appears_s=3)
    computer.time.then(4, lambda: shutil.rmtree(computer.drives / "RPI-RP2"))
    computer.time.then(5, lambda: computer.plug(OTHER, HUB_PORT))
    flashed = computer.flash(board="id:E661")
    assert flashed.drive.name == "RPI-RP2" and not list(computer.drives.rglob("*.UF2"))
    assert flashed.port is not None and flashed.port.device == "/dev/ttyACM1"


def test_drive_that_does_not_come_names_the_button(
    computer: Computer, mocker: MockerFixture
) -> None:
    sent(computer, mocker, appears_s=None)
    with pytest.raises(NoHub, match=r"on id:E661 was sent to BOOTSEL; no board is at BOOTSEL.*"):
        computer.flash(board="id:E661", wait_s=7)
    assert 7 <= computer.time.at_s < 8


def test_board_of_another_chip_that_was_sent_there_is_refused(
    computer: Computer, mocker: MockerFixture
) -> None:
    appears = lambda: boot_drive(computer.drives, "RP2350", RP2350_INFO)  # noqa: E731
    mocker.patch(
        "stormbench.flashing.flash.send_to_bootsel",
        side_effect=lambda name: computer.time.then(1, appears),
    )
    with pytest.raises(InvalidInput, match="another chip"):
        computer.flash(board="id:E661")
    assert not list(computer.drives.rglob("*.UF2"))


def test_drive_is_awaited_even_where_what_runs_then_is_not(
    computer: Computer, mocker: MockerFixture
) -> None:
    sent(computer, mocker, appears_s=3)
    assert computer.flash(board="id:E661", wait_s=0).drive.name == "RPI-RP2"


def test_bad_image_is_told_before_the_board_is_sent_anywhere(
    computer: Computer, mocker: MockerFixture
) -> None:
    send = mocker.patch("stormbench.flashing.flash.send_to_bootsel")
    with pytest.raises(InvalidInput):
        computer.flash(hub_image()[:-5], board="id:E661")
    assert send.call_count == 0
