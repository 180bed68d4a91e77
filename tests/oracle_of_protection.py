"""What pycryptodome makes of an alert's signature or MAC, from the message's own bytes.

A second implementation: it slices the message itself and shares no code with `hubwire` or
`stormbench.signing` but the keys' numbers. For messages with the shortest lengths, as ours are.
"""

import hashlib

from Crypto.Cipher import AES
from Crypto.Hash import SHA256
from Crypto.Protocol.DH import key_agreement
from Crypto.PublicKey import ECC
from Crypto.Signature import DSS
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

SIGNATURE_BYTES, MAC_BYTES = 64, 12
_MAC_HEADER_START_BYTES = 7
_SECURITY_BYTES = 5


def as_ecc(key: EllipticCurvePrivateKey) -> ECC.EccKey:
    """The same private key for pycryptodome."""
    return ECC.construct(curve="P-256", d=key.private_numbers().private_value)


def is_signed_by(message: bytes, public_key: ECC.EccKey) -> bool:
    """Whether the last 64 bytes are that key's signature of what it has to be over."""
    signed = message[1 : -SIGNATURE_BYTES - 1]
    try:
        DSS.new(public_key, "fips-186-3").verify(SHA256.new(signed), message[-SIGNATURE_BYTES:])
    except ValueError:
        return False
    return True


def has_mac_of(message: bytes, originator: ECC.EccKey, target: ECC.EccKey) -> bool:
    """Whether the last 12 bytes are the MAC under what originator and target agree on.

    Args:
        originator, target: one private, the other public, or both private.
    """
    header = _grouping_header(message)
    transaction, rest = header[1:11], header[11:]
    originator_id, target_id = rest[1:9], rest[10:18]
    info = bytes.fromhex("60857406080300") + originator_id + transaction + target_id
    secret = key_agreement(
        static_priv=target, static_pub=originator.public_key(), kdf=lambda shared: shared
    )
    key = hashlib.sha256(b"\x00\x00\x00\x01" + secret + info).digest()[:16]
    cipher = AES.new(key, AES.MODE_GCM, nonce=originator_id + bytes(4), mac_len=MAC_BYTES)
    cipher.update(bytes.fromhex("110000000000") + header)
    return bool(cipher.digest() == message[-MAC_BYTES:])


def _grouping_header(message: bytes) -> bytes:
    """From DF to the 00 before the MAC."""
    length = message[_MAC_HEADER_START_BYTES]
    length_bytes = 1 if length < 0x80 else 1 + length - 0x80
    return message[_MAC_HEADER_START_BYTES + length_bytes + _SECURITY_BYTES : -MAC_BYTES]
