"""Reads golden GBCS messages with the device's reader, amid other bytes.

    gbcs.py GBCS.jsonl

Prints for each what was found, and of an alert originator, target, code and form. Runs on CPython
and MicroPython.
"""

import json
import sys
from binascii import hexlify

from commshub.gbcs import ALERT, AlertReader

BEFORE = b"\xdd\xdf"
AFTER = b"\xff" * 600

reader = AlertReader()
with open(sys.argv[1]) as vectors:
    for line in vectors:
        message = bytes.fromhex(json.loads(line)["hex"])
        buffer = BEFORE + message + AFTER
        found = reader.read(buffer, len(BEFORE), len(BEFORE) + len(message))
        if found != ALERT:
            print(found)
            continue
        at, target_at, code, is_signed = reader.found
        originator = buffer[at : at + 8]
        target = buffer[target_at : target_at + 8]
        form = "signature" if is_signed else "mac"
        euis = hexlify(originator).decode().upper(), hexlify(target).decode().upper()
        print(found, euis[0], euis[1], f"{code:04X}", form)
