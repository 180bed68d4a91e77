"""The way to BOOTSEL on the real image, from either port; and what is written there boots."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest_mock import MockerFixture

from stormbench.attached.asking import Who, ask
from stormbench.emulator import EmulatedPort
from stormbench.errors import LinkLost
from stormbench.flashing.bootsel import send_to_bootsel
from stormbench.flashing.flash import flash
from stormbench.flashing.image_choice import fit_image
from stormbench.hub.emulated import HubPort, open_emulated, open_emulated_repl
from stormbench.hub.open import opened_hub, require_this_firmware
from stormbench.link.client import HubClient

OWN, REPL = "/dev/ttyOWN", "/dev/ttyREPL"
PICO = {"vid": 0x2E8A, "pid": 0x0005, "location": None}


class Named:
    """A port of a board that goes on when the port is closed, under the name of a device."""

    def __init__(self, port: EmulatedPort, name: str) -> None:
        self.name = name
        self._port = port
        self.write, self.read = port.write, port.read
        self.now_ms, self.pass_ms, self.reopen = port.now_ms, port.pass_ms, port.reopen

    def close(self) -> None:
        """Nothing: the board is the test's."""


def has_left_the_bus(port: EmulatedPort) -> bool:
    with pytest.raises(LinkLost, match="left the bus"):
        while True:
            port.read(500)
    return True


def test_hub_on_micropythons_port_goes_to_bootsel() -> None:
    port = open_emulated_repl(None, hub_id=1)
    try:
        send_to_bootsel(REPL, lambda name: Named(port, name))
        assert has_left_the_bus(port)
    finally:
        port.close()


def test_board_at_its_repl_is_told_by_its_echo_once_its_prompt_was_read() -> None:
    port = open_emulated_repl(None, hub_id=1)
    try:
        HubClient(port).enter_repl()
        while port.read(1_000):
            pass
        assert [ask(port).who for _ in range(2)] == [Who.REPL, Who.REPL]
    finally:
        port.close()


def test_hub_on_its_own_port_goes_to_bootsel_by_the_other(mocker: MockerFixture) -> None:
    own = open_emulated(None, hub_id=1)
    try:
        repl = repl_of(own)
        hello = ask(own).hello
        assert hello is not None
        ports = [
            SimpleNamespace(device=device, serial_number=hello.unique_id, interface=name, **PICO)
            for device, name in ((OWN, "stormbench hub"), (REPL, "Board CDC"))
        ]
        mocker.patch("serial.tools.list_ports.comports", return_value=ports)
        send_to_bootsel(OWN, lambda name: Named({OWN: own, REPL: repl}[name], name))
        assert has_left_the_bus(repl)
    finally:
        own.close()


def test_what_is_written_at_bootsel_boots_and_is_this_trees_hub(
    tmp_path: Path, mocker: MockerFixture
) -> None:
    """A folder plays the drive: the emulated board has no boot ROM that shows one."""
    mocker.patch("serial.tools.list_ports.comports", return_value=[])
    drive = tmp_path / "RPI-RP2"
    port = open_emulated_repl(None, hub_id=1)
    try:
        send_to_bootsel(REPL, lambda name: Named(port, name))
        assert has_left_the_bus(port)
    finally:
        port.close()
    drive.mkdir()
    (drive / "INFO_UF2.TXT").write_text("UF2 Bootloader v3.0\nBoard-ID: RPI-RP2\n")
    flash(fit_image(None), [tmp_path], None, 0, lambda text, share: None)
    (written,) = drive.glob("*.UF2")
    with opened_hub("emulated", written) as client:
        require_this_firmware(client)


def repl_of(own: HubPort) -> EmulatedPort:
    found = own.repl_port()
    assert isinstance(found, EmulatedPort)
    return found
