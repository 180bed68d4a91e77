"""Test keys: what a device or party of that EUI-64 would sign and agree with, made up by us.

**No secrets.** Each key follows from the EUI-64 and what it is for, so that the same command makes
the same bytes everywhere, and anybody can make the private ones again. They are not the keys of
DCC's test data set, and no real device or party has them.
"""

import hashlib
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)

LABEL = b"stormbench test keys"

_ORDER = 0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551
"""How many points P-256 has (SP 800-186, n); a private key is 1 to one less."""


@cache
def signing_key(eui: bytes) -> EllipticCurvePrivateKey:
    """The digital signature key (DS) of whoever has this EUI-64, P-256."""
    return _key(b"digital signature", eui)


@cache
def agreement_key(eui: bytes) -> EllipticCurvePrivateKey:
    """The key agreement key (KA) of whoever has this EUI-64, P-256."""
    return _key(b"key agreement", eui)


def _key(use: bytes, eui: bytes) -> EllipticCurvePrivateKey:
    # Twice as many bits as the order has, so that the remainder favours no key.
    digest = hashlib.sha512(b"\0".join((LABEL, use, eui))).digest()
    return derive_private_key(1 + int.from_bytes(digest, "big") % (_ORDER - 1), SECP256R1())
