"""What tells one alert from every other, and one key from another."""

from typing import NamedTuple

from hubwire.gbcs import Alert


class Identity(NamedTuple):
    """What no two messages have in common; DUIS writes it as an ID (GBCS: message identifier)."""

    cra: int
    counter: int
    originator: bytes
    target: bytes


class Key(NamedTuple):
    """What is throttled: one code of one originator for one target."""

    originator: bytes
    target: bytes
    code: int


def identity_of(alert: Alert) -> Identity:
    """The identity of a decoded alert."""
    return Identity(alert.cra, alert.originator_counter, alert.originator, alert.target)


def key_of(alert: Alert) -> Key:
    """The key that a decoded alert belongs to."""
    return Key(alert.originator, alert.target, alert.alert_code)
