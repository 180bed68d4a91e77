"""The identities of devices and parties that DCC publishes for tests, in its test data set.

Alerts that we make bear these, so that none can be taken for one of a real meter.
"""

ESME = bytes.fromhex("00DB1234567890A0")
"""Electricity meter."""
GSME = bytes.fromhex("00DB1234567890A1")
"""Gas meter."""
CHF = bytes.fromhex("00DB1234567890A2")
"""Communications Hub Function."""
PPMID = bytes.fromhex("00DB1234567890A4")
"""Prepayment interface device."""

SUPPLIER = bytes.fromhex("90B3D51F30010000")
NETWORK_OPERATOR = bytes.fromhex("90B3D51F30020000")
ACCESS_CONTROL_BROKER = bytes.fromhex("90B3D51F30000002")

_PUBLISHED_DEVICES = bytes.fromhex("00DB1234")
_PUBLISHED_PARTIES = bytes.fromhex("90B3D51F30")


def is_published_test_identity(eui: bytes) -> bool:
    """Whether an EUI-64 (8 bytes) is in DCC's published ranges: 00DB1234... or 90B3D51F30..."""
    return eui.startswith((_PUBLISHED_DEVICES, _PUBLISHED_PARTIES))
