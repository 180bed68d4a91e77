"""Which pipes a USB configuration descriptor offers."""

import pytest

from stormbench.emulator.usb_descriptors import Pipe, find_pipes

HEAD = bytes.fromhex("09024b00020100807d")
CDC_CONTROL = bytes.fromhex(
    "0904000001020200040524002001052401000104240206052406000107058103080010"
)
CDC_DATA = bytes.fromhex("09040100020a000000 0705020240000007058202400000".replace(" ", ""))
VENDOR = bytes.fromhex("0904020002ff000000 0705030240000007058302400000".replace(" ", ""))

REPL = Pipe(in_endpoint=2, out_endpoint=2, packet_bytes=64, control_interface=0)
RAW = Pipe(in_endpoint=3, out_endpoint=3, packet_bytes=64, control_interface=None)


def test_a_serial_port_is_one_pipe_with_its_control_interface() -> None:
    assert find_pipes(HEAD + CDC_CONTROL + CDC_DATA) == (REPL,)


def test_pipes_come_in_the_order_of_the_descriptor() -> None:
    assert find_pipes(HEAD + CDC_CONTROL + CDC_DATA + VENDOR) == (REPL, RAW)
    assert find_pipes(HEAD + VENDOR + CDC_CONTROL + CDC_DATA) == (RAW, REPL)


def test_an_interface_with_one_direction_is_no_pipe() -> None:
    interface, out_endpoint, in_endpoint = VENDOR[:9], VENDOR[9:16], VENDOR[16:]
    assert find_pipes(HEAD + interface + out_endpoint) == ()
    assert find_pipes(HEAD + interface + in_endpoint) == ()


def test_interrupt_endpoints_make_no_pipe() -> None:
    assert find_pipes(HEAD + VENDOR.replace(b"\x02\x40", b"\x03\x40")) == ()


@pytest.mark.parametrize("length", range(len(HEAD + CDC_CONTROL + CDC_DATA)))
def test_a_descriptor_that_is_cut_off_offers_nothing(length: int) -> None:
    assert find_pipes((HEAD + CDC_CONTROL + CDC_DATA)[:length]) == ()


def test_a_block_of_length_zero_ends_the_search() -> None:
    assert find_pipes(HEAD + b"\x00\x00" + VENDOR) == ()
