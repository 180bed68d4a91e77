"""Who may change what this hub does: accepts, refuses or recognises Authorised frames.

Pure, without a link: it is given a frame's fields and says what is to become of it. An accepted
frame's counter is kept before its command is done; a refused one changes nothing that outlives
the call but a count, and writes nothing.
"""

import struct

from commshub import wire
from commshub.hmac_sha256 import HmacSha256, is_equal

ACCEPTED = 0
REFUSED = 1
REPEATED = 2  # the frame accepted last came again: it is answered again and not done again

_SIGNED = "<BII8s"  # kind inside, counter, boot_id, unique_id; then the payload
_NEEDS_KEY = "the hub has a key: this command is taken inside an Authorised frame only"
_IS_DAMAGED = (
    "what the hub keeps as its key is damaged, so nobody has authority: erase it with the recovery"
    " pin"
)


class Authority:
    """The authority over one hub, for one boot of it.

    Args:
        keys: a `KeyStore`.
        boot_id, unique_id: as Hello tells them.

    `refused` counts the frames refused for want of authority since the boot; `reason` says why
    the last was. `answer` is what the accepted frame was answered with: a refusal, or None.
    """

    def __init__(self, keys, boot_id: int, unique_id: bytes):
        self._keys = keys
        self._boot_id = boot_id
        self._unique_id = unique_id
        self._mac = HmacSha256(keys.key) if keys.key else None
        self._head = bytearray(struct.calcsize(_SIGNED))
        self._last_mac = None  # type: bytes
        self.counter = keys.reserved  # the highest that may have been used
        self.refused = 0
        self.reason = ""
        self.answer = None  # type: str

    @property
    def keyed(self) -> int:
        """As Hello tells it: KEYED_NONE, KEYED_SET or KEYED_DAMAGED of `wire`."""
        return self._keys.state

    def takes_plain(self) -> bool:
        """Whether a guarded frame is taken without a MAC; where not, it has been counted."""
        if self._keys.state == wire.KEYED_NONE:
            return True
        self._refuse(_NEEDS_KEY if self._keys.state == wire.KEYED_SET else _IS_DAMAGED)
        return False

    def examine(self, counter: int, kind: int, mac: bytes, payload) -> int:
        """ACCEPTED, REFUSED with `reason`, or REPEATED with `answer`.

        Nothing that an accepted frame asks for has been done yet, but its counter is used up.
        """
        if self._keys.state != wire.KEYED_SET:
            is_none = self._keys.state == wire.KEYED_NONE
            return self._refuse("the hub has no key: send it plain" if is_none else _IS_DAMAGED)
        if kind not in wire.GUARDED:
            return self._refuse("frames of kind 0x%02X need no authority: send it plain" % kind)
        if counter == self.counter and self._last_mac and is_equal(mac, self._last_mac):
            return REPEATED
        if counter <= self.counter:
            return self._refuse(self._why_not_above(counter))
        struct.pack_into(_SIGNED, self._head, 0, kind, counter, self._boot_id, self._unique_id)
        if not is_equal(mac, self._mac.of(self._head, payload)):
            return self._refuse("the MAC is wrong: another key, or another boot or board")
        return self._accept(counter, mac)

    def set_key(self, key) -> str:
        """Give the hub its key, or another; counters go on. Why not, where it was not done."""
        if len(key) != wire.SET_KEY_BYTES or not any(key):
            return "a key is %d bytes that are not all zeros" % wire.SET_KEY_BYTES
        try:
            self._keys.set_key(key, self.counter)
        except OSError as error:
            return "the key cannot be kept: %r; all is as it was" % error
        self._mac = HmacSha256(self._keys.key)
        return ""

    def is_to_be_told(self) -> bool:
        """Whether the last refusal is one to tell people of: the 1st, 2nd, 4th, 8th, ...

        A flood of a thousand frames a second is told 22 times in an hour, and ever less.
        """
        return self.refused & (self.refused - 1) == 0

    def _accept(self, counter, mac):
        try:
            self._keys.reserve(counter)
        except OSError as error:
            return self._refuse("the counter cannot be kept: %r; nothing was done" % error)
        self.counter = counter
        self._last_mac = bytes(mac)
        self.answer = "it failed half-way; see the log"
        return ACCEPTED

    def _why_not_above(self, counter):
        if self.counter == wire.COUNTER_END:
            return (
                "counters have come to their end, %d: erase the key with the recovery pin, and "
                "set another" % wire.COUNTER_END
            )
        return "counter %d is not above %d" % (counter, self.counter)

    def _refuse(self, reason):
        self.refused = (self.refused + 1) & 0xFFFFFFFF
        self.reason = reason
        return REFUSED
