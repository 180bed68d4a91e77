"""The DUIS documents about alerts: their form, and reading them back."""

import base64
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from lxml import etree

from hubwire import gbcs
from hubwire.gbcs_make import Recipe, make
from stormbench.dsp import duis
from stormbench.dsp.duis import DuisAlert, DuisUnreadable, UserReport

SR = "{http://www.dccinterface.co.uk/ServiceUserGateway}"
SENT_AT = datetime(2030, 1, 15, 9, 0, 0, 250_000, tzinfo=timezone.utc)
ALERT = make(Recipe(code=0x8F3E, counter=2**64 - 1))
MESSAGE = gbcs.encode(ALERT)
OUTCOME = make(Recipe(code=0x8F66))
REPORT = UserReport(2, 35)


def build(alert=ALERT, report=None, sent_at=SENT_AT):
    return duis.build(alert, gbcs.encode(alert), sent_at, report)


def outline(element):
    """(name, text or children) of an element and all below it; every one must be DUIS's own."""
    assert element.tag.startswith(SR)
    children = [outline(child) for child in element]
    return element.tag[len(SR) :], children or element.text


def body_of(document):
    return outline(etree.fromstring(document))[1][1]


# The form.


def test_alert_is_a_device_alert_message_with_its_code_and_payload():
    about = [("AlertCode", "8F3E"), ("GBCSPayload", base64.b64encode(MESSAGE).decode())]
    assert body_of(build()) == ("Body", [("DeviceAlertMessage", about)])


def test_report_stands_between_code_and_payload():
    (_, ((_, fields),)) = body_of(build(report=REPORT))
    assert [name for name, _ in fields] == [
        "AlertCode",
        "ThrottledAlertSequenceId",
        "ThrottledAlertCount",
        "GBCSPayload",
    ]
    assert [text for _, text in fields[1:3]] == ["2", "35"]


def test_report_of_a_first_sample_says_that_nothing_was_suppressed():
    assert duis.read(build(report=UserReport(1, 0))).count == 0


def test_future_dated_outcome_is_a_response_message_without_throttled_fields():
    (_, ((name, fields),)) = body_of(build(OUTCOME))
    assert name == "ResponseMessage"
    reference, variant, (inner_name, inner) = fields
    assert (reference[0], variant[0]) == ("ServiceReference", "ServiceReferenceVariant")
    assert inner_name == "FutureDatedDeviceAlertMessage"
    assert inner[0] == ("FutureDatedAlertCode", "8F66")
    assert [name for name, _ in inner[1:]] == [
        "GBCSPayload",
        "InstructionNumber",
        "TotalCommandInstructions",
    ]


def test_report_beside_a_future_dated_outcome_is_refused():
    with pytest.raises(ValueError, match="8F66 has no Throttled fields"):
        build(OUTCOME, REPORT)


def test_header_says_who_what_number_and_when():
    root, (header, _) = outline(etree.fromstring(build()))
    assert root == "Response"
    assert header == (
        "Header",
        [
            (
                "ResponseID",
                "00-DB-12-34-56-78-90-A0:90-B3-D5-1F-30-01-00-00:18446744073709551615",
            ),
            ("ResponseCode", "I0"),
            ("ResponseDateTime", "2030-01-15T09:00:00.250Z"),
        ],
    )


def test_time_of_another_zone_is_written_in_utc():
    paris = timezone(timedelta(hours=1))
    elsewhere = SENT_AT.astimezone(paris)
    assert build(sent_at=elsewhere) == build()


def test_response_bears_the_version_of_the_schema():
    assert etree.fromstring(build()).get("schemaVersion") == "5.4"


def test_document_is_unsigned():
    assert len(etree.fromstring(build())) == 2


def test_throttled_document_around_a_critical_alert_is_about_eight_hundred_bytes():
    """Measured with another writer: 804 bytes around an alert of 124 bytes."""
    assert len(MESSAGE) == 124
    assert 770 < len(build(report=REPORT)) < 820


@pytest.mark.parametrize("report", [UserReport(2**32, 0), UserReport(1, 2**32), UserReport(1, -1)])
def test_number_beyond_u32_is_refused(report):
    with pytest.raises(ValueError, match="holds 0 to 4294967295"):
        build(report=report)


# Reading.


@pytest.mark.parametrize("report", [None, REPORT, UserReport(2**32 - 1, 2**32 - 1)])
def test_document_is_read_as_it_was_meant(report):
    sequence, count = (report.sequence, report.count) if report else (None, None)
    response_id = "00-DB-12-34-56-78-90-A0:90-B3-D5-1F-30-01-00-00:18446744073709551615"
    assert duis.read(build(report=report)) == DuisAlert(
        0x8F3E, sequence, count, MESSAGE, response_id
    )


def test_future_dated_outcome_is_read_too():
    read = duis.read(build(OUTCOME))
    assert (read.alert_code, read.count, read.message) == (0x8F66, None, gbcs.encode(OUTCOME))


def test_base64_in_lines_is_read():
    code = base64.b64encode(MESSAGE)
    lines = b"\n  " + code[:64] + b"\n  " + code[64:] + b"\n"
    assert duis.read(build().replace(code, lines)).message == MESSAGE


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"<sr:Body>", b"<sr:Body", "not XML"),
        (b"sr:Response ", b"sr:Request ", "not XML"),
        (b"ServiceUserGateway", b"Elsewhere", "expected a DUIS Response"),
        (b"DeviceAlertMessage", b"DCCAlertMessage", "not about an alert of a device"),
        (b">8F3E<", b">8F3<", "expected hex digits"),
        (b">8F3E<", b">8F<", "expected 2 bytes"),
        (b">8F3E<", b"><", "AlertCode: expected some text"),
        (b">35<", b">-1<", "ThrottledAlertCount: expected 0 to 4294967295"),
        (b">35<", b">4294967296<", "ThrottledAlertCount: expected 0 to 4294967295"),
        (b">35<", b"><", "ThrottledAlertCount: expected some text"),
        (b"GBCSPayload>", b"GBCSPayload>!", "not base64"),
    ],
)
def test_damaged_document_is_refused_with_the_reason(old, new, reason):
    with pytest.raises(DuisUnreadable, match=reason):
        duis.read(build(report=REPORT).replace(old, new))


def test_document_of_no_bytes_is_refused():
    with pytest.raises(DuisUnreadable):
        duis.read(b"")


def test_entities_of_a_document_are_not_expanded():
    kind = b'<!DOCTYPE r [<!ENTITY code "8F3E">]>'
    document = build().replace(b"<sr:Response", kind + b"<sr:Response", 1)
    with pytest.raises(DuisUnreadable):
        duis.read(document.replace(b">8F3E<", b">&code;<"))


# Against the schema itself, which is not ours to carry.


@pytest.fixture(scope="module")
def schema():
    reference = os.environ.get("STORMBENCH_REFERENCE")
    if not reference:
        pytest.skip("STORMBENCH_REFERENCE is not set: no DUIS schema to check against")
    path = Path(reference) / "duis" / "DUIS_Schema_V5.4.xsd"
    return etree.XMLSchema(etree.parse(str(path)))


@pytest.mark.parametrize("report", [None, REPORT, UserReport(2**32 - 1, 2**32 - 1)])
@pytest.mark.parametrize("code", [0x8F3E, 0x81A0, 0x8001, 0x0000, 0xFFFF])
def test_alert_is_valid_duis(schema, code, report):
    schema.assertValid(etree.fromstring(build(make(Recipe(code=code)), report)))


@pytest.mark.parametrize("code", duis.FUTURE_DATED_CODES)
def test_future_dated_outcome_is_valid_duis(schema, code):
    schema.assertValid(etree.fromstring(build(make(Recipe(code=code)))))


def test_the_schema_refuses_a_report_without_a_payload(schema):
    """Why a bare notice cannot be told to a User."""
    response = etree.fromstring(build(report=REPORT))
    about = response.find(f".//{SR}DeviceAlertMessage")
    about.remove(about[-1])
    assert not schema.validate(response)
