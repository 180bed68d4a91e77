"""The failed queue: tried again, kept, delivered on the User's return, or expired."""

import pytest

from hubwire import gbcs
from hubwire.gbcs_make import Recipe, make
from hubwire.identities import NETWORK_OPERATOR, SUPPLIER
from signed_duis import sign
from stormbench.dsp import duis
from stormbench.dsp.dispatch import EPOCH, Delivery
from stormbench.dsp.duis import UserReport
from stormbench.dsp.duis_signature import ASSUMED_CERTIFICATE
from stormbench.dsp.failed_queue import HOLD_MS, RETRY_MS, Absence, FailedQueue, told_in
from stormbench.dsp.identity import identity_of

DAY_MS = 86_400_000
FAR_MS = 100 * DAY_MS


def alert(counter=1, target=SUPPLIER):
    return make(Recipe(code=0x81A0, counter=counter, target=target))


def document(at_ms, counter=1, target=SUPPLIER, count=None, is_held=False):
    made = alert(counter, target)
    report = None if count is None else UserReport(1, count)
    body = duis.build(made, gbcs.encode(made), EPOCH, report)
    return Delivery(at_ms, "user", body, is_held, target)


def carry(*deliveries, away=((0, DAY_MS),), end_ms=FAR_MS):
    absences = [Absence(SUPPLIER, from_ms, back_ms) for from_ms, back_ms in away]
    return FailedQueue(absences).carry(deliveries, end_ms)


def arrivals(carried):
    return [delivery.at_ms for delivery in carried.delivered]


def test_limits_are_those_of_the_sec():
    assert (RETRY_MS, HOLD_MS) == (300 * 1000, 2 * DAY_MS)


def test_everything_arrives_at_once_where_nobody_is_away():
    sent = [document(5), document(7, 2)]
    assert FailedQueue().carry(sent, FAR_MS).delivered == sent


@pytest.mark.parametrize("at_ms", [9, 30])
def test_user_who_is_there_gets_a_document_at_once(at_ms):
    assert arrivals(carry(document(at_ms), away=[(10, 30)])) == [at_ms]


def test_other_user_is_not_kept_waiting():
    assert arrivals(carry(document(5, target=NETWORK_OPERATOR))) == [5]


@pytest.mark.parametrize("recipient", ["acb", "dcc", "elsewhere"])
def test_what_is_for_no_user_passes(recipient):
    assert arrivals(carry(Delivery(5, recipient, b"", user=SUPPLIER))) == [5]


@pytest.mark.parametrize("back_ms", [6, RETRY_MS + 5])
def test_document_that_failed_is_tried_again_300_seconds_later(back_ms):
    carried = carry(document(5), away=[(0, back_ms)])
    assert arrivals(carried) == [RETRY_MS + 5]
    assert carried.waits_ms == [RETRY_MS]
    assert carried.max_depth == 0


def test_document_that_failed_twice_arrives_when_its_user_is_back():
    carried = carry(document(5), away=[(0, RETRY_MS + 6)])
    assert arrivals(carried) == [RETRY_MS + 6]
    assert carried.max_depth == 1


def test_user_who_was_back_in_between_and_is_away_at_the_retry_is_waited_for():
    carried = carry(document(5), away=[(0, 100), (200, DAY_MS)])
    assert arrivals(carried) == [DAY_MS]


def test_documents_arrive_in_the_order_in_which_they_were_sent():
    carried = carry(document(5, 1), document(6, 2), document(DAY_MS, 3))
    assert [duis.read(d.body).response_id[-1] for d in carried.delivered] == ["1", "2", "3"]


def test_document_expires_after_two_days_on_the_queue():
    carried = carry(document(5), away=[(0, 3 * DAY_MS)])
    assert (arrivals(carried), len(carried.expired)) == ([], 1)
    assert carried.expired[0].at_ms == 5 + RETRY_MS + 2 * DAY_MS


def test_user_who_is_back_at_the_last_moment_still_gets_it():
    carried = carry(document(5), away=[(0, 5 + RETRY_MS + 2 * DAY_MS)])
    assert (len(carried.delivered), len(carried.expired)) == (1, 0)


@pytest.mark.parametrize("end_ms", [5, RETRY_MS + 5, 2 * DAY_MS])
def test_document_still_waits_where_the_run_ends_before(end_ms):
    carried = carry(document(5), away=[(0, 3 * DAY_MS)], end_ms=end_ms)
    assert (len(carried.delivered), len(carried.expired), len(carried.waiting)) == (0, 0, 1)


def test_depth_is_the_most_that_waits_at_one_time():
    apart_ms = 2 * DAY_MS + 1
    sent = [document(0, 1), document(0, 2), document(apart_ms, 3)]
    assert carry(*sent, away=[(0, 10 * DAY_MS)]).max_depth == 2


def test_document_that_is_queued_at_the_end_is_on_the_queue_with_the_others():
    end_ms = RETRY_MS + 100
    assert carry(document(0, 1), document(100, 2), end_ms=end_ms).max_depth == 2


def test_bytes_are_those_of_signed_documents():
    sent = [document(0, 1), document(0, 2)]
    signed = [sign(delivery.body, ASSUMED_CERTIFICATE) for delivery in sent]
    assert carry(*sent).max_bytes == sum(map(len, signed))


def test_what_did_not_arrive_is_read_back_with_its_counts():
    told = told_in(
        [document(0, 1), document(0, 2, count=30), document(0, 3, count=4, is_held=True)]
    )
    assert told.alerts == {identity_of(alert(1)), identity_of(alert(2))}
    assert told.counted == 34
