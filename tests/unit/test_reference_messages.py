"""DCC's published test messages, which are not part of this project.

STORMBENCH_REFERENCE names the folder that holds rtds_samples.json.
"""

import json
import os
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from Crypto.Hash import SHA256
from Crypto.PublicKey import ECC
from Crypto.Signature import DSS

from hubwire.codes import alert_name, message_name
from hubwire.gbcs import Alert, decode, encode, protected_bytes
from hubwire.gbcs_make import Recipe, default_form, make
from hubwire.identities import CHF

_FOLDER = os.environ.get("STORMBENCH_REFERENCE")
_PAYLOADS = {"DLMS data-notification": "dlms", "GBZ": "gbz", "ASN.1 DER": "asn1"}
_COMPARED = (
    *("cra_flag", "originator_counter", "business_originator_id", "business_target_id"),
    *("grouping_header_date_time", "message_code", "payload_length", "mac", "signature"),
    *("payload_type", "alert_code", "timestamp"),
    *("supplementary_remote_party_id", "supplementary_remote_party_counter"),
)

pytestmark = pytest.mark.skipif(
    not _FOLDER, reason="STORMBENCH_REFERENCE does not name a folder with reference messages"
)


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    text = (Path(_FOLDER or "") / "rtds_samples.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.fixture(scope="module")
def samples(reference: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = reference["samples"]
    assert found
    return found


@pytest.fixture(scope="module")
def signed(
    reference: dict[str, Any], samples: list[dict[str, Any]]
) -> list[tuple[Alert, ECC.EccKey]]:
    """Signed reference messages with their originators' keys; keys of MACs are not there."""
    keys = reference["originator_ds_public_keys"]
    alerts = [decode(bytes.fromhex(sample["hex"])) for sample in samples]
    return [
        (alert, ECC.import_key(keys[alert.originator.hex("-").upper()]))
        for alert in alerts
        if alert.form == "signature"
    ]


def say(capsys: pytest.CaptureFixture[str], count: int, what: str) -> None:
    with capsys.disabled():
        print(f"\n{count} reference messages: {what}")


def test_every_field_of_every_reference_message_agrees(samples, capsys):
    for sample in samples:
        expected, alert = sample["expected"], decode(bytes.fromhex(sample["hex"]))
        assert _told(alert) == _expected(expected), sample["name"]
        assert alert.length == sample["length"], sample["name"]
        assert alert.payload_bytes.endswith(bytes.fromhex(expected["use_case_specific_hex"]))
    say(capsys, len(samples), "every field agrees")


def test_every_reference_message_is_written_back_byte_for_byte(samples, capsys):
    for sample in samples:
        message = bytes.fromhex(sample["hex"])
        assert encode(decode(message)) == message, sample["name"]
    say(capsys, len(samples), "written back byte for byte")


def test_every_reference_message_has_the_protection_that_its_code_suggests(samples):
    for sample in samples:
        alert = decode(bytes.fromhex(sample["hex"]))
        assert alert.form == default_form(alert.alert_code), sample["name"]


def test_every_named_code_of_the_reference_messages_has_that_name(samples):
    for sample in samples:
        alert = decode(bytes.fromhex(sample["hex"]))
        assert message_name(alert.message_code) is not None, sample["name"]
        named = sample["expected"].get("alert_name")
        assert named in (None, alert_name(alert.alert_code)), sample["name"]


def test_made_alert_differs_from_the_reference_message_in_its_protection_alone(samples, capsys):
    """For the use cases whose data says nothing but what a recipe gives."""
    alerts = [decode(bytes.fromhex(sample["hex"])) for sample in samples]
    comparable = [alert for alert in alerts if alert.message_code in (0x1000, 0x1001, 0x0110)]
    for alert in comparable:
        recipe = Recipe(
            code=alert.alert_code,
            counter=alert.originator_counter,
            timestamp=alert.timestamp,
            payload=alert.payload,
            originator=None if alert.originator == CHF else alert.originator,
        )
        assert replace(make(recipe), protection=alert.protection) == alert
    assert comparable
    say(capsys, len(comparable), "made again but for the protection")


def test_every_signature_is_over_the_bytes_that_we_sign(signed, capsys):
    for alert, key in signed:
        digest = SHA256.new(protected_bytes(alert))
        DSS.new(key, "fips-186-3").verify(digest, alert.protection)
    assert signed
    say(capsys, len(signed), "signed over the bytes that we sign")


def test_no_signature_is_over_other_bytes(signed):
    for alert, key in signed:
        digest = SHA256.new(protected_bytes(replace(alert, originator_counter=1)))
        with pytest.raises(ValueError, match="not authentic"):
            DSS.new(key, "fips-186-3").verify(digest, alert.protection)


def _told(alert: Alert) -> dict[str, Any]:
    is_mac = alert.form == "mac"
    return {
        "cra_flag": alert.cra,
        "originator_counter": alert.originator_counter,
        "business_originator_id": alert.originator.hex("-").upper(),
        "business_target_id": alert.target.hex("-").upper(),
        "grouping_header_date_time": alert.header_date_time or None,
        "message_code": f"{alert.message_code:04X}",
        "payload_length": len(alert.payload_bytes),
        "mac": alert.protection.hex().upper() if is_mac else None,
        "signature": None if is_mac else alert.protection.hex().upper(),
        "payload_type": alert.payload,
        "alert_code": f"{alert.alert_code:04X}",
        "timestamp": alert.timestamp,
        "supplementary_remote_party_id": alert.supplementary_party
        and alert.supplementary_party.hex("-").upper(),
        "supplementary_remote_party_counter": alert.supplementary_counter,
    }


def _expected(sample: dict[str, Any]) -> dict[str, Any]:
    absent = {"supplementary_remote_party_id": None, "supplementary_remote_party_counter": None}
    time = datetime.fromisoformat(sample["timestamp"]).replace(tzinfo=timezone.utc)
    payload = _PAYLOADS[sample["payload_type"]]
    told = {**absent, **sample, "timestamp": time, "payload_type": payload}
    return {name: told[name] for name in _COMPARED}
