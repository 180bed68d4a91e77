"""Puts commands into Authorised frames: for one boot of one hub, with a counter of its own.

Knows no port and no file: it is told what the hub's Hello says, and a key.
"""

import hashlib
import hmac
import struct
from collections.abc import Mapping
from typing import Any

from hubwire.frames import BY_NAME, COUNTER_END, GUARDED
from hubwire.framing import payload_of
from stormbench.errors import HostToolError

_SIGNED = struct.Struct("<BII8s")
"""Kind inside, counter, boot_id, unique_id; then the payload. See FORMAT.md."""

FINGERPRINT_DIGITS = 8


class CounterEnded(HostToolError):
    """A hub takes no more commands under any key, until its key is erased."""


def fingerprint(key: bytes) -> str:
    """What may be shown of a key: the first digits of its SHA-256."""
    return hashlib.sha256(key).hexdigest()[:FINGERPRINT_DIGITS].upper()


class Signer:
    """Signs for one boot of one hub.

    Args:
        boot_id, unique_id: from its Hello.
        counter: the highest that may have been used, from its Hello.
    """

    def __init__(self, boot_id: int, unique_id: bytes, counter: int) -> None:
        self._boot_id = boot_id
        self._unique_id = unique_id
        self._counter = counter

    def sealed(self, key: bytes, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of an Authorised frame around this one; each call takes another counter.

        Raises:
            CounterEnded: there is none left.
            FieldOutOfRange: a value does not fit its field.
        """
        if self._counter >= COUNTER_END:
            raise CounterEnded(
                f"the hub's counters have come to their end, {COUNTER_END}: erase its key with "
                "the recovery pin, and set another with `stormbench key set`"
            )
        self._counter += 1
        kind = BY_NAME[name].kind
        payload = payload_of(name, values)
        head = _SIGNED.pack(kind, self._counter, self._boot_id, self._unique_id)
        mac = hmac.digest(key, head + payload, "sha256")
        return {"counter": self._counter, "command": kind, "mac": mac, "payload": payload}


def is_guarded(name: str) -> bool:
    """Whether a hub with a key takes this frame inside Authorised only."""
    return name in GUARDED
