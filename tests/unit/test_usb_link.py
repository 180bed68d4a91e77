"""The device's link over a USB port of its own, on a `machine.USBDevice` that the test plays."""

import select

import pytest

from commshub import usb_link
from commshub.framer import BUFFER_BYTES, LONGEST_WIRE_BYTES, Framer
from commshub.usb_link import IN_BYTES, OUT_BYTES, STALLED_MS, UsbLink
from hubwire.framing import Frame, encode
from usb_bench import PACKET_BYTES, Device, plugged_in, seqs


def alert(seq: int, length: int = 20) -> bytes:
    message = bytes(place & 0xFF for place in range(length))
    return encode(Frame("HanAlert", seq, {"at_ms": 0, "north_next": 0, "message": message}))


def short(burst: bytes) -> bytes:
    """As a host has to send it: not ending with a whole packet."""
    return burst if len(burst) % PACKET_BYTES else burst + b"\0"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> tuple[UsbLink, Device]:
    link, device = plugged_in(monkeypatch)
    device.reset_bus()
    device.configure()
    return link, device


def taken(link: UsbLink, framer: Framer) -> list[int]:
    """The numbers of all frames that are there, as the shell takes them."""
    found = []
    while link.wait(1):
        assert link.receive(framer) is True
        found += seqs(framer)
    return found


# Receiving.


def test_frames_of_one_transfer_are_taken_in_at_once(opened: tuple[UsbLink, Device]) -> None:
    link, device = opened
    framer = Framer()
    device.write(short(b"".join(map(alert, range(8)))))
    link.receive(framer)
    assert seqs(framer) == [*range(8)]
    assert not link.is_waiting()


@pytest.mark.parametrize("length", range(60))
def test_a_frame_of_any_length_comes_in(length: int, opened: tuple[UsbLink, Device]) -> None:
    link, device = opened
    device.write(short(alert(7, length)))
    assert taken(link, Framer()) == [7]


def test_a_burst_that_ends_with_a_whole_packet_is_not_seen_before_more_comes(
    opened: tuple[UsbLink, Device],
) -> None:
    link, device = opened
    burst = alert(1) + bytes(-len(alert(1)) % PACKET_BYTES)
    device.write(burst)
    assert not link.is_waiting()
    device.write(b"\0")
    assert taken(link, Framer()) == [1]


def test_a_burst_as_long_as_a_transfer_is_seen_at_once(opened: tuple[UsbLink, Device]) -> None:
    link, device = opened
    device.write(alert(1) + bytes(IN_BYTES - len(alert(1))))
    assert taken(link, Framer()) == [1]


def test_what_the_hub_has_no_room_for_waits_at_the_host(opened: tuple[UsbLink, Device]) -> None:
    link, device = opened
    frames = 5 * IN_BYTES // len(alert(0))
    device.write(short(b"".join(map(alert, range(frames)))))
    assert device.armed is None
    assert device.waiting_bytes > 2 * IN_BYTES
    assert taken(link, Framer()) == [*range(frames)]
    assert device.waiting_bytes == 0


def test_a_frame_may_be_parted_by_any_transfers(opened: tuple[UsbLink, Device]) -> None:
    link, device = opened
    framer = Framer()
    found = []
    for byte in alert(7):
        device.write(bytes((byte,)))
        found += taken(link, framer)
    assert found == [7]


@pytest.mark.parametrize("begun", [1, 500, LONGEST_WIRE_BYTES - 1])
def test_a_transfer_that_does_not_fit_behind_half_a_frame_is_taken_in_parts(
    begun: int, opened: tuple[UsbLink, Device]
) -> None:
    link, device = opened
    framer = Framer()
    longest = alert(1, 1_024)
    framer.take(longest, min(begun, len(longest) - 1))
    rest = longest[min(begun, len(longest) - 1) :] + b"".join(map(alert, range(2, 40)))
    device.write(short(rest))
    assert taken(link, framer) == [*range(1, 40)]
    assert framer.damaged == 0


def test_a_transfer_is_taken_in_as_many_parts_as_it_takes(
    opened: tuple[UsbLink, Device],
) -> None:
    link, device = opened
    framer = Framer()
    device.write(bytes(range(1, 100)))
    parts = []
    while link.is_waiting():
        framer.filled = BUFFER_BYTES - 40
        link.receive(framer)
        parts.append(bytes(framer.buffer[BUFFER_BYTES - 40 : framer.filled]))
    assert [len(part) for part in parts] == [40, 40, 19]
    assert b"".join(parts) == bytes(range(1, 100))


def test_bytes_that_were_taken_are_not_taken_again(opened: tuple[UsbLink, Device]) -> None:
    link, device = opened
    framer = Framer()
    device.write(alert(1))
    taken(link, framer)
    link.receive(framer)
    assert framer.filled == 0


def test_a_transfer_of_no_bytes_is_none(opened: tuple[UsbLink, Device]) -> None:
    link, device = opened
    device.send_nothing()
    device.send_nothing()
    assert not link.is_waiting()
    device.write(alert(1))
    assert taken(link, Framer()) == [1]


def test_it_waits_for_bytes_as_long_as_it_is_told(opened: tuple[UsbLink, Device]) -> None:
    link, device = opened
    assert link.wait(250) is False
    device.write(alert(1))
    assert link.wait(-1) is True
    assert usb_link.select.poll.waits_ms == [250]  # type: ignore[attr-defined]


def test_a_poll_that_asks_for_something_else_is_told_nothing(
    opened: tuple[UsbLink, Device],
) -> None:
    link, device = opened
    device.write(alert(1))
    assert link.source.ioctl(4, select.POLLIN) == 0
    assert link.source.ioctl(3, select.POLLIN) == select.POLLIN


# Writing.


def written(link: UsbLink, frame: bytes) -> bool:
    return link.write(bytearray(frame + b"what lies behind"), len(frame))


def test_a_frame_leaves_at_once(opened: tuple[UsbLink, Device]) -> None:
    link, device = opened
    assert written(link, alert(1))
    assert device.take() == alert(1)


def test_frames_that_come_while_one_is_on_its_way_leave_together(
    opened: tuple[UsbLink, Device],
) -> None:
    link, device = opened
    assert all([written(link, alert(seq)) for seq in range(4)])
    assert device.take() == alert(0)
    assert device.take() == alert(1) + alert(2) + alert(3)
    assert not device.is_sending


@pytest.mark.parametrize("length", range(40, 130))
def test_no_transfer_to_the_host_ends_with_a_whole_packet(
    length: int, opened: tuple[UsbLink, Device]
) -> None:
    link, device = opened
    written(link, b"\x01" * length)
    sent = device.take()
    assert sent.rstrip(b"\0") == b"\x01" * length
    assert len(sent) % PACKET_BYTES and len(sent) <= length + 1


def test_the_longest_frames_are_written_one_after_the_other(
    opened: tuple[UsbLink, Device],
) -> None:
    link, device = opened
    longest = b"\x01" * LONGEST_WIRE_BYTES
    for _ in range(5):
        assert written(link, longest)
    while device.is_sending:
        device.take()
    assert b"".join(device.sent) == 5 * longest
    assert all(len(sent) % PACKET_BYTES for sent in device.sent)


@pytest.mark.parametrize("before", range(OUT_BYTES - 70, OUT_BYTES + 70))
def test_nothing_is_put_in_the_middle_of_a_frame(
    before: int, opened: tuple[UsbLink, Device]
) -> None:
    link, device = opened
    pieces = [b"\x01" * 10, b"\x02" * before, b"\x03" * 1_000]
    for piece in pieces:
        assert written(link, piece)
    while device.is_sending:
        device.take()
    sent = b"".join(device.sent)
    assert sent.replace(b"\0", b"") == b"".join(pieces)
    assert all(piece in sent for piece in pieces)


def test_a_host_that_does_not_read_is_waited_for_once(opened: tuple[UsbLink, Device]) -> None:
    link, device = opened
    device.reads = False
    whole = 0
    while link.can_write():
        whole += written(link, alert(whole))
    assert usb_link.select.poll.waits_ms == [STALLED_MS]  # type: ignore[attr-defined]
    assert not written(link, alert(99))
    assert usb_link.select.poll.waits_ms == [STALLED_MS]  # type: ignore[attr-defined]
    sent = device.take() + device.take()
    frames = b"".join(map(alert, range(whole)))
    assert whole and sent.startswith(frames)
    assert alert(whole).startswith(sent[len(frames) :])


def test_a_host_that_reads_again_is_written_to_again(opened: tuple[UsbLink, Device]) -> None:
    link, device = opened
    device.reads = False
    while link.can_write():
        written(link, alert(1, 1_000))
    device.take()
    assert link.can_write() and written(link, alert(2))


# The cable.


def test_nothing_is_written_before_a_host_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    link, device = plugged_in(monkeypatch)
    assert not link.can_write() and not written(link, alert(1))
    device.reset_bus()
    assert not link.can_write()
    device.configure()
    assert link.can_write()
    assert not device.is_sending


def test_after_a_reset_of_the_bus_both_ways_are_open_again(
    opened: tuple[UsbLink, Device],
) -> None:
    link, device = opened
    written(link, alert(1))
    written(link, alert(2))
    device.reset_bus()
    device.configure()
    assert written(link, alert(3))
    assert device.take() == alert(3)
    device.write(alert(4))
    assert taken(link, Framer()) == [4]


def test_what_came_before_a_reset_of_the_bus_is_still_taken(
    opened: tuple[UsbLink, Device],
) -> None:
    link, device = opened
    device.write(alert(1))
    device.reset_bus()
    framer = Framer()
    link.receive(framer)  # which cannot ask for more
    device.configure()
    assert seqs(framer) == [1]
    device.write(alert(2))
    assert taken(link, framer) == [2]


def test_what_is_not_taken_yet_is_not_written_over_after_a_reset_of_the_bus(
    opened: tuple[UsbLink, Device],
) -> None:
    link, device = opened
    device.write(alert(1))
    device.reset_bus()
    device.configure()
    device.write(alert(2))
    assert taken(link, Framer()) == [1, 2]


def test_a_reset_of_the_bus_ends_the_wait_for_a_host_that_does_not_read(
    opened: tuple[UsbLink, Device],
) -> None:
    link, device = opened
    device.wait = device.reset_bus  # type: ignore[method-assign]
    while link.can_write():
        said = written(link, alert(1, 1_000))
    assert said is False


# Requests.


def test_line_coding_is_kept_and_said_again(opened: tuple[UsbLink, Device]) -> None:
    _, device = opened
    coding = device.control("2120000002000700")
    assert len(coding) == 7
    coding[:] = bytes.fromhex("00e1000000020007"[:14])
    assert device.control("2120000002000700", stage=2) is True
    assert device.control("a121000002000700") == bytes.fromhex("00e10000000200")


def test_line_state_is_taken(opened: tuple[UsbLink, Device]) -> None:
    _, device = opened
    assert device.control("2122030002000000") is True


@pytest.mark.parametrize("setup", ["2123ffff02000000", "a120000002000700", "c000000002000700"])
def test_other_requests_are_refused(setup: str, opened: tuple[UsbLink, Device]) -> None:
    _, device = opened
    assert device.control(setup) is False


# Without new objects.


def test_a_length_is_written_where_micropython_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Memory(dict[int, int]):
        def __missing__(self, address: int) -> int:
            return OUT_BYTES + 1

    memory = Memory()
    link, device = plugged_in(monkeypatch, memory)
    device.reset_bus()
    device.configure()
    written(link, alert(1))
    assert [*memory.values()] == [len(alert(1))]


def test_a_length_is_written_nowhere_where_it_is_not_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Memory(dict[int, int]):
        def __missing__(self, address: int) -> int:
            return 0

    memory = Memory()
    link, device = plugged_in(monkeypatch, memory)
    device.reset_bus()
    device.configure()
    written(link, alert(1))
    assert device.take() == alert(1) and not memory


def test_a_framer_has_room_for_a_whole_transfer() -> None:
    assert len(Framer().buffer) == BUFFER_BYTES >= IN_BYTES
