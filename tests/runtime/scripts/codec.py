"""Reads golden frames with the device's framer, and writes them again with its outbox.

    codec.py FRAMES.jsonl

Prints, for each: kind, number, boot, the fields of its struct format, the bytes behind them, and
the frame as the outbox writes it. Runs on CPython and MicroPython.
"""

import json
import struct
import sys
from binascii import hexlify

from commshub import framer as framing
from commshub import wire
from commshub.framer import Framer
from commshub.outbox import Outbox

written = bytearray()


def on_written(buffer, length):
    written[:] = buffer[:length]
    return True


def format_of(name):
    """`HanAlert` is laid out as wire.HAN_ALERT_FORMAT says; "<" where it has no such fields."""
    constant = ""
    for place, letter in enumerate(name):
        constant += "_" + letter if place and "A" <= letter <= "Z" else letter
    return getattr(wire, constant.upper() + "_FORMAT", "<")


def read(framer, stream):
    """Feeds the stream a cell at a time; whether it came to exactly one frame, at its end."""
    for at in range(0, len(stream), wire.CELL_BYTES):
        cell = stream[at : at + wire.CELL_BYTES]
        framer.take(cell, len(cell))
        found = framer.next()
        if found != framing.NEED_MORE:
            return found == framing.FRAME and at + wire.CELL_BYTES >= len(stream)
    return False


def show(framer, outbox, name):
    form = format_of(name)
    payload = bytes(framer.buffer[framer.start : framer.end])
    tail = payload[struct.calcsize(form) :]
    values = struct.unpack_from(form, payload)
    outbox._seq = framer.seq  # what is written again bears the same number, and the same boot
    outbox.boot = framer.boot
    outbox.send_with(tail, 0, len(tail), framer.kind, form, *values)
    shown = [hexlify(value).decode() if isinstance(value, bytes) else value for value in values]
    print(name, framer.kind, framer.seq, framer.boot, shown, hexlify(tail).decode())
    print(hexlify(written).decode())


framer = Framer()
outbox = Outbox(on_written)
with open(sys.argv[1]) as vectors:
    for line in vectors:
        facts = json.loads(line)
        if read(framer, bytes.fromhex(facts["wire"])[:-1]):  # up to its first delimiter
            show(framer, outbox, facts["name"])
        else:
            print(facts["name"], "is not one frame")
        framer.next()  # drops what is done with
print("damaged", framer.damaged)
