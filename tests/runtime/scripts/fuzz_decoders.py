"""An oracle for bytes: reads a line, feeds the device's decoders, prints = and what they say.

    frames HEX    a new framer: what it finds in the stream
    gbcs HEX      the reader: what it finds in the message
    hub HEX       the one hub: what it says, and how long it then would sleep
    pass HEX      the same after so many ms, most significant byte first
    memory        bytes in use on MicroPython, all garbage collected
    new           another hub in the place of the one
    keyed         the same, with a key

Catches nothing: what a decoder raises ends the process. Runs on CPython and MicroPython; sees the
firmware, and the hub in a box beside the tests' folders.
"""

import gc
import sys
from binascii import crc32, hexlify, unhexlify

from commshub import framer as framing
from commshub import wire
from commshub.framer import Framer
from commshub.gbcs import ALERT, AlertReader
from fuzzed_hub import FuzzedHub

reader = AlertReader()
said = [0, 0]  # bytes, and their check sum


def on_said(buffer, length):
    said[0] += length
    said[1] = crc32(bytes(buffer[:length]), said[1])


def frames(octets):
    framer = Framer()
    found = []
    for at in range(0, len(octets), wire.CELL_BYTES):
        cell = octets[at : at + wire.CELL_BYTES]
        framer.take(cell, len(cell))
        answer = framer.next()
        while answer != framing.NEED_MORE:
            if answer == framing.FRAME:
                payload = bytes(framer.buffer[framer.start : framer.end])
                numbers = framer.kind, framer.seq, framer.boot
                found.append((numbers, len(payload), crc32(payload)))
            answer = framer.next()
    return found, framer.damaged


def gbcs(octets):
    found = reader.read(octets, 0, len(octets))
    if found != ALERT:
        return found
    at, target_at, code, is_signed = reader.found
    euis = hexlify(octets[at : at + 8] + octets[target_at : target_at + 8]).decode()
    return found, euis, code, is_signed


def answer_of_hub():
    answer = said[0], said[1], hub.app.wait_ms()
    said[0] = said[1] = 0
    return answer


def feed(octets):
    hub.feed(octets)
    return answer_of_hub()


def pass_ms(octets):
    hub.pass_ms(int.from_bytes(octets, "big"))
    return answer_of_hub()


def memory(octets):
    gc.collect()
    return gc.mem_alloc() if hasattr(gc, "mem_alloc") else 0


def new(octets):
    global hub
    hub = FuzzedHub(on_said)
    return answer_of_hub()


def keyed(octets):
    global hub
    hub = FuzzedHub(on_said, bytes(range(32)))
    return answer_of_hub()


hub = FuzzedHub(on_said)
answers = {
    "frames": frames,
    "gbcs": gbcs,
    "hub": feed,
    "pass": pass_ms,
    "memory": memory,
    "new": new,
    "keyed": keyed,
}
while True:
    words = sys.stdin.readline().split()
    if not words:
        break
    print("=", answers[words[0]](unhexlify(words[1] if len(words) > 1 else "")))
    if hasattr(sys.stdout, "flush"):
        sys.stdout.flush()
