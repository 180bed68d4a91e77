"""Gives a hub its key, or another one, so that no moment of it leaves a hub whose key nobody has.

A key is in the keyring before it is on the wire, and the one before it stays there until the hub
has answered. It is told how to send a key, and knows no link itself.
"""

from collections.abc import Callable

from stormbench.errors import HostToolError
from stormbench.keys.authority import NoAuthority
from stormbench.keys.keyring import HubKey, Keyring

Send = Callable[[bytes, bytes | None], None]
"""Sends a key, signed with another one or, for None, plain; raises what the hub's refusal is."""


def set_first(
    unique_id: str, key: bytes, keyring: Keyring, send: Send, refused: type[HostToolError]
) -> None:
    """Give a hub without a key this one.

    Raises:
        HostToolError: the hub refused it, and the keyring is as before; or no answer came, and the
            keyring has the key, which the hub may have taken.
    """
    before = keyring.find(unique_id)
    keyring.put(unique_id, HubKey(key))
    try:
        send(key, None)
    except refused:
        if before is None:
            keyring.forget(unique_id)
        else:
            keyring.put(unique_id, before)
        raise


def change(
    unique_id: str, key: bytes, keyring: Keyring, send: Send, refused: type[HostToolError]
) -> bytes:
    """Give a hub another key, or finish the change that was cut off.

    Returns: the key that the hub has now: the one before this, where that change was cut off.

    Raises:
        NoAuthority: the keyring has no key for the hub.
        HostToolError: the hub refused it; or no answer came, and another call finishes it.
    """
    kept = keyring.find(unique_id)
    if kept is None:
        raise NoAuthority(f"{keyring.path} has no key for {unique_id}, so it cannot be changed")
    coming = kept.next or key
    keyring.put(unique_id, HubKey(kept.key, coming))
    try:
        _send_change(kept, coming, send, refused)
    except refused:
        keyring.put(unique_id, kept)
        raise
    keyring.put(unique_id, HubKey(coming))
    return coming


def _send_change(kept: HubKey, coming: bytes, send: Send, refused: type[HostToolError]) -> None:
    """Where a change was cut off, the hub may have the new key already: that is tried first."""
    if kept.next is not None:
        try:
            return send(coming, coming)
        except refused:
            pass
    send(coming, kept.key)
