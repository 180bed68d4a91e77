"""Damages each byte of a stream of frames in turn, and shows what the hub's link loses by it.

    one_damaged_byte.py FRAMES.jsonl NUDGES

A read of the port waits until its block is full, as on the Pico; behind the stream comes what the
host sends after a silence, so many cells of delimiters. Prints for each damage how many frames are
missing, how many came that nobody sent, and how many lay in the port or the link, whole, when the
host fell silent. Runs on CPython and MicroPython.
"""

import json
import sys

from commshub import framer as framing
from commshub import link as link_module
from commshub import wire
from commshub.framer import Framer
from commshub.link import StdioLink


class Port:
    """A stream, and what comes after a silence."""

    def __init__(self, stream, later):
        self.stream = stream
        self.later = later
        self.at = 0

    def readinto(self, buffer, most_bytes=1 << 20):
        """Fill the buffer, up to so many bytes, with what comes later if it must be."""
        length = min(len(buffer), most_bytes)
        if self.at + length > len(self.stream):
            self.go_on()
        buffer[:length] = self.stream[self.at : self.at + length]
        self.at += length
        return length

    def is_ready(self):
        """Whether a byte is there."""
        return self.at < len(self.stream)

    def go_on(self):
        """The silence is over; whether more comes."""
        later, self.later = self.later, b""
        self.stream += later
        return bool(later)


class Select:
    """MicroPython's `select`, as far as the link uses it, for streams that are none of C."""

    POLLIN = 1
    POLLOUT = 4

    class poll:  # noqa: N801 (MicroPython's name)
        """Asks the stream itself."""

        def register(self, stream, events):
            """Take the one stream."""
            self.stream = stream

        def ipoll(self, wait_ms):
            """The stream, if a byte is there."""
            return [(self.stream, 1)] if self.stream.is_ready() else []


def lost_by(stream, later, good):
    """(missing, foreign, late)"""
    port = Port(stream, later)
    link = StdioLink(port, None)
    framer = Framer()
    found = []
    in_time = 0
    while port.is_ready() or port.go_on():
        link.receive(framer)
        answer = framer.next()
        while answer != framing.NEED_MORE:
            if answer == framing.FRAME:
                payload = bytes(framer.buffer[framer.start : framer.end])
                found.append((framer.kind, framer.seq, payload))
            answer = framer.next()
        if port.later:
            in_time = len(found)
    missing = len([1 for each in good if each not in found])
    foreign = len([1 for each in found if each not in good])
    return missing, foreign, len(found) - in_time


def damages(stream):
    """(what, where, the stream with it)"""
    for place in range(len(stream)):
        before, byte, after = stream[:place], stream[place], stream[place + 1 :]
        for wrong in {0x00, 0x01, 0xC0, 0xFF} | {byte ^ (1 << bit) for bit in range(8)}:
            if wrong != byte:
                yield "changed", place, before + bytes([wrong]) + after
        yield "lost", place, before + after
        for extra in (0x00, 0x03, 0xFF):
            yield "added", place, before + bytes([extra, byte]) + after


def main(file, nudges):
    """All of it, and the worst of each kind at the end."""
    link_module.select = Select  # type: ignore[assignment]
    with open(file) as lines:
        stretches = [bytes.fromhex(json.loads(line)["wire"]) for line in lines]
    stream = b""
    for stretch in stretches:
        stream += stretch + bytes(-len(stretch) % wire.CELL_BYTES)
    later = bytes(wire.CELL_BYTES * nudges)
    good = sent(stream, later)
    print("frames", len(good))
    worst = {}
    for what, place, damaged in damages(stream):
        lost = lost_by(damaged, later, good)
        print(what, place, *lost)
        before = worst.get(what, lost)
        worst[what] = [max(before[place], lost[place]) for place in range(3)]
    for what in sorted(worst):
        print("worst", what, *worst[what])


def sent(stream, later):
    """The frames of the stream as they come without damage."""
    port = Port(stream + later, b"")
    link = StdioLink(port, None)
    framer = Framer()
    found = []
    while port.is_ready():
        link.receive(framer)
        while framer.next() == framing.FRAME:
            payload = bytes(framer.buffer[framer.start : framer.end])
            found.append((framer.kind, framer.seq, payload))
    return found


main(sys.argv[1], int(sys.argv[2]))
