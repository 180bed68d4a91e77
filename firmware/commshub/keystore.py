"""The hub's key and how far its counters may have gone, kept in one sealed file.

A counter must never be accepted twice, over restarts neither, and a write for each command would
wear the flash. So counters are reserved ahead in blocks: the file holds the last one reserved, and
after a restart only those above it are new, whatever of the block had been used. Knows no frames
and no MAC.
"""

import struct

from commshub import wire
from commshub.store import DAMAGED, SOUND

FILE = "commshub.key"

# How many counters a write reserves. A boot that takes a command costs one write (a small one, see
# firmware/README.md) and at most one block: 2**32 counters last for four million such boots, and a
# command a second is a write each 17 minutes.
BLOCK = 1024

_VERSION = 1
_FORMAT = "<BI32s"  # version, last counter reserved, key
_BYTES = struct.calcsize(_FORMAT)


class KeyStore:
    """What is kept of a hub's authority.

    Args:
        store: a `Store`.

    `state` is KEYED_NONE, KEYED_SET or KEYED_DAMAGED of `wire`; `key` None but where it is set;
    `reserved` the last counter that may be used without a write.
    """

    def __init__(self, store):
        self._store = store
        self.state = wire.KEYED_NONE
        self.key = None  # type: bytes
        self.reserved = 0
        self._load()

    def set_key(self, key, counter: int) -> None:
        """Keep another key; `counter` is the last one used. A cut leaves the old file or the new.

        Raises:
            OSError: it could not be written, and all is as it was.
        """
        self._write(bytes(key), max(self.reserved, counter))

    def reserve(self, counter: int) -> None:
        """See that `counter` is reserved, before what it came with is done. Most times no write.

        Raises:
            OSError: it could not be written, and all is as it was.
        """
        if counter > self.reserved:
            self._write(self.key, min(counter + BLOCK - 1, wire.COUNTER_END))

    def _write(self, key, reserved):
        octets = struct.pack(_FORMAT, _VERSION, reserved, key)
        self._store.save(lambda write: write(octets))
        self.state = wire.KEYED_SET
        self.key = key
        self.reserved = reserved

    def _load(self):
        """What is there and not sound fails closed: it may have been a key."""
        found, octets = self._store.load()
        if found == SOUND and len(octets) == _BYTES and octets[0] == _VERSION:
            _, self.reserved, self.key = struct.unpack(_FORMAT, octets)
            self.state = wire.KEYED_SET
        elif found in (SOUND, DAMAGED):
            self.state = wire.KEYED_DAMAGED
