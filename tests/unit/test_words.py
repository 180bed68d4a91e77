"""Machine code on the board knows no constants of other modules, so some stand twice."""

import importlib
import struct

import pytest

from commshub import (
    courier,
    due,
    entries,
    express,
    framer,
    gbcs,
    memory,
    north_queue,
    octets,
    octets_plain,
    policy,
    quick,
    saves,
    state,
    table,
    telling,
    wire,
)

NAMED = {  # what a module with machine code calls otherwise
    "_BLOCK_BITS": saves.BLOCK - 1,
    "_BY_COUNT": policy.COUNT,
    "_CODE_OF": gbcs.CODE,
    "_VERSION": wire.PROTOCOL_VERSION,
    "_FREE_DEVICES": 2 * entries.DEVICE_WORDS,
    "_FREE_KEYS": 2 * entries.KEY_WORDS,
    "_WAS_FULL": table.WAS_FULL,
    "_IDLE": table.IDLE,
    "_KEPT_DEVICES": entries.DEVICE_WORDS,
    "_KEPT_KEYS": entries.KEY_WORDS,
    "_COURIER_SENT": courier.SENT,
    "_IS_ALERT": gbcs.ALERT,
    "_TO_MESSAGE": 1 + framer.HEADER_BYTES + struct.calcsize(wire.HAN_ALERT_FORMAT),
    "_FIELDS_BYTES": struct.calcsize(wire.WAN_ALERT_FORMAT),
    "_HEAD_BYTES": north_queue._HEAD_BYTES,
    "_HEAD_LENGTH": north_queue._HEAD_BYTES,
    "_HEAD_AT": north_queue.HEAD,
    "_PASS_BYTES": north_queue._HEAD_BYTES + struct.calcsize(wire.WAN_ALERT_FORMAT),
    "_FULL_WINDOW": wire.WINDOW,
}
OWN = {
    "_AHEAD_BYTES",
    "_BODY",
    "_LOG_BYTES",
    "_TABLE",
    "_WIRE",
    "_RINGS",
    "_WORDS",
    "_NOT_KNOWN",
    "_IS_LAST_AT",
    "_COUNT_AT",
    "_NOT_IN_USE",
    "_IS_EXPECTED",
    "_LEAST_BODY_BYTES",
}


def said_elsewhere(name):
    if name in NAMED:
        return {NAMED[name]}
    modules = (
        *(state, entries, telling, memory, policy, due, framer, gbcs, quick, express, table),
        *(courier, north_queue, octets, wire),
    )
    return {getattr(module, name[1:]) for module in modules if hasattr(module, name[1:])}


@pytest.mark.parametrize(
    "module",
    [
        "courier",
        "due",
        "express",
        "framer",
        "memory",
        "north_queue",
        "outbox",
        "places_plain",
        "places_scan",
        "quick",
        "table",
        "telling",
        "throttle",
    ],
)
def test_what_stands_twice_is_the_same(module):
    here = vars(importlib.import_module(f"commshub.{module}"))
    copies = {
        name: value
        for name, value in here.items()
        if name.startswith("_") and name.isupper() and isinstance(value, int)
    }
    assert copies
    for name, value in copies.items():
        if name not in OWN:
            assert value in said_elsewhere(name), name


def test_least_frame_that_is_opened_has_a_code_a_header_and_a_check_sum():
    assert octets_plain.LEAST_OPENED == 1 + framer.HEADER_BYTES + octets.CHECK_BYTES


def test_policy_stands_in_the_state_in_its_own_order():
    places = [getattr(state, name.upper()) for name, *_ in policy.NUMBERS]
    assert places == list(range(state.POLICY, state.POLICY + len(places)))


def test_no_two_words_of_one_array_have_one_place():
    places = [value for name, value in vars(state).items() if name.isupper()]
    assert sorted(places) == sorted([*range(state.WORDS + 1), state.POLICY])


def test_rings_stand_as_many_before_the_entries_as_the_table_makes():
    scan = importlib.import_module("commshub.places_scan")
    assert scan._RINGS == table._RINGS
