"""openssl verifies the signatures of what `gbcs make` prints, as anybody could at a shell."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hubwire.identities import ESME
from stormbench.signing.made_up_keys import signing_key


@pytest.fixture(scope="module")
def message() -> bytes:
    command = [sys.executable, "-m", "stormbench", "gbcs", "make", "--code", "8F3E"]
    made = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return bytes.fromhex(made.stdout)


def verdict_of_openssl(message: bytes, folder: Path) -> str:
    assert shutil.which("openssl"), "openssl is missing: apt-get install openssl"
    public_key = signing_key(ESME).public_key()
    pem = public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    r, s = (int.from_bytes(half, "big") for half in (message[-64:-32], message[-32:]))
    (folder / "key.pem").write_bytes(pem)
    (folder / "signature.der").write_bytes(encode_dss_signature(r, s))
    (folder / "signed").write_bytes(message[1:-65])
    command = "openssl dgst -sha256 -verify key.pem -signature signature.der signed"
    ran = subprocess.run(command.split(), cwd=folder, capture_output=True, text=True, timeout=60)
    return ran.stdout.strip()


def test_openssl_accepts_the_signature(message, tmp_path):
    assert verdict_of_openssl(message, tmp_path) == "Verified OK"


def test_openssl_refuses_it_over_one_other_byte(message, tmp_path):
    tampered = message[:40] + bytes([message[40] ^ 1]) + message[41:]
    assert verdict_of_openssl(tampered, tmp_path) == "Verification failure"
