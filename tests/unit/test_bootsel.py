"""The way to BOOTSEL without the button: what is sent to whom, and who is left alone."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytest_mock import MockerFixture

from authority_bench import KEY
from boards_bench import HUB_PORT, REPL_PORT, port
from hubwire.frames import TRANSPORTS
from hubwire.framing import Frame
from link_bench import EchoingPort, ScriptedPort, SilentPort, result
from scripted_port import ScriptedPort as ReplPort
from stormbench.errors import ExitCode, InvalidInput, LinkLost
from stormbench.flashing.bootsel import NotAtBootsel, send_to_bootsel
from stormbench.keys.keyring import PATH_VARIABLE, HubKey, Keyring
from stormbench.link.port import Port
from stormbench.link.raw_repl import ENTER_RAW, RAW_PROMPT

OWN = next(number for number, name in TRANSPORTS.items() if name == "usb_endpoint")
UNIQUE_ID = "E6" * 8


@pytest.fixture(autouse=True)
def no_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PATH_VARIABLE, str(tmp_path / "keys.json"))


@pytest.fixture
def plug(mocker: MockerFixture) -> Callable[..., None]:
    comports = mocker.patch("serial.tools.list_ports.comports", return_value=[])

    def plug(*ports: SimpleNamespace) -> None:
        comports.return_value = list(ports)

    return plug


def repl() -> ReplPort:
    """One that takes the code, and is gone with it."""
    board = ReplPort()
    board.say(b"\r\n" + RAW_PROMPT)
    board.say(b"OK")
    return board


def opener(ports: dict[str, list[Any]]) -> Callable[[str], Port]:
    """Opens the next port under a name."""

    def open_port(name: str) -> Port:
        opened: Port = ports[name].pop(0)
        opened.name = name
        return opened

    return open_port


def send(name: str, ports: dict[str, list[Any]]) -> None:
    send_to_bootsel(name, opener(ports))


def test_hub_is_told_to_leave_and_its_repl_to_start_the_boot_loader() -> None:
    hub, board = ScriptedPort(result), repl()
    send("/dev/ttyACM0", {"/dev/ttyACM0": [hub, board]})
    assert [frame.name for frame in hub.asked][-1] == "EnterRepl"
    assert board.octets.startswith(ENTER_RAW) and b"machine.bootloader()" in board.octets
    assert hub.closed == 1 and board.is_closed


def test_hub_on_its_own_port_is_followed_to_the_repl_of_the_same_board(
    plug: Callable[..., None],
) -> None:
    serial = {"serial_number": UNIQUE_ID}
    other = port("/dev/ttyACM2", "F772", interface="Board CDC")
    plug(
        other,
        SimpleNamespace(**{**vars(REPL_PORT), **serial}),
        SimpleNamespace(**{**vars(HUB_PORT), **serial}),
    )
    board = repl()
    send(
        "/dev/ttyACM1",
        {"/dev/ttyACM1": [ScriptedPort(result, transport=OWN)], "/dev/ttyACM0": [board]},
    )
    assert b"machine.bootloader()" in board.octets


def test_hub_whose_repl_is_not_plugged_in_is_not_told_to_leave(plug: Callable[..., None]) -> None:
    hub = ScriptedPort(result, transport=OWN)
    with pytest.raises(NotAtBootsel, match=f"REPL of board {UNIQUE_ID}.*hold BOOTSEL") as caught:
        send("/dev/ttyUSB0", {"/dev/ttyUSB0": [hub]})
    assert caught.value.exit_code == ExitCode.NO_HUB
    assert hub.named("EnterRepl") == [] and hub.closed == 1


def test_hub_with_a_key_that_is_not_here_says_both_ways() -> None:
    hub = ScriptedPort(result, keyed=1)
    with pytest.raises(NotAtBootsel) as caught:
        send("/dev/ttyACM0", {"/dev/ttyACM0": [hub]})
    said = str(caught.value)
    assert "has a key" in said and "STORMBENCH_KEYS" in said and "hold BOOTSEL" in said
    assert hub.named("EnterRepl") == [] == hub.named("Authorised")


def test_hub_with_a_key_that_is_here_is_told_with_it() -> None:
    Keyring().put(UNIQUE_ID, HubKey(KEY))
    hub, board = ScriptedPort(result, keyed=1), repl()
    send("/dev/ttyACM0", {"/dev/ttyACM0": [hub, board]})
    assert len(hub.named("Authorised")) == 1
    assert b"machine.bootloader()" in board.octets


@pytest.mark.parametrize("idle", [lambda: SilentPort(b"\r\n>>> "), EchoingPort])
def test_board_at_its_repl_is_taken_as_it_is(idle: Callable[[], ScriptedPort]) -> None:
    board = repl()
    send("/dev/ttyACM0", {"/dev/ttyACM0": [idle(), board]})
    assert b"machine.bootloader()" in board.octets


def test_board_that_is_gone_at_once_has_obeyed() -> None:
    class Gone(ReplPort):
        def write(self, burst: bytes) -> None:
            super().write(burst)
            self.is_lost = b"bootloader" in burst

    board = Gone()
    board.say(RAW_PROMPT)
    send("/dev/ttyACM0", {"/dev/ttyACM0": [EchoingPort(), board]})
    assert board.is_lost


@pytest.mark.parametrize(
    ("silent", "code"),
    [
        (lambda: SilentPort(), ExitCode.TIMEOUT),
        (lambda: ScriptedPort(definition_hash=bytes(4)), ExitCode.FOREIGN),
    ],
)
def test_whoever_is_no_hub_of_ours_and_no_repl_gets_nothing_but_the_question(
    silent: Callable[[], ScriptedPort], code: ExitCode
) -> None:
    port = silent()
    with pytest.raises(NotAtBootsel, match="hold BOOTSEL") as caught:
        send("/dev/ttyACM0", {"/dev/ttyACM0": [port]})
    assert caught.value.exit_code == code
    assert {frame.name for frame in port.asked} == {"HelloRequest"}


def test_port_that_goes_away_is_told() -> None:
    port = ScriptedPort()
    port.lasts_writes = 0
    with pytest.raises(NotAtBootsel) as caught:
        send("/dev/ttyACM0", {"/dev/ttyACM0": [port]})
    assert caught.value.exit_code == LinkLost.exit_code


@pytest.mark.parametrize("name", ["sim", "emulated:uart"])
def test_virtual_hub_has_no_flash(name: str) -> None:
    with pytest.raises(InvalidInput, match="--uf2"):
        send(name, {})


def test_answer_to_enter_repl_is_awaited() -> None:
    def refuse(frame: Frame) -> bytes:
        return result(frame, 1, b"not now")

    with pytest.raises(NotAtBootsel, match=r"refused EnterRepl: not now.*hold BOOTSEL"):
        send("/dev/ttyACM0", {"/dev/ttyACM0": [ScriptedPort(refuse)]})
