"""What is written into a DUIS document is what is read out of it."""

import contextlib
from datetime import datetime, timedelta, timezone
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from hubwire import gbcs
from hubwire.gbcs import Form
from hubwire.gbcs_make import Recipe, make
from hubwire.gbcs_payload import PayloadKind
from signed_duis import our_schema, sign
from stormbench.dsp import duis
from stormbench.dsp.duis import FUTURE_DATED_CODES, DuisUnreadable, UserReport
from stormbench.dsp.duis_signature import ASSUMED_CERTIFICATE, Certificate, signed_size_bytes

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


sized_recipes = st.builds(
    Recipe,
    code=st.sampled_from((0x8F3E, 0x81A0, 0x8F66, 0x8F20)),
    counter=st.integers(0, 2**64 - 1),
    payload=st.sampled_from(get_args(PayloadKind)),
    form=st.sampled_from(get_args(Form)),
    padding_bytes=st.integers(0, 800),
)
certificates = st.just(ASSUMED_CERTIFICATE) | st.builds(
    Certificate, st.text("CN=Z1,OU&<> Ä", min_size=1, max_size=60), st.integers(1, 2**159)
)


@given(sized_recipes, st.none() | st.builds(UserReport, u32, u32), certificates)
def test_size_of_a_signed_document_follows_from_the_unsigned_one(recipe, report, certificate):
    alert = make(recipe)
    if alert.alert_code in FUTURE_DATED_CODES:
        report = None
    document = duis.build(alert, gbcs.encode(alert), EPOCH, report)
    signed = sign(document, certificate)
    assert len(signed) == signed_size_bytes(document, certificate)
    our_schema().assertValid(etree.fromstring(signed))


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_damaged_document_is_read_or_refused_and_nothing_else(place, byte):
    alert = make(Recipe(code=0x8F3E))
    damaged = bytearray(duis.build(alert, gbcs.encode(alert), EPOCH, UserReport(2, 35)))
    damaged[place % len(damaged)] = byte
    with contextlib.suppress(DuisUnreadable):
        duis.read(bytes(damaged))
