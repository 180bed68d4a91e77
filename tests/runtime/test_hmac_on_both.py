"""The device's HMAC under MicroPython and CPython, against the standard library's."""

import hmac
import json
from pathlib import Path

from both_runtimes import under_both
from rfc4231 import CASES

LENGTHS = (0, 1, 31, 32, 55, 56, 63, 64, 65, 127, 128, 129, 1077)
"""Of key and text: around a block of SHA-256, around the place of its length, a whole frame."""


def test_both_runtimes_make_the_macs_of_the_standard_library(tmp_path: Path) -> None:
    pattern = bytes((7 + 31 * place) & 0xFF for place in range(2048))
    cases = [(key, b"", text) for _, key, text, _ in CASES]
    cases += [(pattern[:a], pattern[9:26], pattern[5 : 5 + b]) for a in LENGTHS for b in LENGTHS]
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([[part.hex() for part in case] for case in cases]))
    expected = [hmac.digest(key, head + body, "sha256").hex() for key, head, body in cases]
    assert under_both("hmac_sha256.py", file) == [f"{mac} True False" for mac in expected]
