"""A real port of the system between client and hub: a pseudo-terminal, which may change its name.

Behind it is the firmware on MicroPython's Unix port; in front of it are pyserial and the kernel.
"""

import os
import select
import threading
import tty
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from pytest_mock import MockerFixture

from stormbench.errors import LinkLost
from stormbench.hub.unix import UnixPort
from stormbench.link.client import HubClient
from stormbench.link.serial_port import SerialPort
from stormbench.replay.run import message_of
from stormbench.replay.trace_file import Row

METER = bytes.fromhex("00DB123456780001")
TARGET = bytes.fromhex("90B3D51F30010000")
SERIAL_NUMBER = "E66058388353A02A"


def message(number: int) -> bytes:
    """A message of a key of its own, which passes."""
    return message_of(Row(0, METER, TARGET, 0x8100 + number), number)


class Plugged:
    """A hub behind a pseudo-terminal, from when it is plugged in until it is pulled."""

    def __init__(self, hub: UnixPort) -> None:
        self._hub = hub
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)  # or what the hub says first is echoed to it
        self.name = os.ttyname(self._slave)
        self._stop = threading.Event()
        self._pump = threading.Thread(target=self._carry, daemon=True)
        self._pump.start()

    def _carry(self) -> None:
        hub_out = self._hub._process.stdout
        assert hub_out is not None
        while not self._stop.is_set():
            ready, _, _ = select.select([self._master, hub_out.fileno()], [], [], 0.02)
            if self._master in ready:
                self._hub.write(os.read(self._master, 4096))
            if hub_out.fileno() in ready:
                os.write(self._master, self._hub.read(0))

    def pull(self) -> None:
        """The port is gone, and who has it open finds that out."""
        self._stop.set()
        self._pump.join(timeout=5)
        os.close(self._master)
        os.close(self._slave)


class Bench:
    """One hub, and the port that it is at now."""

    def __init__(self, mocker: MockerFixture) -> None:
        self._comports = mocker.patch("serial.tools.list_ports.comports", return_value=[])
        self._hub = UnixPort()
        self.plugged = self._plug()

    def _plug(self) -> Plugged:
        plugged = Plugged(self._hub)
        port = SimpleNamespace(device=plugged.name, serial_number=SERIAL_NUMBER)
        self._comports.return_value = [port]
        return plugged

    def pull(self) -> None:
        """The cable is out, and no port is there."""
        self._comports.return_value = []
        self.plugged.pull()

    def move(self) -> None:
        """The cable is pulled and plugged in again, and the port has another name then."""
        name = self.plugged.name
        kept = os.openpty()  # so that the system does not give the name again
        self.pull()
        taken = os.openpty()
        self.plugged = self._plug()
        assert self.plugged.name != name
        for end in (*kept, *taken):
            os.close(end)

    def close(self) -> None:
        """Pull it, and end the hub."""
        self.pull()
        self._hub.close()


@pytest.fixture
def bench(mocker: MockerFixture) -> Iterator[Bench]:
    """A hub that is plugged in."""
    bench = Bench(mocker)
    yield bench
    bench.close()


@pytest.fixture
def client(bench: Bench) -> Iterator[HubClient]:
    """A client of it, through pyserial."""
    client = HubClient(SerialPort.open(bench.plugged.name))
    yield client
    client.close()


def came(client: HubClient, number: int) -> bool:
    """Whether an alert passes, and its message goes north."""
    judged = client.alert(0, message(number))
    return judged.verdict == "PASS" and message(number) in [item.message for item in judged.north]


def test_alerts_go_through_a_port_of_the_system(client: HubClient) -> None:
    assert all(came(client, number) for number in range(5))


def test_several_alerts_are_on_their_way_at_once(client: HubClient) -> None:
    judged = [each for number in range(30) for each in client.submit(0, message(number))]
    judged += client.settle()
    assert len(judged) == 30


def test_board_is_opened_by_its_serial_number(bench: Bench) -> None:
    port = SerialPort.open(f"id:{SERIAL_NUMBER.lower()}")
    assert port.name == bench.plugged.name
    port.close()


def test_board_whose_port_has_another_name_is_found_and_goes_on(
    bench: Bench, client: HubClient
) -> None:
    assert came(client, 1)
    boot_id, before = client.hello.boot_id, client.name
    bench.move()
    assert came(client, 2)
    assert client.name == bench.plugged.name != before
    assert client.hello.boot_id == boot_id and len(client.recoveries_ms) == 1


def test_alerts_on_their_way_when_the_name_changes_are_counted_once(
    bench: Bench, client: HubClient
) -> None:
    for number in range(6):
        client.submit(0, message(number))
    bench.move()
    client.settle()
    assert client.ledger.verdicts == {"PASS": 6}
    assert client.counters()["received"] == 6


def test_board_that_is_not_there_is_lost_and_not_another_one(
    bench: Bench, mocker: MockerFixture
) -> None:
    port = SerialPort.open(bench.plugged.name)
    bench.pull()
    with pytest.raises(LinkLost, match="plug it in"):
        port.reopen()
    port.close()
    bench.plugged = bench._plug()
