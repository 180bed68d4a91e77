"""The DUIS documents that tell a User of an alert: built and read, with lxml.

An alert travels as `Response/Body/DeviceAlertMessage`; the outcome of a future-dated command
(8F66, 8F67) as `Response/Body/ResponseMessage/FutureDatedDeviceAlertMessage`, which has no place
for a throttled count. The documents are valid against DUIS_Schema_V5.4.xsd and **unsigned**: the
DCC's signature (`ds:Signature`, optional in the schema) is counted by `duis_signature.py` and not
made. Knows nothing of throttles or of time but what it is told.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timezone

from lxml import etree

from hubwire.gbcs import Alert
from stormbench.errors import HostToolError

NAMESPACE = "http://www.dccinterface.co.uk/ServiceUserGateway"
SCHEMA_VERSION = "5.4"
RESPONSE_CODE = "I0"
"""Success, information only (DUIS ResponseCode)."""

FUTURE_DATED_CODES = (0x8F66, 0x8F67)

SERVICE_REFERENCE = "2.1"
INSTRUCTION_NUMBER = TOTAL_INSTRUCTIONS = 1
"""Required beside a future-dated outcome. The DSP has them from the request that it carried out;
the alert does not say them, and nothing here sends requests: assumed."""

LARGEST_NUMBER = 0xFFFFFFFF
"""Of ThrottledAlertSequenceId and ThrottledAlertCount (xs:unsignedInt)."""

_PREFIXES = {"sr": NAMESPACE}
_RESPONSE = f"{{{NAMESPACE}}}Response"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)


class DuisUnreadable(HostToolError):
    """Bytes that are not a DUIS document about an alert."""


@dataclass(frozen=True, slots=True)
class UserReport:
    """What a User is told beside an alert: ThrottledAlertSequenceId and ThrottledAlertCount."""

    sequence: int
    count: int


@dataclass(frozen=True, slots=True)
class DuisAlert:
    """What a document says.

    Attributes:
        alert_code: u16.
        sequence, count: the Throttled fields, None where the document has none.
        message: the GBCS message, whole.
        response_id: of the header, `EUI:EUI:counter`.
    """

    alert_code: int
    sequence: int | None
    count: int | None
    message: bytes
    response_id: str


def build(alert: Alert, message: bytes, sent_at: datetime, report: UserReport | None) -> bytes:
    """The document about one alert, UTF-8, unsigned.

    Args:
        alert: what `message` decodes to.
        message: the GBCS message, whole.
        sent_at: when the DSP sends it, UTC.
        report: the Throttled fields, or None; None for 8F66 and 8F67.

    Raises:
        ValueError: a report for a message that has no place for it, or a number beyond u32.
    """
    response = new_response()
    _add_header(response, alert, sent_at)
    body = add(response, "Body")
    if alert.alert_code in FUTURE_DATED_CODES:
        if report is not None:
            raise ValueError(f"{alert.alert_code:04X} has no Throttled fields, got {report}")
        _add_future_dated(body, alert, message)
    else:
        _add_device_alert(body, alert, message, report)
    return as_bytes(response)


def read(document: bytes) -> DuisAlert:
    """What a document about an alert says.

    Raises:
        DuisUnreadable: not XML, or not a Response about an alert.
    """
    try:
        response = etree.fromstring(document, _PARSER)
    except etree.XMLSyntaxError as error:
        raise DuisUnreadable(f"not XML: {error}; {document[:32]!r}") from error
    if response.tag != _RESPONSE:
        raise DuisUnreadable(f"expected a DUIS Response, got {response.tag!r:.80}")
    about = response.find("sr:Body/sr:DeviceAlertMessage", _PREFIXES)
    code_name = "AlertCode"
    if about is None:
        path = "sr:Body/sr:ResponseMessage/sr:FutureDatedDeviceAlertMessage"
        about = response.find(path, _PREFIXES)
        code_name = "FutureDatedAlertCode"
    if about is None:
        raise DuisUnreadable("a DUIS Response, but not about an alert of a device")
    return DuisAlert(
        alert_code=int.from_bytes(_octets(about, code_name, 2), "big"),
        sequence=_number(about, "ThrottledAlertSequenceId"),
        count=_number(about, "ThrottledAlertCount"),
        message=_payload(about),
        response_id=_text(response, "Header/sr:ResponseID"),
    )


def eui_text(eui: bytes) -> str:
    """An EUI-64 as DUIS writes it: pairs of upper-case hex digits, dashes between."""
    return eui.hex("-").upper()


def new_response() -> etree._Element:
    """An empty document."""
    return etree.Element(_RESPONSE, schemaVersion=SCHEMA_VERSION, nsmap=_PREFIXES)


def add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    """One more element of DUIS at the end of `parent`."""
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    child.text = text
    return child


def as_bytes(response: etree._Element) -> bytes:
    """The document, UTF-8."""
    return etree.tostring(response, xml_declaration=True, encoding="UTF-8")


def time_text(moment: datetime) -> str:
    """A time as DUIS writes it: UTC, to the millisecond."""
    utc = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds") + "Z"


# Building.


def _add_header(response: etree._Element, alert: Alert, sent_at: datetime) -> None:
    parties = f"{eui_text(alert.originator)}:{eui_text(alert.target)}"
    header = add(response, "Header")
    add(header, "ResponseID", f"{parties}:{alert.originator_counter}")
    add(header, "ResponseCode", RESPONSE_CODE)
    add(header, "ResponseDateTime", time_text(sent_at))


def _add_device_alert(
    body: etree._Element, alert: Alert, message: bytes, report: UserReport | None
) -> None:
    about = add(body, "DeviceAlertMessage")
    add(about, "AlertCode", f"{alert.alert_code:04X}")
    if report is not None:
        add(about, "ThrottledAlertSequenceId", _number_text(report.sequence))
        add(about, "ThrottledAlertCount", _number_text(report.count))
    add(about, "GBCSPayload", base64.b64encode(message).decode())


def _add_future_dated(body: etree._Element, alert: Alert, message: bytes) -> None:
    response = add(body, "ResponseMessage")
    add(response, "ServiceReference", SERVICE_REFERENCE)
    add(response, "ServiceReferenceVariant", SERVICE_REFERENCE)
    about = add(response, "FutureDatedDeviceAlertMessage")
    add(about, "FutureDatedAlertCode", f"{alert.alert_code:04X}")
    add(about, "GBCSPayload", base64.b64encode(message).decode())
    add(about, "InstructionNumber", str(INSTRUCTION_NUMBER))
    add(about, "TotalCommandInstructions", str(TOTAL_INSTRUCTIONS))


def _number_text(number: int) -> str:
    if not 0 <= number <= LARGEST_NUMBER:
        raise ValueError(f"a Throttled field holds 0 to {LARGEST_NUMBER}, got {number}")
    return str(number)


# Reading.


def _text(parent: etree._Element, name: str) -> str:
    text = parent.findtext(f"sr:{name}", None, _PREFIXES)
    if not text:
        raise DuisUnreadable(f"{name}: expected some text, got none")
    return text.strip()


def _octets(parent: etree._Element, name: str, expected_bytes: int) -> bytes:
    text = _text(parent, name)
    try:
        octets = binascii.unhexlify(text)
    except ValueError as error:
        raise DuisUnreadable(f"{name}: expected hex digits, got {text!r:.80}") from error
    if len(octets) != expected_bytes:
        raise DuisUnreadable(f"{name}: expected {expected_bytes} bytes, got {text!r:.80}")
    return octets


def _number(parent: etree._Element, name: str) -> int | None:
    if parent.find(f"sr:{name}", _PREFIXES) is None:
        return None
    text = _text(parent, name)
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_NUMBER))
    if not is_number or int(text) > LARGEST_NUMBER:
        raise DuisUnreadable(f"{name}: expected 0 to {LARGEST_NUMBER}, got {text!r:.80}")
    return int(text)


def _payload(parent: etree._Element) -> bytes:
    text = _text(parent, "GBCSPayload")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError as error:
        raise DuisUnreadable(f"GBCSPayload: not base64: {text!r:.80}") from error
