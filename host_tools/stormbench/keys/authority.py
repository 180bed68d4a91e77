"""What the client asks before it sends a command: plain, or signed, and with which key.

Made anew for each boot that a client meets. It looks into the keyring only when a command needs
it, and knows no port.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from hubwire.frames import KEYS
from stormbench.errors import HostToolError
from stormbench.keys.keyring import HubKey, Keyring
from stormbench.keys.signer import Signer, fingerprint, is_guarded


class NoAuthority(HostToolError):
    """The hub has a key, and this side has none for it; nothing was sent."""


class Boot(NamedTuple):
    """What a Hello says of authority."""

    boot_id: int
    unique_id: bytes
    keyed: int
    counter: int


class Authority:
    """Authority over one boot of one hub.

    Args:
        hub_name: for the errors' texts.
        boot: from its Hello.
        keyring: where the key is.
    """

    def __init__(self, hub_name: str, boot: Boot, keyring: Keyring) -> None:
        self._hub_name = hub_name
        self._boot = boot
        self._keyring = keyring
        self._signer = Signer(boot.boot_id, boot.unique_id, boot.counter)

    @property
    def unique_id(self) -> str:
        """Of the board, as the keyring has it."""
        return self._boot.unique_id.hex().upper()

    def frame(
        self, name: str, values: Mapping[str, Any], key: bytes | None = None
    ) -> tuple[str, Mapping[str, Any]]:
        """The frame to send for this command: itself, or an Authorised one around it.

        Args:
            name, values: the command.
            key: what to sign with; None: what the keyring has for the board.

        Raises:
            NoAuthority: the hub has a key, and there is none here; or what it has is damaged.
            InvalidInput: the keyring cannot be read.
        """
        if KEYS[self._boot.keyed] == "none" or not is_guarded(name):
            return name, values
        if KEYS[self._boot.keyed] == "damaged":
            raise NoAuthority(
                f"what hub {self._hub_name} keeps as its key is damaged, so it obeys nobody: hold "
                "its recovery pin (GP22) to GND while it boots, which erases the key, restart it "
                "without, and give it a key again with `stormbench key set`"
            )
        return "Authorised", self._signer.sealed(key or self._kept().key, name, values)

    def advice(self) -> str:
        """What to do where the hub refused what was signed; empty where nothing was."""
        if KEYS[self._boot.keyed] != "set":
            return ""
        kept = self._keyring.find(self.unique_id)
        if kept is None:
            return ""
        text = f"; {self._keyring.path} has key {fingerprint(kept.key)} for it"
        if kept.next is not None:
            text += (
                ", and a change of key was cut off: `stormbench key change --hub "
                f"{self._hub_name}` finishes it"
            )
        return text

    def _kept(self) -> HubKey:
        found = self._keyring.find(self.unique_id)
        if found is None:
            raise NoAuthority(
                f"hub {self._hub_name} has a key, and {self._keyring.path} has none for its id "
                f"{self.unique_id}: take the file of whoever set the key (STORMBENCH_KEYS names "
                "another one), or erase the key with the recovery pin (GP22 to GND at boot) and "
                "set another with `stormbench key set`"
            )
        return found
