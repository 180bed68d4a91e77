"""Runs the firmware's own codec, reader, throttle and HMAC over vectors, on this very board.

What each comes to is told; what it should have come to is known to the host alone.
"""

import gc
from binascii import hexlify, unhexlify

# As main.py does: modules that are files lie on the heap for good, and else all over it.
gc.threshold(8192)

from commshub import framer as framing
from commshub import wire
from commshub.framer import Framer
from commshub.gbcs import ALERT, AlertReader
from commshub.hmac_sha256 import HmacSha256
from commshub.policy import Policy
from commshub.throttle import Throttle

DEVICES = 3  # tables of a hub's size have no room beside the code that is here and the vectors
KEYS = 6


def measure(frames, messages, storm, macs):
    """What comes of each vector.

    Args:
        frames: as hex, each with its delimiters.
        messages: GBCS messages, as hex.
        storm: fields of the policy; the message that each alert is, as hex; where in it are the
            last byte of its originator and its code; and (t, originator, code) of each.
        macs: (key, text), as hex.

    Returns: a list for each; of a frame [kind, seq, boot, payload], of an alert [0, originator,
        target, code, whether signed], of another message [1 or 2]; verdicts; MACs.
    """
    framer = Framer()
    return {
        "verdicts": judged(*storm),
        "frames": [opened(framer, unhexlify(each)) for each in frames],
        "messages": [read(unhexlify(each)) for each in messages],
        "macs": [mac(unhexlify(key), unhexlify(text)) for key, text in macs],
    }


def opened(framer, stream):
    """What a frame holds; None where it is not one."""
    found = None
    for at in range(0, len(stream), wire.CELL_BYTES):
        cell = stream[at : at + wire.CELL_BYTES]
        framer.take(cell, len(cell))
        while True:
            what = framer.next()
            if what == framing.NEED_MORE:
                break
            if what == framing.FRAME:
                payload = bytes(framer.buffer[framer.start : framer.end])
                found = [framer.kind, framer.seq, framer.boot, hexlify(payload).decode()]
    return found


def read(message):
    reader = AlertReader()
    found = reader.read(message, 0, len(message))
    if found != ALERT:
        return [found]
    at, target_at, code, is_signed = reader.found
    names = [hexlify(message[start : start + 8]).decode() for start in (at, target_at)]
    return [found, names[0], names[1], code, is_signed]


def judged(fields, message, originator_at, code_at, alerts):
    """As the hub judges: by machine code where the verdict is a usual one."""
    policy = Policy()
    for name, value in fields.items():
        setattr(policy, name, value)
    throttle = Throttle(policy, lambda event, t, subject, level: None, DEVICES, KEYS)
    reader = AlertReader()
    buffer = bytearray(unhexlify(message))
    verdicts = []
    for t, originator, code in alerts:
        buffer[originator_at] = originator
        buffer[code_at] = code >> 8
        buffer[code_at + 1] = code & 0xFF
        reader.read(buffer, 0, len(buffer))
        verdicts.append(throttle.judge(t, buffer, reader.found))
    return verdicts


def mac(key, text):
    return hexlify(HmacSha256(key).of(text[:5], text[5:])).decode()
