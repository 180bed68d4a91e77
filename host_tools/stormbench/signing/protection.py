"""The signature or MAC that an alert's originator would put on it, under test keys.

A critical alert is signed: ECDSA on P-256 with SHA-256, raw r and s, by the originator's signing
key. A non-critical one has a MAC: AES-128-GCM over nothing but what is authenticated, cut to 12
bytes, under a key that originator and target agree on (ECDH on P-256) and derive anew for each
message. Signing is deterministic (RFC 6979), so that the same alert has the same bytes each time.
"""

from dataclasses import replace
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ec import ECDH, ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash

from hubwire.gbcs import PROTECTION_BYTES, Alert, protected_bytes
from stormbench.signing.made_up_keys import agreement_key, signing_key

_ECDSA = ECDSA(SHA256(), deterministic_signing=True)
_NUMBER_BYTES = 32
"""Of r and of s."""

_SECURITY_CONTROL = b"\x11"
"""Authenticated and not encrypted, suite 1 (the byte after the length in the MAC header)."""
_EMPTY_FIELDS = bytes(5)
"""Lengths of the transaction id and of four more fields of general-ciphering, all empty."""
_INVOCATION_COUNTER = bytes(4)
_AES_128_GCM_ID = bytes.fromhex("60857406080300")
"""The algorithm that the derived key is for, as GBCS puts it into the derivation."""
_KEY_BYTES = 16
_TRANSACTION_ID_LENGTH = b"\x09"


def protected(alert: Alert) -> Alert:
    """The alert with the signature or MAC of its originator.

    Args:
        alert: any; what it has for a protection is replaced.

    Raises:
        FieldOutOfRange: a value that its field cannot hold.
    """
    over = protected_bytes(alert)
    made = signature(alert, over) if alert.form == "signature" else mac(alert, over)
    return replace(alert, protection=made)


def signature(alert: Alert, over: bytes) -> bytes:
    """The originator's signature of `over`, r then s: 64 bytes."""
    r, s = decode_dss_signature(signing_key(alert.originator).sign(over, _ECDSA))
    return r.to_bytes(_NUMBER_BYTES, "big") + s.to_bytes(_NUMBER_BYTES, "big")


def mac(alert: Alert, over: bytes) -> bytes:
    """The MAC of `over` under the key of this one message: 12 bytes."""
    counter = GCM(alert.originator + _INVOCATION_COUNTER)
    gmac = Cipher(AES(message_key(alert)), counter).encryptor()
    gmac.authenticate_additional_data(_SECURITY_CONTROL + _EMPTY_FIELDS + over)
    gmac.finalize()
    return gmac.tag[: PROTECTION_BYTES["mac"]]


def message_key(alert: Alert) -> bytes:
    """The AES-128 key of this one message: 16 bytes."""
    identifier = (
        _TRANSACTION_ID_LENGTH
        + alert.cra.to_bytes(1, "big")
        + alert.originator_counter.to_bytes(8, "big")
    )
    info = _AES_128_GCM_ID + alert.originator + identifier + alert.target
    derivation = ConcatKDFHash(SHA256(), _KEY_BYTES, info)
    return derivation.derive(shared_secret(alert.originator, alert.target))


@lru_cache(maxsize=1024)
def shared_secret(originator: bytes, target: bytes) -> bytes:
    """What the two agree on, the same for all their messages: 32 bytes."""
    return agreement_key(originator).exchange(ECDH(), agreement_key(target).public_key())
