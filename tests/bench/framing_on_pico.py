"""The framings that `framing.py` compares, and how it times them; runs on the emulated Pico.

`measure` prints a line for each codec, the others one for what they time. Times are of
`ticks_us`, less those of the same loop without the work. What is timed has been checked before:
each codec gives back what it was given.
"""

import select
import sys
from binascii import crc32
from gc import collect, mem_alloc, mem_free  # type: ignore[attr-defined]
from time import ticks_diff, ticks_us  # type: ignore[attr-defined]

from commshub import cobs, wire
from commshub import framer as framing
from commshub.compat import micropython, ptr8
from commshub.framer import Framer
from commshub.link import StdioLink

END = b"\xc0"
ENDS = END * 2  # two of them, as COBS frames have: that one damaged costs one frame
ESCAPED_END = b"\xdb\xdc"
ESCAPE = b"\xdb"
ESCAPED_ESCAPE = b"\xdb\xdd"
CTRL_C = b"\x03"
ESCAPED_CTRL_C = b"\xdb\x23"


@micropython.viper
def cobs_encode(source, length: int, target, start: int) -> int:
    """COBS with one closing 00; `target` must have room for length + length // 254 + 2 bytes."""
    read = ptr8(source)
    write = ptr8(target)
    code_at = start
    at = start + 1
    code = 1
    place = 0
    while place < length:
        byte = int(read[place])
        place += 1
        if byte != 0:
            write[at] = byte
            at += 1
            code += 1
        if byte == 0 or (code == 255 and place < length):
            write[code_at] = code
            code_at = at
            at += 1
            code = 1
    write[code_at] = code
    write[at] = 0
    return at + 1


@micropython.viper
def slip_encode(source, length: int, target, start: int) -> int:
    """As `cobs_encode`; `target` must have room for 2 * length + 2 bytes."""
    read = ptr8(source)
    write = ptr8(target)
    at = start
    place = 0
    while place < length:
        byte = int(read[place])
        place += 1
        if byte == 0xC0:
            write[at] = 0xDB
            at += 1
            byte = 0xDC
        elif byte == 0xDB:
            write[at] = 0xDB
            at += 1
            byte = 0xDD
        elif byte == 0x03:
            write[at] = 0xDB
            at += 1
            byte = 0x23
        write[at] = byte
        at += 1
    write[at] = 0xC0
    write[at + 1] = 0xC0
    return at + 2


@micropython.viper
def slip_decode(buffer, start: int, end: int) -> int:
    """As `cobs.decode`: in place, -1 where an escape is none."""
    data = ptr8(buffer)
    read = start
    write = start
    while read < end:
        byte = int(data[read])
        read += 1
        if byte == 0xDB:
            if read >= end:
                return -1
            byte = int(data[read])
            read += 1
            if byte == 0xDC:
                byte = 0xC0
            elif byte == 0xDD:
                byte = 0xDB
            elif byte == 0x23:
                byte = 0x03
            else:
                return -1
        data[write] = byte
        write += 1
    return write


def replace_encode(body, length):
    """SLIP with what MicroPython has in C."""
    stuffed = body[:length].replace(ESCAPE, ESCAPED_ESCAPE).replace(END, ESCAPED_END)
    return stuffed.replace(CTRL_C, ESCAPED_CTRL_C) + ENDS


def replace_decode(buffer, start, end):
    """The other way."""
    stretch = buffer[start:end].replace(ESCAPED_CTRL_C, CTRL_C)
    return stretch.replace(ESCAPED_END, END).replace(ESCAPED_ESCAPE, ESCAPE)


def nothing():
    """The loop by itself."""


def timed(repetitions, work):
    """Time in us that so many calls take."""
    begun_us = ticks_us()
    for _ in range(repetitions):
        work()
    return ticks_diff(ticks_us(), begun_us)


def cost(repetitions, work, rest=nothing):
    """Tenths of a us that a call of `work` takes more than one of `rest`."""
    return (timed(repetitions, work) - timed(repetitions, rest)) * 10 // repetitions


def heap_bytes(work):
    """Bytes of heap that one call takes."""
    collect()
    before_bytes = mem_alloc()
    work()
    return mem_alloc() - before_bytes


def measure_in_place(name, body, repetitions, encode, decode):
    """A codec that writes into a buffer that is there, and decodes where the frame lies."""
    length = len(body)
    stream = bytearray(2 * length + 2)
    end = encode(body, length, stream, 0)
    good = bytes(stream[:end])
    code_end = good.find(good[-1:])
    assert decode(stream, 0, code_end) == length and stream[:length] == body, name

    def encode_only():
        encode(body, length, stream, 0)

    def restore():
        cobs.copy(good, 0, stream, 0, end)

    def restore_and_decode():
        cobs.copy(good, 0, stream, 0, end)
        decode(stream, 0, code_end)

    def both():
        encode_only()
        restore_and_decode()

    decoding = cost(repetitions, restore_and_decode, restore)
    print(name, code_end, cost(repetitions, encode_only), decoding, heap_bytes(both))


def measure_replace(name, body, repetitions):
    """The codec that makes new bytes of old ones."""
    length = len(body)
    stream = replace_encode(body, length)
    end = stream.find(END)
    assert replace_decode(stream, 0, end) == body, name

    def encode():
        replace_encode(body, length)

    def decode():
        replace_decode(stream, 0, end)

    def both():
        encode()
        decode()

    print(name, end, cost(repetitions, encode), cost(repetitions, decode), heap_bytes(both))


def measure(octets, plain):
    """Every codec with one frame; `plain`: the names of cobs.py, compiled without viper."""
    body = bytearray(octets)
    measure_in_place("cobs_viper", body, 8, cobs_encode, cobs.decode)
    measure_in_place("slip_viper", body, 8, slip_encode, slip_decode)
    measure_replace("slip_replace", body, 8)
    measure_in_place("cobs_plain", body, 1, plain["encode"], plain["decode"])


def measure_side_costs(octets):
    """What a frame costs besides: its check sum, and to find the delimiter behind it."""
    body = bytearray(octets)
    delimited = bytearray(b"\x01" * len(body) + b"\x00")
    end = len(delimited)
    print("crc32", cost(8, lambda: crc32(body)))
    print("find_zero_viper", cost(8, lambda: cobs.find_zero(delimited, 0, end)))
    print("find_in_c", cost(8, lambda: delimited.find(b"\x00", 0, end)))


def measure_reading(block_bytes, frame_bytes, lead, frames, tail, polls):
    """Read a stream of frames in blocks; `polls`: and look before each whether something is there.

    The stream is longer than what is timed, at both ends, by what the port can hold: so as much
    has come in unread when the time ends as when it began.
    """
    block = bytearray(block_bytes)
    readinto = sys.stdin.buffer.readinto
    ipoll = waiting().ipoll

    def read(count):
        for _ in range(0, count * frame_bytes, block_bytes):
            if polls:
                for _ in ipoll(0):
                    pass
            readinto(block)

    micropython.kbd_intr(-1)
    read(lead)
    begun_us = ticks_us()
    read(frames)
    took_us = ticks_diff(ticks_us(), begun_us)
    read(tail)
    micropython.kbd_intr(3)
    print(took_us)


def waiting():
    """A poll on what comes through the port."""
    poll = select.poll()
    poll.register(sys.stdin.buffer, select.POLLIN)
    return poll


def measure_link(cell_bytes, lead, frames, tail):
    """The firmware's own link and framer with such cells, up to frames that are checked."""
    wire.CELL_BYTES = cell_bytes
    link = StdioLink(sys.stdin.buffer, sys.stdout.buffer)
    framer = Framer()

    def read(count):
        while count > 0:
            link.wait(-1) and link.receive(framer)
            while framer.next() == framing.FRAME:
                count -= 1

    micropython.kbd_intr(-1)
    read(lead)
    begun_us = ticks_us()
    read(frames)
    took_us = ticks_diff(ticks_us(), begun_us)
    read(tail)
    micropython.kbd_intr(3)
    print(took_us)


def measure_collection():
    """A collection of garbage, with the heap as it is."""
    collect()
    begun_us = ticks_us()
    collect()
    print(ticks_diff(ticks_us(), begun_us), mem_alloc(), mem_free())
