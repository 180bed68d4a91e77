"""DCC Alerts: documents that the DSP sends of its own accord, past every throttle."""

import os
from pathlib import Path

import pytest
from lxml import etree

from hubwire.gbcs import encode
from hubwire.gbcs_make import Recipe, make
from stormbench.dsp import dcc_alerts, duis
from stormbench.dsp.dcc_alerts import PowerOutage, sent_on
from stormbench.dsp.dispatch import EPOCH
from stormbench.dsp.duis import DuisUnreadable
from stormbench.dsp.users import Recipients
from stormbench.scenario.model import Scenario
from stormbench.scenario.outages import outages_of

HUB = bytes.fromhex("00DB1234567890A2")
METER = {"name": "meter", "kind": "ESME", "originator": "00DB1234567890A0"}
CHF = {"name": "hub", "kind": "CHF", "originator": "00DB1234567890B7", "hub": 2}


def scenario(**fields):
    return Scenario.model_validate(
        {
            "name": "cut",
            "duration_ms": 600_000,
            "hubs": ({"id": 1}, {"id": 2}),
            "devices": (METER, CHF),
            "phases": (),
            "dcc_alerts": (
                {"code": "AD1", "at_ms": 60_000, "hub": 2},
                {"code": "AD1", "at_ms": 50},
            ),
            **fields,
        }
    )


def test_power_outage_is_told_as_ad1():
    (delivery,) = sent_on([PowerOutage(5000, HUB)])
    assert (delivery.at_ms, delivery.recipient) == (5000, "dcc")
    assert dcc_alerts.read(delivery.body) == "AD1"


def test_document_names_the_hub_and_when_its_supply_was_lost():
    (delivery,) = sent_on([PowerOutage(240_000, HUB)])
    assert b"<sr:CommsHubDeviceID>00-DB-12-34-56-78-90-A2<" in delivery.body
    assert b"<sr:StartDateTime>2030-01-15T09:01:00.000Z<" in delivery.body


def test_document_is_valid_against_the_schema():
    reference = os.environ.get("STORMBENCH_REFERENCE")
    if not reference:
        pytest.skip("STORMBENCH_REFERENCE names no folder with the schema")
    schema = etree.XMLSchema(etree.parse(str(Path(reference) / "duis" / "DUIS_Schema_V5.4.xsd")))
    (delivery,) = sent_on([PowerOutage(240_000, HUB)])
    schema.assertValid(etree.fromstring(delivery.body))


def test_outages_are_told_in_order_of_time():
    sent = sent_on([PowerOutage(9, HUB), PowerOutage(3, HUB)])
    assert [delivery.at_ms for delivery in sent] == [3, 9]


def test_users_count_them_apart_from_alerts_of_devices():
    recipients = Recipients()
    recipients.take(sent_on([PowerOutage(1, HUB), PowerOutage(2, HUB)]))
    assert recipients.dcc_alerts.alerts == 2
    assert (recipients.delivered, recipients.users.hop.alerts) == (0, 0)


def test_document_about_an_alert_of_a_device_is_none():
    alert = make(Recipe(code=0x8F36))
    document = duis.build(alert, encode(alert), EPOCH, None)
    with pytest.raises(DuisUnreadable, match="found none"):
        dcc_alerts.read(document)


def test_bytes_that_are_no_document_are_told():
    with pytest.raises(DuisUnreadable, match="not XML"):
        dcc_alerts.read(b"AD1")


def test_hub_of_a_scenario_has_the_identity_of_its_chf_or_a_made_up_one():
    hubs = [outage.hub.hex().upper() for outage in outages_of(scenario())]
    assert hubs == ["00DB1234567890B7", "00DB123456780001"]


def test_time_scale_divides_their_times():
    outages = outages_of(scenario(time_scale=10.0))
    assert [outage.at_ms for outage in outages] == [6000, 5]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("hub", 3, r"dcc_alerts\.0\.hub: no hub has id 3"),
        ("at_ms", 600_001, r"dcc_alerts\.0\.at_ms: 600001 ms is after the scenario's end"),
        ("code", "AD2", "Input should be 'AD1'"),
    ],
)
def test_one_that_does_not_fit_the_scenario_is_refused(field, value, reason):
    with pytest.raises(ValueError, match=reason):
        scenario(dcc_alerts=({"code": "AD1", "at_ms": 1, field: value},))
