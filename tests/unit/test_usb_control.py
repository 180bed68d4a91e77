"""Control requests over endpoint 0, against a device that is played by the test."""

from rp2040py.clock.simulation_clock import SimulationClock

from stormbench.emulator.usb_bus import FullSpeedBus
from stormbench.emulator.usb_control import ControlPipe, Request

MS_NS = 1_000_000
ASK_75 = bytes.fromhex("8006000200004b00")
TELL_NOTHING = bytes.fromhex("0009010000000000")
TELL_7 = bytes.fromhex("2120000000000700")


class PlayedDevice:
    """Notes what the host sends it."""

    def __init__(self) -> None:
        self.clock = SimulationClock()
        self.came: list[bytes] = []
        self.pipe = ControlPipe(self, FullSpeedBus(self.clock))
        self.answers: list[bytes | None] = []

    def send_setup_packet(self, setup_packet: bytes) -> None:
        self.came.append(setup_packet)

    def complete_out(self, endpoint: int, packet: bytes) -> None:
        assert endpoint == 0
        self.came.append(packet)

    def ask(self, setup: bytes, payload: bytes = b"") -> None:
        self.pipe.request(Request(setup, payload, self.answers.append))
        self.pass_time()

    def pass_time(self) -> None:
        self.clock.tick(MS_NS)


def test_a_long_answer_is_put_together_and_acknowledged() -> None:
    device = PlayedDevice()
    device.ask(ASK_75)
    device.pipe.on_in(b"a" * 64)
    device.pipe.on_in(b"b" * 11)
    device.pipe.on_out_armed()
    device.pass_time()
    assert device.answers == [b"a" * 64 + b"b" * 11]
    assert device.came == [ASK_75, b""]


def test_a_short_packet_ends_an_answer() -> None:
    device = PlayedDevice()
    device.ask(ASK_75)
    device.pipe.on_in(b"short")
    device.pipe.on_out_armed()
    assert device.answers == [b"short"]


def test_an_answer_is_not_over_before_its_status_stage() -> None:
    device = PlayedDevice()
    device.ask(ASK_75)
    device.pipe.on_in(b"short")
    assert device.answers == []


def test_data_for_the_device_waits_until_it_is_ready() -> None:
    device = PlayedDevice()
    device.ask(TELL_7, b"seven b")
    assert device.came == [TELL_7]
    device.pipe.on_out_armed()
    device.pass_time()
    assert device.came == [TELL_7, b"seven b"]
    device.pipe.on_in(b"")
    assert device.answers == [b""]


def test_a_request_waits_for_the_one_before_it() -> None:
    device = PlayedDevice()
    device.ask(TELL_NOTHING)
    device.ask(TELL_7)
    assert device.came == [TELL_NOTHING]
    device.pipe.on_in(b"")
    device.pass_time()
    assert device.came == [TELL_NOTHING, TELL_7]


def test_a_request_that_is_refused_is_over() -> None:
    device = PlayedDevice()
    device.ask(ASK_75)
    device.pipe.on_stall()
    device.ask(TELL_NOTHING)
    assert device.answers == [None]
    assert device.came == [ASK_75, TELL_NOTHING]


def test_a_request_made_on_an_answer_is_sent_once() -> None:
    device = PlayedDevice()
    device.pipe.request(Request(TELL_NOTHING, on_done=lambda _: device.ask(TELL_7)))
    device.pass_time()
    device.pipe.on_in(b"")
    device.pass_time()
    assert device.came == [TELL_NOTHING, TELL_7]
