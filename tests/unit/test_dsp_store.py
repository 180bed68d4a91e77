"""The incident store, the security log and the counts that only the DSP knows."""

import contextlib
import sqlite3

import pytest

from stormbench.dsp.identity import Key
from stormbench.dsp.store import Incident, LogEntry, Store
from stormbench.errors import InvalidInput
from stormbench.link.northbound import Notice, Report

METER = bytes.fromhex("00DB1234567890A0")
SUPPLIER = bytes.fromhex("90B3D51F30010000")
METER_HEX, SUPPLIER_HEX = "00DB1234567890A0", "90B3D51F30010000"
REPORT = Report(7, 2, 30, 31)


@pytest.fixture
def store():
    with Store() as store:
        yield store


def incident(event, at_ms, level="red", shadow=False):
    return Notice(at_ms, event, level, shadow, METER, None, None, None)


def test_incident_is_kept_from_opening_to_close(store):
    store.on_notice("hub", 4, incident("INCIDENT_OPEN", 10, "amber"))
    assert store.incidents() == [Incident("hub", 4, METER_HEX, "amber", 10, None)]
    store.on_notice("hub", 4, incident("INCIDENT_CLOSE", 50, "amber"))
    assert store.incidents() == [Incident("hub", 4, METER_HEX, "amber", 10, 50)]


def test_escalation_makes_the_open_incident_red(store):
    store.on_notice("dsp", None, incident("INCIDENT_OPEN", 10, "amber"))
    store.on_notice("dsp", None, incident("INCIDENT_ESCALATE", 20))
    assert store.incidents() == [Incident("dsp", None, METER_HEX, "red", 10, None)]


def test_incidents_of_other_sources_and_hubs_are_others(store):
    for source, hub_id in (("hub", 1), ("hub", 2), ("dsp", None), ("anomaly", None)):
        store.on_notice(source, hub_id, incident("INCIDENT_OPEN", 10))
    store.on_notice("anomaly", None, incident("INCIDENT_CLOSE", 20))
    assert [entry.closed_ms for entry in store.incidents()] == [None, None, None, 20]


def test_escalation_whose_opening_was_dropped_opens_at_red(store):
    store.on_notice("hub", 1, incident("INCIDENT_ESCALATE", 20))
    assert store.incidents() == [Incident("hub", 1, METER_HEX, "red", 20, None)]


def test_opening_closes_an_incident_whose_close_was_dropped(store):
    store.on_notice("hub", 1, incident("INCIDENT_OPEN", 10))
    store.on_notice("hub", 1, incident("INCIDENT_OPEN", 90))
    assert [(entry.opened_ms, entry.closed_ms) for entry in store.incidents()] == [
        (10, 90),
        (90, None),
    ]


def test_closed_incident_stays_as_it_was(store):
    for at_ms in (10, 90):
        store.on_notice("hub", 1, incident("INCIDENT_OPEN", at_ms, "amber"))
        store.on_notice("hub", 1, incident("INCIDENT_CLOSE", at_ms + 5, "amber"))
    store.on_notice("hub", 1, incident("INCIDENT_OPEN", 200, "amber"))
    store.on_notice("hub", 1, incident("INCIDENT_ESCALATE", 210))
    entries = [(entry.level, entry.opened_ms, entry.closed_ms) for entry in store.incidents()]
    assert entries == [("amber", 10, 15), ("amber", 90, 95), ("red", 200, None)]


def test_close_of_no_incident_is_only_logged(store):
    store.on_notice("hub", 1, incident("INCIDENT_CLOSE", 20))
    assert store.incidents() == []
    assert [entry.event for entry in store.security_log()] == ["INCIDENT_CLOSE"]


def test_incident_in_shadow_is_logged_as_such_and_kept_out_of_the_store(store):
    store.on_notice("dsp", None, incident("INCIDENT_OPEN", 20, shadow=True))
    assert store.incidents() == []
    assert [entry.shadow for entry in store.security_log()] == [True]


def test_log_holds_every_field_of_a_notice_with_hex_in_upper_case(store):
    store.log("hub", 3, Notice(9, "SUMMARY", "", False, METER, SUPPLIER, 0x8F3E, REPORT))
    assert store.security_log() == [
        LogEntry(9, "hub", 3, "SUMMARY", METER_HEX, SUPPLIER_HEX, "8F3E", "", REPORT, shadow=False)
    ]


def test_full_table_is_logged_without_a_device(store):
    store.on_notice("hub", 3, Notice(9, "TABLE_FULL", "key", False, None, None, None, None))
    (entry,) = store.security_log()
    assert (entry.originator, entry.level, entry.report) == (None, "key", None)


def test_reported_to_dsp_is_the_sum_of_counts_kept(store):
    assert store.reported_to_dsp() == 0
    store.keep_count(1, Key(METER, SUPPLIER, 0x8F3E), 30, "a reason")
    store.keep_count(2, None, 5, "another")
    assert store.reported_to_dsp() == 35


def test_file_can_be_read_with_sqlite_after_the_run(tmp_path):
    path = tmp_path / "dsp.sqlite"
    with Store(path) as store:
        store.keep_count(1, Key(METER, SUPPLIER, 0x8F3E), 30, "a reason")
    with contextlib.closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT * FROM count_at_dsp").fetchall()
    assert rows == [(1, METER_HEX, SUPPLIER_HEX, "8F3E", 30, "a reason")]


def test_store_is_closed_when_the_block_raises(tmp_path):
    with pytest.raises(KeyError), Store(tmp_path / "dsp.sqlite") as store:
        raise KeyError
    with pytest.raises(sqlite3.ProgrammingError):
        store.incidents()


def test_store_may_be_closed_twice(store):
    store.close()
    store.close()


def test_file_that_holds_something_is_refused(tmp_path):
    path = tmp_path / "dsp.sqlite"
    path.write_text("a diary")
    with pytest.raises(InvalidInput, match="holds something already"):
        Store(path)
    assert path.read_text() == "a diary"


def test_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be used as a store"):
        Store(tmp_path / "nowhere" / "dsp.sqlite")
