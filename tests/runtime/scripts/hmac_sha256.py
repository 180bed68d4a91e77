"""MACs of the device's HMAC over keys and texts of many lengths. Runs on CPython and MicroPython.

    hmac_sha256.py CASES.json      a list of [key, head, body], each as hex

Prints the MAC of each, and whether it is equal to a copy, and to one with a bit flipped.
"""

import json
import sys
from binascii import hexlify, unhexlify

from commshub.hmac_sha256 import HmacSha256, is_equal

with open(sys.argv[1]) as cases:
    for key, head, body in json.load(cases):
        mac = HmacSha256(unhexlify(key)).of(unhexlify(head), memoryview(unhexlify(body)))
        flipped = bytearray(mac)
        flipped[31] ^= 1
        print(hexlify(mac).decode(), is_equal(mac, bytes(mac)), is_equal(mac, flipped))
