"""A board at another computer: pyserial's sockets and RFC 2217, over the loopback.

Behind them is the firmware on MicroPython's Unix port. The server of RFC 2217 is pyserial's own
PortManager, with `loop://` in the place of the serial port whose settings it keeps.
"""

import os
import select
import socket
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import serial
from pytest_mock import MockerFixture
from serial.rfc2217 import PortManager

from stormbench.errors import LinkLost
from stormbench.hub.unix import UnixPort
from stormbench.inject.one_hub import begin, storm_into
from stormbench.inject.plan import even_storm
from stormbench.link.client import HubClient
from stormbench.link.serial_port import SerialPort

# pyserial's own: old names of threads; a socket that it forgets where the other side was first.
pytestmark = [
    pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]

_LOOK_S = 0.02


class Plain:
    """What a socket carries is what the hub hears."""

    def __init__(self, connection: socket.socket) -> None:
        pass

    def to_hub(self, octets: bytes) -> bytes:
        return octets

    def to_client(self, octets: bytes) -> bytes:
        return octets


class Rfc2217(Plain):
    """Telnet, with the settings of a port negotiated in it."""

    def __init__(self, connection: socket.socket) -> None:
        settings: Any = serial.serial_for_url("loop://")
        client: Any = SimpleNamespace(write=connection.sendall)
        self._manager = PortManager(settings, client)

    def to_hub(self, octets: bytes) -> bytes:
        return b"".join(self._manager.filter(octets))

    def to_client(self, octets: bytes) -> bytes:
        return b"".join(self._manager.escape(octets))


class Served:
    """A hub, and a server for one client after another; `url` is where they find it."""

    def __init__(self, scheme: str, protocol: type[Plain]) -> None:
        self._hub = UnixPort()
        self._protocol = protocol
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(_LOOK_S)
        self.url = f"{scheme}://127.0.0.1:{self._server.getsockname()[1]}"
        self._connection: socket.socket | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                self._connection, _ = self._server.accept()
            except socket.timeout:  # noqa: UP041  (before 3.10 they are two)
                continue
            with self._connection as connection:
                try:
                    self._carry(connection)
                except OSError:
                    continue  # the client, or `cut`, has closed it

    def _carry(self, connection: socket.socket) -> None:
        protocol, out = self._protocol(connection), self._hub._process.stdout
        assert out is not None
        while not self._stop.is_set():
            ends = [connection.fileno(), out.fileno()]
            ready, _, _ = select.select(ends, [], [], _LOOK_S)
            if connection.fileno() in ready:
                came = connection.recv(4096)
                if not came:
                    return
                self._hub.write(protocol.to_hub(came))
            if out.fileno() in ready:
                connection.sendall(protocol.to_client(os.read(out.fileno(), 4096)))

    def cut(self) -> None:
        """The connection is gone, and who has it open finds that out."""
        assert self._connection is not None
        self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._stop.set()
        self._thread.join(timeout=5)
        self._server.close()
        self._hub.close()


@pytest.fixture(params=[("socket", Plain), ("rfc2217", Rfc2217)], ids=lambda param: param[0])
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    served = Served(*request.param)
    yield served
    served.close()


@pytest.fixture
def client(served: Served) -> Iterator[HubClient]:
    client = HubClient(SerialPort.open(served.url))
    yield client
    client.close()


def test_storm_into_a_remote_hub_is_accounted_for(client: HubClient, served: Served) -> None:
    begin(client)
    result = storm_into(client, served.url, even_storm(0x8F3E, 200, 200))
    assert result["unaccounted"] == 0
    assert result["sent"] == sum(result["acknowledged"].values()) == 200


def test_connection_that_is_cut_is_made_again_and_no_alert_is_lost(
    client: HubClient, served: Served
) -> None:
    begin(client)
    storm_into(client, served.url, even_storm(0x8F3E, 200, 20))
    served.cut()
    result = storm_into(client, served.url, even_storm(0x8F3E, 200, 20))
    assert result["unaccounted"] == 0 and len(client.recoveries_ms) == 1


@pytest.mark.parametrize("served", [("rfc2217", Rfc2217)], indirect=True, ids=["rfc2217"])
def test_settings_of_a_remote_port_are_not_negotiated_again_for_a_read(
    client: HubClient, mocker: MockerFixture
) -> None:
    negotiate = mocker.spy(serial.rfc2217.Serial, "_reconfigure_port")
    for timeout_ms in (1, 2, 3):
        client.port.read(timeout_ms)
    negotiate.assert_not_called()


def test_read_of_nothing_ends_in_time(client: HubClient) -> None:
    begun_ms = client.port.now_ms()
    assert client.port.read(20) == b""
    assert client.port.now_ms() - begun_ms >= 20


def test_remote_hub_that_is_gone_is_a_lost_link(client: HubClient, served: Served) -> None:
    served.close()
    with pytest.raises(LinkLost, match="plug it in"):
        client.port.reopen()
