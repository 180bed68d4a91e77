"""The DCC's signature on a document: real ones, made by signxml, and the formula of their size."""

import base64
import hashlib
import os
from datetime import datetime, timezone
from pathlib import Path

import pytest
from Crypto.Hash import SHA256
from Crypto.Signature import DSS
from lxml import etree

from hubwire import gbcs
from hubwire.gbcs_make import Recipe, make
from hubwire.identities import CHF
from oracle_of_protection import as_ecc
from signed_duis import DCC, our_schema, sign
from stormbench.dsp import dcc_alerts, duis
from stormbench.dsp.duis import UserReport
from stormbench.dsp.duis_signature import (
    ASSUMED_CERTIFICATE,
    XMLDSIG,
    Certificate,
    signature_bytes,
    signed_size_bytes,
)
from stormbench.signing.made_up_keys import signing_key

SENT_AT = datetime(2030, 1, 15, tzinfo=timezone.utc)


def document(code=0x8F3E, report=None, **recipe):
    alert = make(Recipe(code=code, **recipe))
    return duis.build(alert, gbcs.encode(alert), SENT_AT, report)


def outage():
    (delivery,) = dcc_alerts.sent_on([dcc_alerts.PowerOutage(0, CHF)])
    return delivery.body


DOCUMENTS = {
    "signed alert": document(),
    "alert with a MAC": document(0x8154),
    "with a report": document(report=UserReport(2, 35)),
    "with the largest report": document(report=UserReport(2**32 - 1, 2**32 - 1)),
    "largest counter": document(counter=2**64 - 1),
    "long": document(padding_bytes=700),
    "of a gas meter": document(payload="gbz"),
    "future-dated outcome": document(0x8F66),
    "AD1": outage(),
}
each = pytest.mark.parametrize("unsigned", DOCUMENTS.values(), ids=DOCUMENTS.keys())


@each
def test_formula_gives_the_size_of_the_signed_document(unsigned):
    assert signed_size_bytes(unsigned) == len(sign(unsigned, ASSUMED_CERTIFICATE))


@pytest.mark.parametrize(
    "certificate", [Certificate("CN=Z1", 7), Certificate("CN=A & B <Sons>,OU=Ä", 2**159)]
)
def test_size_depends_on_how_the_certificate_is_named(certificate):
    signed = sign(DOCUMENTS["AD1"], certificate)
    assert len(signed) == signed_size_bytes(DOCUMENTS["AD1"], certificate)


def test_signature_is_as_long_as_in_dccs_sample():
    assert signature_bytes(ASSUMED_CERTIFICATE) == 925  # of 1,825 bytes, in duis-parser


@each
def test_signed_document_is_valid_in_our_part_of_the_schema(unsigned):
    our_schema().assertValid(etree.fromstring(sign(unsigned, ASSUMED_CERTIFICATE)))


@each
def test_signed_document_is_valid_duis(unsigned):
    reference = os.environ.get("STORMBENCH_REFERENCE")
    if not reference:
        pytest.skip("STORMBENCH_REFERENCE is not set: no DUIS schema to check against")
    schema = etree.XMLSchema(etree.parse(str(Path(reference, "duis", "DUIS_Schema_V5.4.xsd"))))
    schema.assertValid(etree.fromstring(sign(unsigned, ASSUMED_CERTIFICATE)))


def test_our_part_of_the_schema_refuses_what_is_out_of_order():
    response = etree.fromstring(DOCUMENTS["with a report"])
    about = response.find("{*}Body/{*}DeviceAlertMessage")
    about.append(about[0])
    assert not our_schema().validate(response)


def test_signed_document_is_read_as_the_unsigned_one():
    unsigned = DOCUMENTS["with a report"]
    assert duis.read(sign(unsigned, ASSUMED_CERTIFICATE)) == duis.read(unsigned)


def is_genuine(document):
    """By hand: canonical forms by lxml, digest by hashlib, signature by pycryptodome."""
    signed = etree.fromstring(document)
    info = etree.tostring(_first(signed, "SignedInfo"), method="c14n", exclusive=True)
    value = base64.b64decode(_first(signed, "SignatureValue").text or "")
    digest = base64.b64decode(_first(signed, "DigestValue").text or "")
    signed.remove(_first(signed, "Signature"))
    if digest != hashlib.sha256(etree.tostring(signed, method="c14n")).digest():
        return False
    try:
        DSS.new(as_ecc(signing_key(DCC)), "fips-186-3").verify(SHA256.new(info), value)
    except ValueError:
        return False
    return True


def _first(signed, name):
    return next(signed.iter(f"{{{XMLDSIG}}}{name}"))


@each
def test_signature_is_genuine(unsigned):
    assert is_genuine(sign(unsigned, ASSUMED_CERTIFICATE))


@pytest.mark.parametrize("changed", [(b">8F3E", b">8F3F"), (b"SignatureValue>", None)])
def test_signature_is_not_genuine_once_something_is_changed(changed):
    old, new = changed
    signed = sign(DOCUMENTS["signed alert"], ASSUMED_CERTIFICATE)
    at = signed.index(old) + len(old)
    tampered = signed.replace(old, new) if new else signed[:at] + b"AAAA" + signed[at + 4 :]
    assert tampered != signed
    assert not is_genuine(tampered)
