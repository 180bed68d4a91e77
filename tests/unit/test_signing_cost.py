"""What protection costs: the sums, and what is said of their evidence. No time is judged."""

from dataclasses import astuple

import pytest

from hubwire.errors import ProtocolError
from hubwire.gbcs import decode
from stormbench.signing.cost import PerAlert, cost_of, measured, one_of_each

PER_ALERT = PerAlert(signature_us=40.0, mac_us=5.0, agreement_us=50.0)
SIGNED, WITH_MAC = one_of_each()


def test_one_of_each_is_one_of_each():
    assert [decode(message).form for message in one_of_each()] == ["signature", "mac"]


def test_alerts_are_counted_by_their_form():
    cost = cost_of([SIGNED, WITH_MAC, WITH_MAC, SIGNED, SIGNED], PER_ALERT)
    assert (cost["signed_alerts"], cost["signed_bytes"]) == (3, 3 * 124)
    assert (cost["macd_alerts"], cost["macd_bytes"]) == (2, 2 * 85)


def test_total_is_of_all_signatures_and_macs():
    assert cost_of([SIGNED, WITH_MAC, WITH_MAC], PER_ALERT)["total_us"] == 40.0 + 2 * 5.0


def test_nothing_costs_nothing():
    assert cost_of([], PER_ALERT)["total_us"] == 0


def test_what_is_no_alert_has_no_cost():
    with pytest.raises(ProtocolError):
        cost_of([SIGNED[:-1]], PER_ALERT)


def test_times_of_this_pc_and_assumed_ones_are_told_apart():
    cost = cost_of([SIGNED, SIGNED], PER_ALERT)
    assert cost["evidence"] == "measured on this PC"
    assert cost["assumed"]["signatures_s"] == pytest.approx(2 * 0.4651)
    assert "Cortex-M0" in cost["assumed"]["source"]


def test_each_operation_takes_some_time():
    assert all(us > 0 for us in astuple(measured(repeats=3)))
