"""An Authority in a test, the frames that it takes, and the file of its key."""

import hmac
import struct

from commshub import wire
from commshub.authority import Authority
from commshub.keystore import KeyStore
from commshub.store import Store
from hub_bench import BOOT_ID, UNIQUE_ID, Drive

KEY = bytes(range(1, 33))
OTHER_KEY = bytes(range(2, 34))
PAYLOAD = b"any payload"


def mac_of(
    counter: int,
    kind: int = wire.SET_POLICY,
    payload: bytes = PAYLOAD,
    *,
    key: bytes = KEY,
    boot_id: int = BOOT_ID,
    unique_id: bytes = UNIQUE_ID,
) -> bytes:
    """The MAC as FORMAT.md has it, by the standard library."""
    head = struct.pack("<BII8s", kind, counter, boot_id, unique_id)
    return hmac.digest(key, head + payload, "sha256")


class Bench:
    """An authority whose key file outlives its boots."""

    def __init__(self, key: bytes | None = KEY) -> None:
        self.writes = 0
        self.file = Drive(self._on_write)
        self.boot()
        if key is not None:
            assert self.authority.set_key(key) == ""
        self.writes = 0

    def boot(self, boot_id: int = BOOT_ID) -> "Bench":
        """The same hub after a restart."""
        self.boot_id = boot_id
        self.authority = Authority(KeyStore(Store(self.file)), boot_id, UNIQUE_ID)
        return self

    def send(self, counter: int, kind: int = wire.SET_POLICY, payload: bytes = PAYLOAD) -> int:
        """What becomes of a good frame."""
        mac = mac_of(counter, kind, payload, boot_id=self.boot_id)
        return self.authority.examine(counter, kind, mac, payload)

    def _on_write(self) -> None:
        self.writes += 1
