"""Damages golden frames at random, and shows what the device's framer makes of the stream.

    damage.py FRAMES.jsonl SEED

Each frame in turn gets one byte changed, lost or doubled, or a stretch of garbage before it, or
nothing. Prints the seed, then what is found. Runs on CPython and MicroPython.
"""

import json
import sys
from binascii import crc32

from commshub import framer as framing
from commshub import wire
from commshub.framer import Framer

state = int(sys.argv[2])


def below(limit):
    """A number below `limit`: the same on every runtime, unlike `random`."""
    global state
    state = (state * 1103515245 + 12345) & 0x3FFFFFFF
    return (state >> 8) % limit


def damaged(frame):
    place = below(len(frame))
    how = below(6)
    if how == 0:
        return frame[:place] + bytes([below(256)]) + frame[place + 1 :]
    if how == 1:
        return frame[:place] + frame[place + 1 :]
    if how == 2:
        return frame[:place] + frame[place : place + 1] + frame[place:]
    if how == 3:
        return bytes([1 + below(255)]) * below(3000) + b"\x00" + frame
    return frame


def take(framer, stream):
    at = 0
    while at < len(stream):
        length = min(1 + below(wire.CELL_BYTES), len(stream) - at)
        framer.take(stream[at : at + length], length)
        at += length
        found = framer.next()
        while found != framing.NEED_MORE:
            show(framer, found)
            found = framer.next()


def show(framer, found):
    if found == framing.FRAME:
        payload = bytes(framer.buffer[framer.start : framer.end])
        print(framer.kind, framer.seq, framer.boot, len(payload), crc32(payload))
    else:
        print("damage", framer.damaged)


print("seed", state)
framer = Framer()
with open(sys.argv[1]) as vectors:
    for line in vectors:
        take(framer, damaged(bytes.fromhex(json.loads(line)["wire"])))
print("damaged", framer.damaged)
