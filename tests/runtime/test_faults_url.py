"""`faults://` as programs see it that know pyserial and nothing of stormbench."""

import os
import pty
import select
import socket
import subprocess
import sys
import threading
import tty
from time import monotonic

import pytest
import serial

from stormbench.errors import ExitCode
from stormbench.faults.url import register

FRAMES = [b"<%d>\0\0" % number for number in range(100)]
ALL = b"".join(FRAMES)


@pytest.fixture
def open_url():
    """Opens URLs, and closes what they opened."""
    register()
    opened = []

    def open_one(url, **settings):
        opened.append(serial.serial_for_url(url, **settings))
        return opened[-1]

    yield open_one
    for port in opened:
        port.close()


@pytest.fixture
def keyboard():
    """A pseudo-terminal: the descriptors of its two ends."""
    ours, theirs = pty.openpty()
    tty.setraw(ours)
    tty.setraw(theirs)
    yield ours, theirs
    os.close(ours)
    os.close(theirs)


@pytest.fixture
def terminal():
    """Another one: the descriptor of one end, the name of the other."""
    ours, theirs = pty.openpty()
    tty.setraw(ours)
    tty.setraw(theirs)
    yield ours, os.ttyname(theirs)
    os.close(ours)
    os.close(theirs)


@pytest.fixture
def echo_port():
    """The TCP port of a server that sends back what comes, one connection after another."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_echo, args=(server,), daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
    thread.join(timeout=5)


def _echo(server):
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            while octets := connection.recv(4096):
                connection.sendall(octets)


def read_end(descriptor):
    """What has come to a terminal's end, until no more does."""
    said = b""
    while select.select([descriptor], [], [], 0.3)[0]:
        said += os.read(descriptor, 4096)
    return said


def read_until_quiet(port):
    said = b""
    while more := port.read(4096):
        said += more
    return said


# Over every kind of inner port.


def test_a_loop_without_faults_says_what_was_written(open_url):
    port = open_url("faults://@loop://", timeout=0.2)
    assert port.write(ALL) == len(ALL)
    assert port.read(len(ALL)) == ALL


def test_a_socket_with_faults_loses_what_is_counted(echo_port, open_url):
    port = open_url(f"faults://drop=0.2&seed=7@socket://127.0.0.1:{echo_port}", timeout=0.3)
    for frame in FRAMES:
        port.write(frame)
    came = read_until_quiet(port).count(b"<")
    assert 0 < came < 100
    assert came == 100 - port.counts.fired("drop")


def test_a_terminal_with_faults_doubles_what_is_counted_on_each_side(open_url, terminal):
    ours, name = terminal
    port = open_url(f"faults://duplicate=0.5,seed=7@{name}", timeout=0.3)
    for frame in FRAMES[:20]:
        port.write(frame)
        os.write(ours, frame)
    port.flush()
    to_hub = read_end(ours).count(b"<")
    to_host = read_until_quiet(port).count(b"<")
    assert to_hub == 20 + port.counts.fired("duplicate", "to_hub") > 20
    assert to_host == 20 + port.counts.fired("duplicate", "to_host") > 20


# As a serial port of pyserial.


def test_a_read_with_a_timeout_gives_what_has_come_when_it_is_over(open_url):
    port = open_url("faults://@loop://", timeout=0.1)
    port.write(b"abc\0")
    began_s = monotonic()
    assert port.read(100) == b"abc\0"
    assert 0.1 <= monotonic() - began_s < 1


def test_a_read_without_a_timeout_waits_for_all_of_it(open_url):
    port = open_url("faults://@loop://")
    writer = threading.Timer(0.1, port.write, [b"bc\0"])
    port.write(b"a")
    writer.start()
    assert port.read(4) == b"abc\0"
    writer.join()


def test_a_read_that_does_not_wait_returns_at_once(open_url):
    port = open_url("faults://@loop://", timeout=0)
    began_s = monotonic()
    assert port.read(10) == b""
    assert monotonic() - began_s < 0.1


def test_a_read_can_be_cancelled(open_url):
    port = open_url("faults://@loop://")
    canceller = threading.Timer(0.1, port.cancel_read)
    canceller.start()
    assert port.read(1) == b""
    canceller.join()


def test_lines_can_be_read(open_url):
    port = open_url("faults://@loop://", timeout=1)
    port.write(b"one\ntwo\n")
    assert [port.readline(), port.readline()] == [b"one\n", b"two\n"]


def test_waiting_bytes_are_those_that_the_faults_left(open_url):
    port = open_url("faults://drop=1&side=to_host@loop://", timeout=0)
    port.write(b"abc\0")
    assert port.in_waiting == 0
    port.write(bytes(3))
    assert port.in_waiting == 3


def test_what_has_come_can_be_forgotten(open_url):
    port = open_url("faults://@loop://", timeout=0.1)
    port.write(b"abc\0")
    port.reset_input_buffer()
    assert port.read(4) == b""


def test_a_delayed_frame_is_late_in_wall_time(open_url):
    port = open_url("faults://delay=1&delay_ms=300&seed=7@loop://", timeout=2)
    began_s = monotonic()
    port.write(b"abc\0")
    assert port.in_waiting == 0
    assert port.read(4) == b"abc\0"
    assert 0.02 < monotonic() - began_s < 1


def test_flush_waits_until_nothing_is_held(open_url, terminal):
    ours, name = terminal
    port = open_url(f"faults://delay=1&delay_ms=200&seed=7@{name}")
    port.write(b"abc\0")
    port.flush()
    assert read_end(ours) == b"abc\0"


def test_a_stall_takes_its_time(open_url):
    port = open_url("faults://stalls=1,stall_ms=200,frames=1@loop://", timeout=1)
    began_s = monotonic()
    port.write(b"abc\0")
    assert monotonic() - began_s > 0.2 - 0.001  # the port's clock is in whole milliseconds
    assert port.read(4) == b"abc\0"


def test_settings_and_control_lines_are_the_inner_ports(open_url, terminal):
    port = open_url("faults://@loop://", baudrate=9600)
    port.dtr = False
    port.rts = True
    assert (port.dsr, port.cts) == (False, True)  # a loop says back what it is told
    assert open_url(f"faults://@{terminal[1]}", baudrate=57600).baudrate == 57600


# The link taken away.


def test_a_disconnect_is_an_exception_until_the_port_is_opened_again(echo_port, open_url):
    url = f"faults://disconnects=1,disconnect_ms=1,frames=1@socket://127.0.0.1:{echo_port}"
    port = open_url(url, timeout=1)
    with pytest.raises(serial.SerialException, match="the cable was pulled, on purpose"):
        port.write(b"abc\0")
    with pytest.raises(serial.SerialException, match="open it again"):
        port.read(1)
    port.close()
    port.open()
    port.write(b"def\0")
    assert port.read(4) == b"def\0"
    assert port.counts.fired("disconnect") == 1


def test_a_closed_port_is_told_apart(open_url):
    port = open_url("faults://@loop://")
    port.close()
    for act in (port.read, lambda: port.write(b"x"), lambda: port.in_waiting, port.flush):
        with pytest.raises(serial.SerialException, match="not open"):
            act()


def test_a_port_that_goes_away_by_itself_is_an_exception(open_url):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = open_url(f"faults://@socket://127.0.0.1:{server.getsockname()[1]}", timeout=1)
        server.accept()[0].close()
        with pytest.raises(serial.SerialException):
            port.read(1)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("faults://drop=2@loop://", "drop: "),
        ("faults://loop://", "expected faults://"),
        ("faults://resets=1@loop://", "power can be cut"),
        ("faults://@/dev/no such port", "no such port"),
    ],
)
def test_what_cannot_be_opened_is_an_exception_with_its_reason(open_url, url, reason):
    with pytest.raises(serial.SerialException, match=reason):
        open_url(url)


# A program that is not ours.

MINITERM = (
    "from stormbench.faults.url import register; register(); "
    "from serial.tools.miniterm import main; main()"
)


def test_pyserials_own_terminal_runs_behind_faults(terminal, keyboard):
    ours, name = terminal
    typed, stdin = keyboard
    command = [sys.executable, "-c", MINITERM, "--raw", f"faults://duplicate=1@{name}", "115200"]
    with subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE) as program:
        os.write(typed, b"a")
        assert os.read(ours, 1) == b"a"  # it is there: what was written before is forgotten
        assert read_end(ours) == b"a"
        os.write(ours, b"ready\0")
        assert program.stdout.read(12) == b"ready\0ready\0"
        os.write(typed, b"\x1d")  # Ctrl-]: it ends
        assert program.wait(timeout=20) == ExitCode.DONE
