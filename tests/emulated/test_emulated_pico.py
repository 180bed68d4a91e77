"""The emulated board by itself: a real image, lockstep, identity, flash, resets.

No test looks at a wall clock: what must be cheap is counted in executed cycles.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

import raw_repl
from stormbench.emulator import EmulatedPico, EmulatedPort
from stormbench.errors import HubTimeout, LinkLost, NoHub

PowerOn = Callable[..., EmulatedPico]

FRAME = bytes(i * 7 % 256 for i in range(96))
HOUR_US = 3_600_000_000

SECOND_INTERFACE = """
import machine, struct
usb = machine.USBDevice()
usb.active(False)
builtin = machine.USBDevice.BUILTIN_DEFAULT
usb.builtin_driver = builtin
interface, endpoint = builtin.itf_max, builtin.ep_max
descriptor = bytearray(builtin.desc_cfg)
descriptor += bytes((9, 4, interface, 0, 2, 0xFF, 0, 0, 0))
descriptor += bytes((7, 5, endpoint, 2, 64, 0, 0, 7, 5, 0x80 | endpoint, 2, 64, 0, 0))
struct.pack_into("<H", descriptor, 2, len(descriptor))
descriptor[4] += 1
buffer = bytearray(512)
def opened(_):
    usb.submit_xfer(endpoint, buffer)
def done(which, result, size):
    if which == endpoint:
        usb.submit_xfer(0x80 | endpoint, bytes(buffer[:size]))
        usb.submit_xfer(endpoint, buffer)
usb.config(builtin.desc_dev, bytes(descriptor), (), opened, None, None, done)
usb.active(True)
"""

# The state machine sends a word every few cycles; 8 are more than its FIFO holds.
PIO_PROGRAM = """
import rp2
@rp2.asm_pio()
def sender():
    push(noblock)
machine = rp2.StateMachine(0, sender, freq=1_000_000)
machine.active(1)
print(len([machine.get() for _ in range(8)]), "words")
"""


def transcript_of(
    pico: EmulatedPico, step_us: int = 1_000_000, meanwhile: Callable[[], None] = lambda: None
) -> list[tuple[int, bytes]]:
    """Send three frames to an echoing board at fixed times; what came out, and when."""
    raw_repl.start(pico, raw_repl.ECHO_96)
    begin_us = pico.now_us
    seen: list[tuple[int, bytes]] = []
    for turn in range(3):
        pico.write(FRAME[turn:] + FRAME[:turn])
        end_us = begin_us + (turn + 1) * 5_000
        while pico.now_us < end_us:
            meanwhile()
            until_us = min(end_us, pico.now_us + step_us)
            if pico.run_until(until_us, lambda: pico.waiting_bytes() > 0):
                seen.append((pico.now_us, pico.read()))
    return seen


def test_it_boots_to_the_greeting_of_the_repl(pico: EmulatedPico) -> None:
    text = raw_repl.read_until(pico, b">>> ")
    assert b"Raspberry Pi Pico with RP2040" in text


def test_a_file_that_is_no_image_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.uf2"
    wrong.write_bytes(bytes(512))
    with pytest.raises(NoHub, match=r"wrong\.uf2"):
        EmulatedPico(wrong, unique_id=bytes(8))


def test_an_image_without_a_serial_port_is_given_up(tmp_path: Path) -> None:
    nothing = tmp_path / "empty.uf2"
    nothing.write_bytes(b"")
    with pytest.raises(NoHub, match="no serial port within 1000000 us"):
        EmulatedPico(nothing, unique_id=bytes(8), boot_timeout_us=1_000_000)


@pytest.mark.parametrize("size_bytes", [7, 9])
def test_a_unique_id_of_another_length_is_refused(uf2: Path, size_bytes: int) -> None:
    with pytest.raises(ValueError, match="8 bytes expected"):
        EmulatedPico(uf2, unique_id=bytes(size_bytes))


def test_a_frame_comes_back_unchanged(pico: EmulatedPico) -> None:
    raw_repl.start(pico, raw_repl.ECHO_96)
    pico.write(FRAME)
    assert raw_repl.read_until(pico, FRAME[-4:]) == FRAME


def test_the_same_inputs_give_the_same_bytes_at_the_same_times(power_on: PowerOn) -> None:
    first, second = (transcript_of(power_on()) for _ in range(2))
    assert len(first) >= 3
    assert first == second


def test_where_a_run_is_cut_changes_nothing(power_on: PowerOn) -> None:
    whole = transcript_of(power_on())
    cut = transcript_of(power_on(), step_us=37)
    assert whole == cut


def test_two_boards_in_one_process_do_not_disturb_each_other(power_on: PowerOn) -> None:
    alone = transcript_of(power_on())
    other = power_on(unique_id=bytes(8))
    raw_repl.start(other, raw_repl.ECHO_96)

    def run_the_other() -> None:
        other.write(b"other" * 5)
        other.run_for_us(700)

    assert transcript_of(power_on(), step_us=500, meanwhile=run_the_other) == alone


def test_device_time_stands_still_between_calls(pico: EmulatedPico) -> None:
    before_us = pico.now_us
    pico.write(b"1\r")
    pico.read()
    assert pico.now_us == before_us


def test_a_run_ends_at_its_deadline_within_a_microsecond(pico: EmulatedPico) -> None:
    raw_repl.start(pico, "while True: pass")
    deadline_us = pico.now_us + 1_234
    pico.run_until(deadline_us)
    assert deadline_us <= pico.now_us <= deadline_us + 1


def test_a_deadline_that_is_past_runs_nothing(pico: EmulatedPico) -> None:
    before = pico.executed_cycles
    pico.run_until(pico.now_us - 1)
    assert pico.executed_cycles == before


def test_an_hour_asleep_executes_nothing(pico: EmulatedPico) -> None:
    raw_repl.start(pico, raw_repl.SLEEPER)
    before = pico.executed_cycles
    pico.run_for_us(HOUR_US)
    assert pico.executed_cycles == before


def test_a_byte_wakes_a_board_that_slept_for_an_hour(pico: EmulatedPico) -> None:
    raw_repl.start(pico, raw_repl.SLEEPER)
    pico.run_for_us(HOUR_US)
    pico.write(b"x")
    assert b"got x" in raw_repl.read_until(pico, b"\n", timeout_us=2_000)


def test_a_board_that_waits_for_input_executes_nothing(pico: EmulatedPico) -> None:
    raw_repl.start(pico, raw_repl.ECHO_96)
    before = pico.executed_cycles
    pico.run_for_us(1_000_000)
    assert pico.executed_cycles - before < 1_000


@pytest.mark.parametrize("unique_id", [bytes(range(8)), bytes(range(248, 256))])
def test_each_board_reports_its_own_id(power_on: PowerOn, unique_id: bytes) -> None:
    pico = power_on(unique_id=unique_id)
    raw_repl.enter(pico)
    printed = raw_repl.run(pico, "import machine; print(machine.unique_id().hex())")
    assert printed.strip() == unique_id.hex().encode()


def test_erasing_a_sector_takes_45_ms_of_device_time(pico: EmulatedPico) -> None:
    raw_repl.enter(pico)
    raw_repl.run(pico, "import rp2, time; flash = rp2.Flash(); flash.ioctl(6, 100)")
    code = "t = time.ticks_us(); flash.ioctl(6, 101); print(time.ticks_us() - t)"
    assert 45_000 <= int(raw_repl.run(pico, code)) < 46_000


def test_programming_a_sector_takes_400_us_a_page(pico: EmulatedPico) -> None:
    raw_repl.enter(pico)
    raw_repl.run(pico, "import rp2, time; flash = rp2.Flash(); page = bytes(256)")
    code = "t = time.ticks_us(); flash.writeblocks(100, page, 0); print(time.ticks_us() - t)"
    assert 400 <= int(raw_repl.run(pico, code)) < 1_000


def test_a_deadline_holds_while_the_flash_is_busy(pico: EmulatedPico) -> None:
    raw_repl.enter(pico)
    raw_repl.run(pico, "import rp2; flash = rp2.Flash()")
    deadline_us = pico.now_us + 20_000
    pico.write(b"flash.ioctl(6, 100)" + raw_repl.END)
    pico.run_until(deadline_us)
    assert deadline_us <= pico.now_us <= deadline_us + 1


def test_a_reset_keeps_the_flash(pico: EmulatedPico) -> None:
    raw_repl.enter(pico)
    raw_repl.run(pico, "file = open('kept', 'w'); file.write('still here'); file.close()")
    pico.reset()
    assert pico.run_until(pico.now_us + 1_000_000, lambda: pico.is_connected)
    raw_repl.enter(pico)
    assert raw_repl.run(pico, "print(open('kept').read())").strip() == b"still here"


def test_a_reset_forgets_what_was_in_memory(pico: EmulatedPico) -> None:
    raw_repl.enter(pico)
    raw_repl.run(pico, "remembered = 1")
    pico.reset()
    pico.run_until(pico.now_us + 1_000_000, lambda: pico.is_connected)
    raw_repl.enter(pico)
    assert b"NameError" in raw_repl.run(pico, "print(remembered)")


def test_a_board_in_reset_is_off_the_bus(pico: EmulatedPico) -> None:
    pico.reset()
    assert not pico.is_connected
    with pytest.raises(LinkLost):
        pico.write(b"x")


def test_firmware_that_resets_itself_comes_back(pico: EmulatedPico) -> None:
    raw_repl.enter(pico)
    before = pico.enumerations
    pico.write(b"import machine; machine.reset()" + raw_repl.END)
    assert pico.run_until(pico.now_us + 1_000_000, lambda: pico.enumerations > before)
    raw_repl.enter(pico)
    assert raw_repl.run(pico, "print(6 * 7)").strip() == b"42"


def test_the_watchdog_resets_a_core_that_is_lost(pico: EmulatedPico) -> None:
    raw_repl.enter(pico)
    before = pico.enumerations
    pico.write(
        b"import machine\n"
        b"@micropython.asm_thumb\n"
        b"def crash():\n"
        b"    data(2, 0xBE00)\n"
        b"machine.WDT(timeout=500)\n"
        b"crash()\n" + raw_repl.END
    )
    assert not pico.run_until(pico.now_us + 400_000, lambda: pico.enumerations > before)
    assert pico.core_lost == "breakpoint 0"
    assert pico.run_until(pico.now_us + 200_000, lambda: pico.enumerations > before)
    assert pico.core_lost is None


def test_a_board_sees_its_port_opened_and_closed(pico: EmulatedPico) -> None:
    raw_repl.enter(pico)
    # What is printed while the port is closed waits in the FIFO; the newest 256 bytes stay.
    pico.write(b"import time; time.sleep_ms(100); print('unheard' * 100)" + raw_repl.END)
    pico.run_for_us(50_000)
    pico.set_dtr(False)
    pico.run_for_us(1_000_000)
    assert len(pico.read()) < 700


def test_a_host_that_stops_reading_loses_nothing(pico: EmulatedPico) -> None:
    raw_repl.start(pico, raw_repl.ECHO_96)
    pico.set_reading(False)
    pico.write(FRAME)
    pico.run_for_us(10_000)
    assert pico.read() == b""
    pico.set_reading(True)
    assert raw_repl.read_until(pico, FRAME[-4:]) == FRAME


def test_an_interface_added_at_run_time_works_beside_the_repl(pico: EmulatedPico) -> None:
    raw_repl.enter(pico)
    before = pico.enumerations
    pico.write(SECOND_INTERFACE.encode() + raw_repl.END)
    assert pico.run_until(pico.now_us + 1_000_000, lambda: pico.enumerations > before)
    port = EmulatedPort(pico, pipe=1)
    port.write(FRAME)
    assert port.read(100) + port.read(100) == FRAME
    raw_repl.enter(pico)
    assert raw_repl.run(pico, "print(6 * 7)").strip() == b"42"


def test_a_transfer_of_whole_packets_waits_for_one_more_byte(pico: EmulatedPico) -> None:
    raw_repl.enter(pico)
    before = pico.enumerations
    pico.write(SECOND_INTERFACE.encode() + raw_repl.END)
    pico.run_until(pico.now_us + 1_000_000, lambda: pico.enumerations > before)
    port = EmulatedPort(pico, pipe=1)
    port.write(bytes(128))
    assert port.read(50) == b""
    port.write(b"\x01")
    assert port.read(50)


def test_a_uart_sends_and_does_not_hang_the_board(pico: EmulatedPico) -> None:
    raw_repl.enter(pico)
    code = "import machine; print(machine.UART(0, 921600).write('hello'))"
    assert raw_repl.run(pico, code).strip() == b"5"


def test_a_pio_program_runs(pico: EmulatedPico) -> None:
    raw_repl.enter(pico)
    assert raw_repl.run(pico, PIO_PROGRAM).strip() == b"8 words"


def test_a_read_ends_at_its_timeout(pico: EmulatedPico) -> None:
    raw_repl.start(pico, raw_repl.SLEEPER)
    port = EmulatedPort(pico)
    before_us = port.now_us
    assert port.read(250) == b""
    assert port.now_us - before_us == 250_000


def test_a_read_ends_as_soon_as_something_came(pico: EmulatedPico) -> None:
    raw_repl.start(pico, raw_repl.SLEEPER)
    port = EmulatedPort(pico)
    before_us = port.now_us
    port.write(b"x")
    assert port.read(1_000)
    assert port.now_us - before_us < 1_000


def test_a_read_from_a_core_that_is_lost_ends_at_its_timeout(pico: EmulatedPico) -> None:
    code = "@micropython.asm_thumb\ndef crash():\n    data(2, 0xBE00)\ncrash()"
    raw_repl.start(pico, code)
    port = EmulatedPort(pico)
    before_us = port.now_us
    assert port.read(5_000) == b""
    assert port.now_us - before_us == 5_000_000


def test_a_core_that_executes_no_code_is_lost(pico: EmulatedPico) -> None:
    code = (
        "@micropython.asm_thumb\ndef leap():\n    mov(r0, 1)\n    neg(r0, r0)\n    bx(r0)\nleap()"
    )
    raw_repl.start(pico, code)
    assert pico.core_lost is not None


def test_a_busy_board_is_given_up_after_the_limit_of_cpu_time(power_on: PowerOn) -> None:
    pico = power_on()
    raw_repl.start(pico, "while True: pass")
    pico.cpu_limit_s = 0.0
    with pytest.raises(HubTimeout, match="busy"):
        EmulatedPort(pico).read(3_600_000)


def test_a_closed_port_refuses_to_write(pico: EmulatedPico) -> None:
    port = EmulatedPort(pico)
    port.close()
    with pytest.raises(LinkLost):
        port.write(b"x")
