"""Service request 6.22 as a remedy: what it reaches, when, and what it hides."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from arm_runs import runs_of
from commshub.policy import Policy
from hubwire.codes import configured_by
from storm_phase import MINUTE_MS, STORM
from stormbench.compare.account import account
from stormbench.compare.figures import ArmFigures
from stormbench.compare.load import load
from stormbench.compare.mask import Masks, storm_starts_ms
from stormbench.scenario.model import Scenario
from stormbench.scenario.trace import trace_of

ESME = "00DB1234567890A0"
QUIET = {**STORM, "name": "quiet", "code": "8003", "per_hour": 6, "storm": False}
# 6 s between alerts: 21 for red, 5 of the key, one sample; then the first suppression.
STORM_STARTS_MS = (21 + 5 + 1) * 6000


def recipe(*phases, kind="ESME", mask_delay_ms=10 * MINUTE_MS):
    return Scenario.model_validate(
        {
            "name": "test",
            "duration_ms": 2 * 60 * MINUTE_MS,
            "devices": ({"name": "meter", "kind": kind, "originator": ESME},),
            "phases": phases,
            "wan": {"bytes_per_s": 1000},
            "mask_delay_ms": mask_delay_ms,
        }
    )


def masked(scenario):
    return runs_of(scenario, trace_of(scenario))["mask"]


def silent_of(run):
    return [alert for home in run.homes.values() for alert in home.silent]


def test_storm_begins_where_the_throttle_would_first_suppress():
    trace = trace_of(recipe(STORM))
    assert storm_starts_ms(trace, Policy()) == {trace[0].key: STORM_STARTS_MS}


def test_mask_hides_the_code_from_its_delay_on():
    run = masked(recipe(STORM))
    hidden = silent_of(run)
    assert [alert.at_ms for alert in hidden] == list(
        range(STORM_STARTS_MS + 10 * MINUTE_MS, 60 * MINUTE_MS, 6000)
    )


def test_hidden_alerts_are_silent_in_the_account_and_nothing_is_unaccounted_for():
    run = masked(recipe(STORM))
    terms = account(run)
    assert terms["silent"] == len(silent_of(run)) > 400
    assert (terms["generated"], terms["unaccounted"]) == (600, 0)


def test_alert_that_the_mask_forgot_is_unaccounted_for():
    run = masked(recipe(STORM))
    ((hub_id, home),) = run.homes.items()
    forgetful = replace(run, homes={hub_id: replace(home, silent=home.silent[:-1])})
    assert account(forgetful)["unaccounted"] == 1


def test_mask_that_comes_after_the_storm_hides_nothing():
    run = masked(recipe(STORM, mask_delay_ms=60 * MINUTE_MS))
    assert silent_of(run) == []


def test_other_codes_of_the_meter_are_not_hidden():
    run = masked(recipe(STORM, QUIET))
    assert {alert.phase for alert in silent_of(run)} == {"storm"}
    assert ArmFigures(run).as_report()["other_alert_delay_ms"]["lost"] == 0


@pytest.mark.parametrize(
    ("code", "kind"),
    [("8F3E", "ESME"), ("8F75", "ESME"), ("8071", "GPF"), ("819D", "ESME"), ("8002", "GSME")],
)
def test_code_that_duis_does_not_name_for_the_device_cannot_be_masked(code, kind):
    assert silent_of(masked(recipe({**STORM, "code": code}, kind=kind))) == []


def test_one_request_masks_a_code_of_a_device_once():
    trace = trace_of(recipe(STORM))
    masks = Masks(trace, {bytes.fromhex(ESME): "ESME"}, Policy(), 0)
    (request,) = masks.until(2 * 60 * MINUTE_MS)
    assert (request.at_ms, request.code) == (STORM_STARTS_MS, 0x8002)
    assert (request.command_bytes, request.response_bytes) == (147, 72)
    assert masks.until(STORM_STARTS_MS - 1) == []


def test_supplier_and_network_operator_each_configure_their_own_block():
    codes = [(code, configured_by(code, "ESME")) for code in range(0x8000, 0x9000)]
    assert {(code >> 8, who) for code, who in codes if who} == {
        (0x80, "network_operator"),
        (0x81, "supplier"),
    }


REFERENCE = os.environ.get("STORMBENCH_REFERENCE")
XS = "{http://www.w3.org/2001/XMLSchema}"


@pytest.mark.skipif(not REFERENCE, reason="STORMBENCH_REFERENCE is not set: no DUIS schema")
@pytest.mark.parametrize(
    ("kind", "role", "type_name"),
    [
        ("ESME", "supplier", "ElectricitySupplierAlerts"),
        ("ESME", "network_operator", "ElectricityNetworkOperatorAlerts"),
        ("GSME", "supplier", "SupplierGSME"),
    ],
)
def test_codes_that_can_be_masked_are_those_of_the_duis_schema(kind, role, type_name):
    schema = etree.parse(str(Path(REFERENCE or "") / "duis" / "DUIS_Schema_V5.4.xsd"))
    types = {each.get("name"): each for each in schema.iter(f"{XS}complexType")}

    def codes(name):
        for element in types[name].iter(f"{XS}element"):
            if re.fullmatch("x[0-9A-F]{4}", str(element.get("name"))):
                yield int(element.get("name")[1:], 16)
            else:
                yield from codes(element.get("type").removeprefix("sr:"))

    named = set(codes(type_name))
    assert named == {code for code in range(0x10000) if configured_by(code, kind) == role}


def test_service_request_is_counted_both_ways():
    found = load(masked(recipe(STORM)))["service_requests"]
    assert found == {"requests": 1, "bytes": 147 + 72}
