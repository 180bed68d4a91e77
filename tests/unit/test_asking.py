"""Who is on a port, and that asking takes nothing from a hub."""

from collections.abc import Callable

import pytest
from pytest_mock import MockerFixture

from hubwire.frames import PROTOCOL_VERSION
from hubwire.framing import Frame
from link_bench import EchoingPort, ScriptedPort, SilentPort, of_version
from stormbench.attached.asking import Who, ask, ask_device
from stormbench.errors import LinkLost
from stormbench.link.client import TRIES
from stormbench.link.serial_port import SerialPort


def test_hub_says_what_it_is() -> None:
    answer = ask(ScriptedPort(source_sha256=b"\xab" * 32, keyed=1))
    assert answer.who is Who.HUB and answer.hello is not None
    assert answer.sentence == ("hub 0.1.2 of sources ABABABABABAB on MicroPython 1.25.0; key: set")


def test_hub_in_process_runs_under_cpython() -> None:
    assert "on CPython" in ask(ScriptedPort(micropython_version=bytes(3))).sentence


def test_hub_is_told_nothing_behind_its_hello() -> None:
    port = ScriptedPort()
    ask(port)
    assert [frame.name for frame in port.asked] == ["HelloRequest"]


def test_hello_that_answers_another_question_is_not_taken() -> None:
    port = ScriptedPort(nonce=12345)  # as one that was late for whoever asked before
    assert ask(port).who is Who.SILENT
    assert len(port.asked) == TRIES


def test_silent_port_is_asked_as_often_as_a_client_asks() -> None:
    port = SilentPort(b"\xfe\xfd")
    answer = ask(port)
    assert (answer.who, answer.hello) == (Who.SILENT, None)
    assert "the last 2 bytes: FE FD" in answer.sentence
    assert [frame.name for frame in port.asked] == ["HelloRequest"] * TRIES


@pytest.mark.parametrize(
    ("make", "who", "said"),
    [
        (lambda: SilentPort(b"\r\n>>> "), Who.REPL, "MicroPython's REPL"),
        (EchoingPort, Who.REPL, "MicroPython's REPL"),
        (
            lambda: ScriptedPort(definition_hash=b"\xca\xfe\x00\x01"),
            Who.OTHER_PROTOCOL,
            "CAFE0001",
        ),
        (
            lambda: SilentPort(of_version(PROTOCOL_VERSION + 1)),
            Who.OTHER_PROTOCOL,
            f"version {PROTOCOL_VERSION + 1}",
        ),
    ],
)
def test_what_is_no_hub_of_ours_is_told(
    make: Callable[[], ScriptedPort], who: Who, said: str
) -> None:
    answer = ask(make())
    assert (answer.who, answer.hello) == (who, None)
    assert said in answer.sentence


def test_port_that_goes_away_is_unreachable() -> None:
    port = ScriptedPort()
    port.lasts_writes = 0
    assert ask(port).who is Who.UNREACHABLE


def test_port_that_cannot_be_opened_is_unreachable(mocker: MockerFixture) -> None:
    mocker.patch("serial.Serial", side_effect=OSError("busy"))
    answer = ask_device("/dev/ttyACM0")
    assert answer.who is Who.UNREACHABLE and "busy" in answer.sentence


def test_port_is_closed_again_even_if_asking_fails(mocker: MockerFixture) -> None:
    class Broken(ScriptedPort):
        def _answer(self, frame: Frame) -> bytes:
            raise LinkLost("gone")

    port = Broken()
    mocker.patch.object(SerialPort, "open", return_value=port)
    assert ask_device("/dev/ttyACM0").who is Who.UNREACHABLE
    assert port.closed == 1
