"""Which of two links is served, and what becomes of bytes on the other one."""

from typing import Any

import pytest

from commshub import wire
from commshub.framer import Framer
from commshub.lanes import Lane, Lanes
from commshub.outbox import Outbox
from commshub.usb_link import UsbLink
from hubwire.frames import GREETING
from hubwire.framing import Frame, encode
from usb_bench import Device, plugged_in


def request(nonce: int) -> bytes:
    values = {"nonce": nonce, "session": 1, "greeting": GREETING}
    return encode(Frame("HelloRequest", nonce, values))


def alert(seq: int) -> bytes:
    return encode(Frame("HanAlert", seq, {"at_ms": 0, "north_next": 0, "message": b"alert"}))


class App:
    """Notes what it is given."""

    def __init__(self) -> None:
        self.seqs: list[int] = []
        self.stale = 0

    def on_frame(self, kind: int, seq: int, *rest: Any) -> None:
        self.seqs.append(seq)

    def on_stale(self) -> None:
        self.stale += 1


class Bench:
    """Two links of the same kind, each with a host of its own, and who is served on them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app = App()
        self.first, self.one = self._opened(monkeypatch)
        self.second, self.other = self._opened(monkeypatch)
        first = Lane(wire.TRANSPORT_USB_REPL, self.first, Framer())
        second = Lane(wire.TRANSPORT_USB_ENDPOINT, self.second, Framer())
        self.lanes = Lanes(first, second)
        self.lanes.outbox = self.outbox = Outbox(self.first.write, self.first.can_write)

    def _opened(self, monkeypatch: pytest.MonkeyPatch) -> tuple[UsbLink, Device]:
        link, device = plugged_in(monkeypatch)
        device.reset_bus()
        device.configure()
        return link, device

    def look_aside(self) -> None:
        self.lanes.look_aside(self.app)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


def test_the_first_is_served_until_somebody_asks(bench: Bench) -> None:
    bench.look_aside()
    assert bench.lanes.link is bench.first
    assert bench.lanes.transport == wire.TRANSPORT_USB_REPL


def test_who_asks_on_the_other_is_served_there(bench: Bench) -> None:
    bench.other.write(request(7))
    bench.look_aside()
    assert bench.lanes.link is bench.second
    assert bench.lanes.transport == wire.TRANSPORT_USB_ENDPOINT
    assert bench.app.seqs == [7]


def test_the_hub_speaks_where_it_was_asked_last(bench: Bench) -> None:
    bench.other.write(request(7))
    bench.look_aside()
    bench.outbox.log("there")
    bench.one.write(request(8))
    bench.look_aside()
    bench.outbox.log("here")
    assert b"there" in bench.other.take() and b"here" in bench.one.take()
    assert not bench.other.is_sending and not bench.one.is_sending


def test_other_frames_of_one_who_has_not_asked_are_counted_and_not_served(bench: Bench) -> None:
    bench.other.write(alert(1) + alert(2))
    bench.look_aside()
    assert bench.lanes.link is bench.first
    assert (bench.app.seqs, bench.app.stale) == ([], 2)


def test_frames_behind_a_request_are_served(bench: Bench) -> None:
    bench.other.write(alert(1) + request(7) + alert(2))
    bench.look_aside()
    framer = bench.lanes.framer
    assert framer.next() and framer.seq == 2
    assert bench.app.stale == 1


def test_half_a_frame_of_one_is_not_completed_by_the_other(bench: Bench) -> None:
    bench.other.write(request(7)[:10])
    bench.look_aside()
    bench.first.receive(bench.lanes.framer)
    bench.one.write(request(8)[10:])
    bench.first.receive(bench.lanes.framer)
    bench.lanes.framer.next()
    assert bench.lanes.damaged == 1
    bench.other.write(request(7)[10:])
    bench.look_aside()
    assert bench.app.seqs == [7]


def test_damaged_frames_of_both_are_counted(bench: Bench) -> None:
    bench.other.write(b"\x05none\0")
    bench.one.write(b"\x05none\0")
    bench.look_aside()
    bench.first.receive(bench.lanes.framer)
    bench.lanes.framer.next()
    assert bench.lanes.damaged == 2


def test_bytes_on_either_end_a_wait(bench: Bench) -> None:
    assert not bench.lanes.wait(0)
    bench.other.write(alert(1))
    assert bench.lanes.wait(-1)
    bench.look_aside()
    assert not bench.lanes.wait(0)
    bench.one.write(alert(1))
    assert bench.lanes.wait(-1)


def test_what_was_cut_on_one_is_nothing_to_the_other(bench: Bench) -> None:
    bench.one.reads = False
    while not bench.outbox.cut:
        bench.outbox.log("nobody reads this" * 20)
    bench.other.write(request(7))
    bench.look_aside()
    bench.outbox.log("whole")
    assert bench.other.take()[0] != 0
