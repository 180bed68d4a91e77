"""Where alerts end: what Users and the Access Control Broker read and count."""

import base64
from datetime import datetime, timezone

import pytest

from hubwire import gbcs
from hubwire.errors import NotAnAlert
from hubwire.gbcs_make import Recipe, make
from hubwire.identities import ACCESS_CONTROL_BROKER, ESME, NETWORK_OPERATOR, SUPPLIER
from signed_duis import sign
from stormbench.dsp import duis
from stormbench.dsp.dispatch import Delivery
from stormbench.dsp.duis import DuisUnreadable, UserReport
from stormbench.dsp.duis_signature import ASSUMED_CERTIFICATE
from stormbench.dsp.identity import Identity, Key
from stormbench.dsp.users import AccessControlBroker, Recipients, Users
from stormbench.wan.hop import HopCounts

SENT_AT = datetime(2030, 1, 15, tzinfo=timezone.utc)
CODE = 0x8F3E


def document(counter=1, count=None, target=SUPPLIER):
    alert = make(Recipe(code=CODE, counter=counter, originator=ESME, target=target))
    report = None if count is None else UserReport(2, count)
    return duis.build(alert, gbcs.encode(alert), SENT_AT, report)


def signed(unsigned):
    return len(sign(unsigned, ASSUMED_CERTIFICATE))


def acb_alert():
    return gbcs.encode(make(Recipe(code=0x8F20)))


def test_alert_is_delivered_once_and_remembered_by_identity():
    users = Users()
    users.take(50, document(counter=9))
    assert users.first_ms_by_alert == {Identity(3, 9, ESME, SUPPLIER): 50}
    assert users.delivered == 1


def test_second_arrival_of_an_alert_is_a_duplicate():
    users = Users()
    users.take(50, document())
    users.take(60, document())
    assert (users.delivered, users.duplicates) == (1, 1)
    assert list(users.first_ms_by_alert.values()) == [50]


@pytest.mark.parametrize("other", [{"counter": 2}, {"target": NETWORK_OPERATOR}])
def test_alerts_that_differ_in_one_part_of_the_identity_are_two(other):
    users = Users()
    users.take(0, document())
    users.take(0, document(**other))
    assert users.delivered == 2


def test_reported_is_the_sum_of_the_counts_in_the_documents():
    users = Users()
    users.take(0, document(1, count=30))
    users.take(0, document(2, count=0))
    users.take(0, document(3))
    users.take(0, document(4, count=5))
    assert users.reported == 35


def test_held_copy_is_reported_and_not_delivered():
    users = Users()
    users.take(0, document(count=30), is_held=True)
    assert (users.delivered, users.held, users.reported) == (0, 1, 30)


def test_alert_of_which_only_a_held_copy_came_is_no_duplicate_later():
    users = Users()
    users.take(0, document(count=30), is_held=True)
    users.take(9, document())
    assert (users.delivered, users.duplicates) == (1, 0)


def test_hop_counts_every_document_and_its_bytes_once_it_is_signed():
    users = Users()
    first, held = document(), document(count=30)
    users.take(0, first)
    users.take(0, first)
    users.take(0, held, is_held=True)
    assert users.hop == HopCounts(alerts=3, bytes=2 * signed(first) + signed(held))


def test_first_arrival_of_a_key_is_kept_and_a_held_copy_is_one():
    users = Users()
    users.take(5, document(1, count=3), is_held=True)
    users.take(9, document(2))
    assert users.first_ms_by_key == {Key(ESME, SUPPLIER, CODE): 5}


def test_bytes_that_are_no_document_are_refused_and_not_counted():
    users = Users()
    with pytest.raises(DuisUnreadable):
        users.take(0, b"<?xml?>")
    assert users.hop == HopCounts()


def test_document_around_something_else_than_an_alert_is_refused():
    response = base64.b64encode(b"\xdf\x09\x02")  # CRA flag 02
    with pytest.raises(NotAnAlert):
        Users().take(0, document().replace(base64.b64encode(b"\xdf\x09\x03"), response))


def test_access_control_broker_reads_gbcs():
    broker = AccessControlBroker()
    broker.take(7, acb_alert())
    broker.take(8, acb_alert())
    assert (broker.delivered, broker.duplicates, broker.hop.bytes) == (1, 1, 190)


def test_held_copy_for_the_broker_is_not_delivered():
    broker = AccessControlBroker()
    broker.take(7, acb_alert(), is_held=True)
    assert (broker.delivered, broker.held) == (0, 1)


def test_deliveries_reach_whom_they_are_for():
    recipients = Recipients()
    recipients.take(
        [
            Delivery(1, "user", document(count=4)),
            Delivery(2, "user", document(2, count=3), is_held=True),
            Delivery(3, "acb", acb_alert()),
            Delivery(4, "acb", acb_alert(), is_held=True),
            Delivery(5, "elsewhere", b"a command"),
        ]
    )
    assert (recipients.delivered, recipients.reported) == (2, 7)
    assert recipients.users.delivered == recipients.access_control_broker.delivered == 1
    assert recipients.elsewhere == HopCounts(alerts=1, bytes=9)
    assert ACCESS_CONTROL_BROKER in next(iter(recipients.access_control_broker.first_ms_by_alert))
