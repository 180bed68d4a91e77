"""Signatures and MACs are real: pycryptodome, which shares no code with us, accepts them."""

from dataclasses import replace
from typing import get_args

import pytest
from Crypto.Hash import SHA256
from Crypto.Signature import DSS

from hubwire import vectors_gbcs
from hubwire.gbcs import Alert, Form, decode, encode, protected_bytes
from hubwire.gbcs_make import Recipe, make
from hubwire.identities import ESME, GSME, SUPPLIER
from oracle_of_protection import as_ecc, has_mac_of, is_signed_by
from stormbench.scenario.read import read_scenario
from stormbench.scenario.trace import trace_of
from stormbench.signing.made_up_keys import agreement_key, signing_key
from stormbench.signing.protection import message_key, protected

SIGNED = protected(make(Recipe(code=0x8F3E)))
WITH_MAC = protected(make(Recipe(code=0x8154)))
each_form = pytest.mark.parametrize("form", get_args(Form))


def is_genuine(message: bytes, originator: bytes = ESME, target: bytes = SUPPLIER) -> bool:
    if message[0] == 0xDF:
        return is_signed_by(message, as_ecc(signing_key(originator)).public_key())
    return has_mac_of(message, as_ecc(agreement_key(originator)), as_ecc(agreement_key(target)))


def alert_of(form: Form) -> Alert:
    return SIGNED if form == "signature" else WITH_MAC


@each_form
def test_alert_is_genuine_for_who_knows_the_keys(form):
    assert is_genuine(encode(alert_of(form)))


@pytest.mark.parametrize("other", [{"originator": GSME}, {"target": GSME}])
def test_mac_is_of_these_two_parties_alone(other):
    assert not is_genuine(encode(WITH_MAC), **other)


def test_signature_is_of_this_originator_alone():
    assert not is_genuine(encode(SIGNED), originator=GSME)


@each_form
def test_placeholder_is_not_genuine(form):
    assert not is_genuine(encode(make(Recipe(code=0x8F3E, form=form))))


@pytest.mark.parametrize(
    ("alert", "first", "unprotected"),
    [(SIGNED, 1, [-65]), (WITH_MAC, 13, [])],
    ids=["signature", "mac"],
)
def test_one_byte_changed_anywhere_in_what_is_protected_is_found(alert, first, unprotected):
    message = encode(alert)
    for at in set(range(first, len(message))) - {len(message) + at for at in unprotected}:
        assert not is_genuine(_with_another_byte(message, at)), at


@pytest.mark.parametrize("alert", list(vectors_gbcs.alerts()))
def test_alert_of_every_form_payload_and_length_is_genuine(alert):
    if alert.spare_length_bytes == (2, 1, 0):
        alert = replace(alert, spare_length_bytes=(0, 1, 0))  # the oracle reads short lengths
    alert = protected(alert)
    assert is_genuine(encode(alert), alert.originator, alert.target)


def test_signature_is_the_one_that_rfc_6979_gives():
    digest = SHA256.new(protected_bytes(SIGNED))
    signer = DSS.new(as_ecc(signing_key(ESME)), "deterministic-rfc6979")
    assert SIGNED.protection == signer.sign(digest)


def test_each_message_has_a_key_of_its_own():
    keys = {message_key(make(Recipe(code=0x8154, counter=counter))) for counter in range(100)}
    assert len(keys) == 100


def test_keys_differ_by_identity_and_by_use():
    keys = [signing_key(ESME), signing_key(GSME), agreement_key(ESME), agreement_key(GSME)]
    assert len({key.private_numbers().private_value for key in keys}) == 4


def test_protection_changes_nothing_else_of_an_alert():
    plain = make(Recipe(code=0x8F3E))
    assert replace(SIGNED, protection=plain.protection) == plain


def test_every_alert_of_a_scenario_is_genuine():
    forms = set()
    for alert in trace_of(read_scenario(None))[::40]:
        forms.add(decode(alert.message).form)
        assert is_genuine(alert.message, alert.originator, alert.target)
    assert forms == {"mac", "signature"}


def _with_another_byte(message: bytes, at: int) -> bytes:
    return message[:at] + bytes([message[at] ^ 0x01]) + message[at + 1 :]
