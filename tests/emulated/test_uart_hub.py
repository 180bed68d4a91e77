"""`--hub emulated:uart`: the real image over its UART, the hub that it is over USB."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from commshub import wire
from hubwire.frames import GREETING
from hubwire.framing import Frame, Receiver, encode
from random_traces import assert_same_rows, random_replay
from stormbench.emulator import UartPort
from stormbench.errors import LinkLost
from stormbench.hub.emulated import open_emulated_uart
from stormbench.link.client import HubClient

ALERTS = 60
SESSION = 7
BYTE_US = 10 * 1_000_000 / 921_600


@pytest.fixture(scope="module")
def one_port() -> Iterator[UartPort]:
    """One board for all, because a boot costs as much wall time as twenty alerts."""
    opened = open_emulated_uart(None, hub_id=1)
    HubClient(opened)
    yield opened
    opened.close()


@pytest.fixture
def port(one_port: UartPort) -> UartPort:
    """The end of a silent line to a hub that was met."""
    answered(one_port)
    return one_port


def request(nonce: int) -> bytes:
    values = {"nonce": nonce, "session": SESSION, "greeting": GREETING}
    return encode(Frame("HelloRequest", 1, values))


def answered(port: UartPort, quiet_ms: int = 50) -> list[int]:
    """The nonces of the Hellos that come until nothing comes any more."""
    receiver, nonces = Receiver(), []
    while said := port.read(quiet_ms):
        found = [item for item in receiver.feed(said) if isinstance(item, Frame)]
        nonces += [frame["nonce"] for frame in found if frame.name == "Hello"]
    return nonces


def test_the_hub_says_that_it_is_on_its_uart(port: UartPort) -> None:
    assert HubClient(port).hello.transport == "uart"


def test_a_storm_is_judged_over_the_uart_as_in_process(tmp_path: Path) -> None:
    replay = random_replay(0, ALERTS)
    verdicts, events = replay.on("sim", tmp_path)
    theirs, their_events = replay.on("emulated:uart", tmp_path)
    assert_same_rows(verdicts, theirs, at_least=ALERTS)
    assert_same_rows(events, their_events, at_least=1)


def test_a_long_frame_takes_its_time_on_the_line(port: UartPort) -> None:
    message = bytes(1 + index % 255 for index in range(wire.MAX_MESSAGE_BYTES))
    boot = HubClient(port).hello.boot_id & 0xFFFF
    answered(port)
    values = {"at_ms": 0, "north_next": 0, "message": message}
    burst = encode(Frame("HanAlert", 0, values, boot))
    before_us = port.now_us
    port.write(burst)
    assert port.read(1_000)
    took_us = port.now_us - before_us
    assert len(burst) * BYTE_US <= took_us <= len(burst) * BYTE_US + 20_000
    HubClient(port).collect()  # what the hub made of it, so that it is not sent again


def test_a_burst_that_fits_into_the_buffer_is_answered_whole(port: UartPort) -> None:
    nonces = list(range(80))
    burst = b"".join(map(request, nonces))
    assert 2_900 < len(burst) < 3_000
    port.write(burst)
    assert answered(port) == nonces


def test_a_burst_beyond_the_buffer_loses_bytes_and_the_next_frame_is_good(port: UartPort) -> None:
    port.write(b"".join(request(nonce) for nonce in range(400)))
    assert len(answered(port)) < 400
    port.write(b"\x00" + request(12_345))  # among the lost may be the last frame's end
    assert answered(port) == [12_345]


def test_ctrl_c_on_the_usb_port_does_not_end_the_firmware(port: UartPort) -> None:
    port.pico.write(b"\x03\x03\x01\x04" * 20)
    port.pass_ms(100)
    port.write(request(77))
    assert answered(port) == [77]


def test_after_a_power_cut_the_port_is_lost_until_it_is_opened_again(port: UartPort) -> None:
    port.power_cut()
    with pytest.raises(LinkLost):
        port.write(b"x")
    port.reopen()
    hello = HubClient(port).hello
    assert (hello.start, hello.transport) == ("resumed", "uart")


def test_power_can_be_cut_in_the_middle_of_a_save(port: UartPort) -> None:
    client = HubClient(port)
    port.power_cut_in_save(0.5)
    client.set_policy(dict(client.policy()))  # which saves, and meets the hub again
    assert (client.ledger.restarts, client.hello.start) == (1, "resumed")
    assert len(client.recoveries_ms) == 1


def test_the_strap_is_looked_at_at_boot(port: UartPort) -> None:
    port.pico.set_pin(21, None)
    try:
        port.power_cut()
        with pytest.raises(LinkLost, match="nobody listens"):
            port.reopen()
    finally:
        port.pico.set_pin(21, False)
    port.power_cut()
    port.reopen()
