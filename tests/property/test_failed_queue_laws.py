"""The failed queue against a second one, which lives through every millisecond."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from hubwire import gbcs
from hubwire.gbcs_make import Recipe, make
from hubwire.identities import NETWORK_OPERATOR, SUPPLIER
from stormbench.dsp import duis
from stormbench.dsp.dispatch import EPOCH, Delivery
from stormbench.dsp.duis_signature import signed_size_bytes
from stormbench.dsp.failed_queue import Absence, FailedQueue

END_MS = 60
RETRY_MS, HOLD_MS = 5, 17
USERS = (SUPPLIER, NETWORK_OPERATOR)
BODIES = {
    user: duis.build(
        alert := make(Recipe(code=code, target=user)), gbcs.encode(alert), EPOCH, None
    )
    for user, code in zip(USERS, (0x8F3E, 0x81A0), strict=True)
}

deliveries = st.lists(
    st.tuples(st.integers(0, END_MS), st.sampled_from(USERS)), min_size=1, max_size=30
).map(lambda drawn: [Delivery(t, "user", BODIES[user], False, user) for t, user in sorted(drawn)])


@st.composite
def absences(draw):
    found = []
    for user in USERS:
        edges = draw(st.lists(st.integers(0, END_MS + 20), max_size=6, unique=True).map(sorted))
        found += [Absence(user, *edges[at : at + 2]) for at in range(0, len(edges) - 1, 2)]
    return found


class LivedThrough:
    """What becomes of deliveries, one millisecond after the other."""

    def __init__(self, absences, sent):
        self.absences, self.sent = absences, sent
        self.retries, self.queue = [], []
        self.delivered, self.expired = [], []
        self.max_depth = self.max_bytes = 0
        for now_ms in range(END_MS + 1):
            self._live(now_ms)
        self.waiting = [each for _, each in self.retries + self.queue]

    def _is_away(self, user, now_ms):
        return any(a.user == user and a.from_ms <= now_ms < a.back_ms for a in self.absences)

    def _live(self, now_ms):
        kept = []
        for since_ms, each in self.queue:
            if not self._is_away(each.user, now_ms):
                self.delivered.append((now_ms, each))
            elif now_ms == since_ms + HOLD_MS:
                self.expired.append((now_ms, each))
            else:
                kept.append((since_ms, each))
        self.queue = kept
        due = [each for due_ms, each in self.retries if due_ms == now_ms]
        self.retries = [retry for retry in self.retries if retry[0] != now_ms]
        for each in due:
            self._try(each, now_ms, self.queue, now_ms)
        for each in (each for each in self.sent if each.at_ms == now_ms):
            self._try(each, now_ms, self.retries, now_ms + RETRY_MS)
        self.max_depth = max(self.max_depth, len(self.queue))
        sizes = (signed_size_bytes(each.body) for _, each in self.queue)
        self.max_bytes = max(self.max_bytes, sum(sizes))

    def _try(self, each, now_ms, otherwise, at_ms):
        if self._is_away(each.user, now_ms):
            otherwise.append((at_ms, each))
        else:
            self.delivered.append((now_ms, each))


def counted(items):
    return Counter((at_ms, each.user) for at_ms, each in items)


@given(deliveries, absences())
def test_each_document_ends_where_and_when_it_would_by_living_through_it(sent, absences):
    carried = FailedQueue(absences, RETRY_MS, HOLD_MS).carry(sent, END_MS)
    lived = LivedThrough(absences, sent)
    assert counted((d.at_ms, d) for d in carried.delivered) == counted(lived.delivered)
    assert counted((d.at_ms, d) for d in carried.expired) == counted(lived.expired)
    assert Counter(carried.waiting) == Counter(lived.waiting)
    assert (carried.max_depth, carried.max_bytes) == (lived.max_depth, lived.max_bytes)


@given(deliveries, absences())
def test_arrivals_are_in_order_of_time(sent, absences):
    carried = FailedQueue(absences, RETRY_MS, HOLD_MS).carry(sent, END_MS)
    arrived_ms = [delivery.at_ms for delivery in carried.delivered]
    assert arrived_ms == sorted(arrived_ms)
