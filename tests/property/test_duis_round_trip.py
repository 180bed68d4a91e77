"""What is written into a DUIS document is what is read out of it."""

import contextlib
from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from hubwire import gbcs
from hubwire.gbcs_make import Recipe, make
from stormbench.dsp import duis
from stormbench.dsp.duis import FUTURE_DATED_CODES, DuisUnreadable, UserReport

EPOCH = datetime(2030, 1, 15, tzinfo=timezone.utc)
u32 = st.integers(0, 2**32 - 1)
recipes = st.builds(
    Recipe,
    code=st.sampled_from((0x8F3E, 0x81A0, 0x8F72, 0x8F66, 0x0000, 0xFFFF)),
    counter=st.integers(0, 2**64 - 1),
    originator=st.binary(min_size=8, max_size=8),
    target=st.binary(min_size=8, max_size=8),
)


@given(recipes, st.none() | st.builds(UserReport, u32, u32), st.integers(0, 2**47))
def test_document_is_read_as_it_was_built(recipe, report, at_ms):
    if recipe.code in FUTURE_DATED_CODES:
        report = None
    alert = make(recipe)
    message = gbcs.encode(alert)
    sent_at = EPOCH + timedelta(milliseconds=at_ms)
    read = duis.read(duis.build(alert, message, sent_at, report))
    assert (read.alert_code, read.message) == (recipe.code, message)
    assert (read.sequence, read.count) == (
        (report.sequence, report.count) if report else (None,) * 2
    )
    originator, target, counter = read.response_id.split(":")
    assert bytes.fromhex(originator.replace("-", "")) == recipe.originator
    assert bytes.fromhex(target.replace("-", "")) == recipe.target
    assert int(counter) == recipe.counter


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_damaged_document_is_read_or_refused_and_nothing_else(place, byte):
    alert = make(Recipe(code=0x8F3E))
    damaged = bytearray(duis.build(alert, gbcs.encode(alert), EPOCH, UserReport(2, 35)))
    damaged[place % len(damaged)] = byte
    with contextlib.suppress(DuisUnreadable):
        duis.read(bytes(damaged))
