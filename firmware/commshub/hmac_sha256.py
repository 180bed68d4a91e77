"""HMAC-SHA256 (RFC 2104, FIPS 180-4) over `hashlib.sha256`, and a comparison that tells no time.

MicroPython has no module `hmac`. Knows nothing of frames, counters or where a key is kept.
"""

from hashlib import sha256

BLOCK_BYTES = 64  # of SHA-256
MAC_BYTES = 32

_INNER = 0x36
_OUTER = 0x5C


class HmacSha256:
    """The MACs of one key; the two padded keys are made once.

    Args:
        key: bytes of any length; of one longer than a block its SHA-256 counts, as RFC 2104 says.
    """

    def __init__(self, key):
        if len(key) > BLOCK_BYTES:
            key = sha256(key).digest()
        padded = bytes(key) + bytes(BLOCK_BYTES - len(key))
        self._inner = bytes([byte ^ _INNER for byte in padded])
        self._outer = bytes([byte ^ _OUTER for byte in padded])

    def of(self, head, body) -> bytes:
        """The MAC over `head` and then `body`. Allocates: two hashes of some 110 bytes."""
        inner = sha256(self._inner)
        inner.update(head)
        inner.update(body)
        outer = sha256(self._outer)
        outer.update(inner.digest())
        return outer.digest()


def is_equal(one, other) -> bool:
    """Whether two byte strings are the same; takes as long wherever they begin to differ."""
    if len(one) != len(other):
        return False
    difference = 0
    for place in range(len(one)):
        difference |= one[place] ^ other[place]
    return difference == 0
