"""The device's link where what comes is no frame, breaks off, or is out of step.

It must never wait for more than 50 ms for a host that may have nothing more to say.
"""

import pytest

from commshub import wire
from commshub.link import StdioLink
from hubwire.framing import pad
from stdio_bench import NUDGE, Hub, PicoStdin, alert, use_micropythons_select, without_hint


@pytest.fixture(autouse=True)
def _micropythons_select(monkeypatch: pytest.MonkeyPatch) -> None:
    use_micropythons_select(monkeypatch)


# Getting back into step.


def test_nudge_in_step_does_no_harm() -> None:
    stream = NUDGE + pad(alert(1)) + NUDGE + pad(alert(2))
    assert Hub(PicoStdin(stream)).receive_all() == [1, 2]


@pytest.mark.parametrize("length", range(1, 16))
@pytest.mark.parametrize("byte", [b"\x00", b"\x01", b"\xaa", b"\xff"])
def test_nudge_brings_the_link_back_into_step_after_garbage(length: int, byte: bytes) -> None:
    garbage = byte * length
    assert Hub(PicoStdin(garbage + NUDGE + pad(alert(1)))).receive_all() == [1]


@pytest.mark.parametrize("kept", range(1, 16))
def test_nudge_brings_the_link_back_into_step_after_a_write_that_broke_off(kept: int) -> None:
    stream = pad(alert(1))[:kept] + NUDGE + pad(alert(2)) + pad(alert(3))
    assert Hub(PicoStdin(stream)).receive_all() == [2, 3]


@pytest.mark.parametrize("kept", range(1, 48))
def test_second_nudge_brings_the_link_back_wherever_a_write_broke_off(kept: int) -> None:
    burst = pad(alert(1, 60))
    stream = burst[:kept] + (NUDGE + burst) * 2
    assert set(Hub(PicoStdin(stream)).receive_all()) == {1}


@pytest.mark.parametrize("cells", [1, 2, 5])
def test_nudge_brings_the_link_back_into_step_after_garbage_of_whole_cells(cells: int) -> None:
    garbage = b"\xaa" * wire.CELL_BYTES * cells
    assert Hub(PicoStdin(garbage + NUDGE + pad(alert(1)))).receive_all() == [1]


# Where more never comes, on the Pico.


def test_frame_that_breaks_off_behind_its_first_cell_waits_for_the_rest() -> None:
    """Until the host's second time-out (protocol/FORMAT.md): a poll would cost each alert time."""
    with pytest.raises(AssertionError, match="blocks for ever"):
        Hub(PicoStdin(pad(alert(1, 60))[: wire.CELL_BYTES])).receive()


@pytest.mark.parametrize("cells", [1, 2, 3])
def test_frame_that_says_no_length_is_given_up_50_ms_behind_any_cell(cells: int) -> None:
    stdin = PicoStdin(without_hint(pad(alert(1, 60)))[: cells * wire.CELL_BYTES])
    assert Hub(stdin).receive() == []
    assert stdin.waits_ms == [50]


def test_single_byte_is_not_waited_behind_for_longer_than_50_ms() -> None:
    stdin = PicoStdin(alert(1)[:1])
    assert Hub(stdin).receive() == []
    assert stdin.waits_ms == [50]


def test_read_amid_a_cell_that_is_never_filled_would_be_for_ever() -> None:
    """The stand-in can tell: what FORMAT.md asks of hosts is what keeps the hub from this."""
    with pytest.raises(AssertionError, match="blocks for ever"):
        Hub(PicoStdin(pad(alert(1))[:9])).receive_all()


@pytest.mark.parametrize(
    "text",
    [
        b"A",
        b"AT",
        b"AT\r",
        b"AT\r\n",
        b"ATE1 E0\r",
        b"AT+GCAP\r",
        b"ATI\rAT+CGMM\rAT+CGMI\r",
        b"\x7e\x00\x78\xf0\x7e" * 3,
        b"~\x00x\xf0~",
        b"\xff" * 500,
        b"import os\r\n\x04",
    ],
)
def test_text_of_any_length_that_is_no_frame_never_blocks_the_hub(text: bytes) -> None:
    """ModemManager sends AT and QCDM commands to each new serial port, and pads nothing."""
    stdin = PicoStdin(text)
    assert Hub(stdin).receive_all() == []
    assert set(stdin.waits_ms) <= {0, 50}


def test_frame_behind_modem_commands_is_found_after_a_nudge() -> None:
    hub = Hub(PicoStdin(b"AT+GCAP\rATI\r" + NUDGE + pad(alert(1)) + pad(alert(2))))
    assert hub.receive_all() == [1, 2]


def test_garbage_is_read_byte_by_byte_up_to_a_delimiter() -> None:
    stdin = PicoStdin(b"AT+GCAP\r\x00" + pad(alert(1, 40)))
    Hub(stdin).receive_all()
    assert stdin.lengths == [1] * 9 + [1, 1, 14, 48]


def test_text_that_looks_like_a_frame_waits_for_its_cell_and_a_nudge_fills_it() -> None:
    text = b"x" + bytes([wire.PROTOCOL_VERSION]) + b"yz"
    hub = Hub(PicoStdin(text + NUDGE + pad(alert(1)) + pad(alert(2))))
    assert hub.receive_all() == [1, 2]


def test_version_amid_garbage_begins_no_cell() -> None:
    garbage = b"AT" + bytes([wire.PROTOCOL_VERSION]) * 40
    stdin = PicoStdin(garbage)
    assert Hub(stdin).receive_all() == []
    assert set(stdin.lengths) == {1}


@pytest.mark.parametrize("wait_ms", [0, 7, 60_000])
def test_wait_is_as_long_as_it_was_asked_for(wait_ms: int) -> None:
    stdin = PicoStdin(b"")
    assert StdioLink(stdin, None).wait(wait_ms) is False
    assert stdin.waits_ms == [wait_ms]


def test_bytes_that_are_there_are_told_and_not_waited_for() -> None:
    stdin = PicoStdin(b"")
    link = StdioLink(stdin, None)
    assert (link.is_waiting(), stdin.waits_ms) == (False, [0])
    stdin.stream = b"#"
    assert link.is_waiting() is True and link.wait(60_000) is True
    assert stdin.stream == b"#"
