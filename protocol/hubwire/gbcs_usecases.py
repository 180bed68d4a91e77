"""What an alert with a use case of its own bears beyond code and time, and its message code.

An alert without an entry here is a generic one. The values are made up and plausible; layouts,
sizes, message codes, originators and recipients are those of DCC's published test data set. Left
out are use cases for which we know too little of these: 8F0A, 8071, 8F84 to 8F88 and 8F8B.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hubwire.gbcs_fields import Length, write_length
from hubwire.gbcs_payload import PayloadKind
from hubwire.gbcs_time import write_dlms_time
from hubwire.identities import (
    ACCESS_CONTROL_BROKER,
    CHF,
    ESME,
    GSME,
    NETWORK_OPERATOR,
    PPMID,
    SUPPLIER,
)

GENERIC_CRITICAL, GENERIC_NON_CRITICAL = 0x1000, 0x1001


@dataclass(frozen=True)
class UseCase:
    """One use case in one encoding.

    Attributes:
        message_code: u16.
        payload: the encoding.
        originator: EUI-64 of the device that sends it in the test data.
        target: EUI-64 of the party that it is for.
        elements: the use-case data, given the alert's time: one entry for each COSEM or ASN.1
            element; for GBZ, for each part of the one component.
    """

    message_code: int
    payload: PayloadKind
    originator: bytes
    target: bytes
    elements: Callable[[datetime | None], list[bytes]]


def octets(content: bytes) -> bytes:
    """A COSEM octet-string."""
    return b"\x09" + write_length(Length(len(content))) + content


def _structure(*elements: bytes) -> bytes:
    return bytes([0x02, len(elements)]) + b"".join(elements)


def _array(*elements: bytes) -> bytes:
    return bytes([0x01, len(elements)]) + b"".join(elements)


def _u8(value: int) -> bytes:
    return bytes([0x11, value])


def _u16(value: int) -> bytes:
    return b"\x12" + value.to_bytes(2, "big")


def _channels(mask: int) -> bytes:
    """A COSEM bit-string of 32 bits, one for each sub-GHz channel."""
    return b"\x04\x20" + mask.to_bytes(4, "big")


def der(tag: int, content: bytes) -> bytes:
    """A DER element with a tag of one byte."""
    return bytes([tag]) + write_length(Length(len(content))) + content


def der_integer(value: int) -> bytes:
    """A DER INTEGER that is not negative: a sign bit in front of the shortest form."""
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def der_octets(content: bytes) -> bytes:
    """A DER OCTET STRING."""
    return der(0x04, content)


_FIRMWARE_VERSION = bytes.fromhex("00010203")
_IMAGE_HASH = bytes(range(0x20, 0x40))
_COMMAND_COUNTER = (1000).to_bytes(8, "big")
_DISCARDED = SUPPLIER + ESME + b"\x01" + _COMMAND_COUNTER
_LINK_KEY_HASHES = (bytes(range(0x10, 0x20)), bytes(range(0x40, 0x50)))
_OBIS_CALENDAR = bytes([0, 0, 13, 0, 0, 255])


def _device_log(time: datetime | None) -> list[bytes]:
    """The hub's backup of its device log: when, a HAN id, each device with its hashed link key."""
    devices = zip((ESME, GSME), _LINK_KEY_HASHES, strict=True)
    entries = (_structure(octets(eui), octets(key_hash)) for eui, key_hash in devices)
    han_id = octets(bytes(range(8)))
    return [_structure(octets(write_dlms_time(time)), han_id, _array(*entries))]


def _suspended_device(time: datetime | None) -> list[bytes]:
    return [octets(GSME)]


def _channel_changed(time: datetime | None) -> list[bytes]:
    return [_structure(_channels(0x0000_0800), octets(b"\x01"))]


def _scan_outcome(time: datetime | None) -> list[bytes]:
    return [_structure(octets(b"\x00"), octets(b"\x01"))]


def _sub_ghz_configuration(time: datetime | None) -> list[bytes]:
    masks = [_channels(mask) for mask in (0x07FF_FFFF, 0x0000_0FFF, 0x0000_00FF, 0x0000_000F)]
    numbers = [_u16(1), _u16(2), _u8(3), _u16(4), _u8(5), _u8(6), _u16(7), _u8(8)]
    return [_structure(*masks, *numbers, _u16(9), _u16(10), _u16(11))]


def _discarded_message(time: datetime | None) -> list[bytes]:
    return [octets(_DISCARDED)]


def _outage(time: datetime | None) -> list[bytes]:
    """When the supply was interrupted and when it was restored; here both are the alert's time."""
    return [octets(write_dlms_time(time))] * 2


def _dlms_outcome(time: datetime | None) -> list[bytes]:
    """Which instruction: message code and counter of its command, class, OBIS code, attribute."""
    target = (20).to_bytes(2, "big") + _OBIS_CALENDAR + b"\x0a"
    return [octets((0x001F).to_bytes(2, "big") + _COMMAND_COUNTER + target)]


def _gbz_outcome(time: datetime | None) -> list[bytes]:
    """Which instruction: message code and counter of its command, cluster, control, command."""
    target = (0x0705).to_bytes(2, "big") + b"\x01\x0c"
    return [b"\x0e" + (0x006F).to_bytes(2, "big") + _COMMAND_COUNTER + target]


def _firmware_outcome(time: datetime | None) -> list[bytes]:
    """Counter of the command, then what came of it and the firmware version that now runs."""
    outcome = der(0x30, der_integer(0) + der_octets(_FIRMWARE_VERSION))
    return [der_integer(1000), outcome]


def _image_hash(time: datetime | None) -> list[bytes]:
    return [octets(_IMAGE_HASH)]


def _integrity_dlms(time: datetime | None) -> list[bytes]:
    return [octets(b"\x00\x05")]


def _integrity_gbz(time: datetime | None) -> list[bytes]:
    return [b"\x00\x05"]


def _firmware_transfer(time: datetime | None) -> list[bytes]:
    return [der_octets(PPMID), der_octets(_FIRMWARE_VERSION), der_integer(0)]


def _firmware_transfer_failed(time: datetime | None) -> list[bytes]:
    return [der_octets(PPMID), der_octets(_FIRMWARE_VERSION), der_integer(3)]


def _of_the_hub(message_code: int, elements: Callable[[datetime | None], list[bytes]]) -> UseCase:
    return UseCase(message_code, "dlms", CHF, ACCESS_CONTROL_BROKER, elements)


_FUTURE_DATED = (
    UseCase(0x00CC, "dlms", ESME, SUPPLIER, _dlms_outcome),
    UseCase(0x00CD, "gbz", GSME, SUPPLIER, _gbz_outcome),
    UseCase(0x00CA, "asn1", ESME, SUPPLIER, _firmware_outcome),
)

USE_CASES: dict[int, tuple[UseCase, ...]] = {
    0x81A0: (
        UseCase(0x00F0, "dlms", ESME, SUPPLIER, _integrity_dlms),
        UseCase(0x00F2, "gbz", GSME, SUPPLIER, _integrity_gbz),
    ),
    0x8F12: (_of_the_hub(0x0018, _device_log),),
    0x8F20: (_of_the_hub(0x0110, _suspended_device),),
    0x8F26: (_of_the_hub(0x0111, _channel_changed),),
    0x8F28: (_of_the_hub(0x0112, _scan_outcome),),
    0x8F2A: (_of_the_hub(0x0113, _sub_ghz_configuration),),
    0x8F2C: (_of_the_hub(0x0114, _discarded_message),),
    0x8F2D: (_of_the_hub(0x0115, _suspended_device),),
    **{
        code: (UseCase(0x0067, "dlms", ESME, NETWORK_OPERATOR, _outage),)
        for code in range(0x8F35, 0x8F3D)
    },
    0x8F66: _FUTURE_DATED,
    0x8F67: _FUTURE_DATED,
    0x8F72: (
        UseCase(0x00CE, "dlms", ESME, SUPPLIER, _image_hash),
        UseCase(0x00CF, "gbz", GSME, SUPPLIER, _image_hash),
    ),
    0x8F89: (UseCase(0x0128, "asn1", CHF, ACCESS_CONTROL_BROKER, _firmware_transfer_failed),),
    0x8F8A: (UseCase(0x0128, "asn1", CHF, ACCESS_CONTROL_BROKER, _firmware_transfer),),
}
"""By alert code; the first entry of a code is the one that is made if no encoding is asked for."""
