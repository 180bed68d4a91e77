"""Time stamps in their three encodings."""

from datetime import datetime, timedelta, timezone

import pytest

from hubwire.errors import BadTime, FieldOutOfRange
from hubwire.gbcs_time import (
    read_asn1_time,
    read_dlms_time,
    read_gbz_time,
    write_asn1_time,
    write_dlms_time,
    write_gbz_time,
)

UTC = timezone.utc
NINE = datetime(2030, 1, 15, 9, 0, tzinfo=UTC)


def dlms(text: str) -> datetime | None:
    return read_dlms_time(bytes.fromhex(text), 0)


def test_dlms_time_without_deviation_is_utc():
    assert dlms("07EE 01 0F 02 09 00 00 00 8000 FF") == NINE


def test_dlms_deviation_leads_from_local_time_to_utc():
    assert dlms("07EE 01 0F 02 0A 00 00 00 FFC4 FF") == NINE


@pytest.mark.parametrize(("deviation", "hours"), [("02D0", 12), ("FD30", -12)])
def test_dlms_deviation_is_twelve_hours_at_the_most(deviation, hours):
    assert dlms(f"07EE 01 0F 02 09 00 00 00 {deviation} FF") == NINE + timedelta(hours=hours)


@pytest.mark.parametrize("weekday", range(1, 8))
def test_dlms_day_of_the_week_does_not_matter(weekday):
    assert dlms(f"07EE 01 0F {weekday:02X} 09 00 00 00 8000 FF") == NINE


def test_dlms_hundredths_are_kept():
    assert dlms("07EE 01 0F FF 09 00 00 63 8000 FF") == NINE.replace(microsecond=990_000)


def test_dlms_hundredths_may_be_open():
    assert dlms("07EE 01 0F FF 09 00 00 FF 8000 FF") == NINE


def test_dlms_clock_status_does_not_matter():
    assert dlms("07EE 01 0F FF 09 00 00 00 8000 0F") == NINE


@pytest.mark.parametrize(
    "text",
    [
        "FFFF FF FF FF FF FF FF FF 8000 FF",
        "FFFF 01 0F FF 09 00 00 00 8000 FF",
        "FFFF 02 1D FF 09 00 00 00 8000 FF",
        "07EE FF 1F FF 09 00 00 00 8000 FF",
        "07EE 01 FF FF 09 00 00 00 8000 FF",
        "07EE 01 0F FF FF 00 00 00 8000 FF",
        "07EE 01 0F FF 09 FF 00 00 8000 FF",
        "07EE 01 0F FF 09 00 FF 00 8000 FF",
    ],
)
def test_dlms_time_with_an_open_field_is_no_time(text):
    assert dlms(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "0000 01 0F FF 09 00 00 00 8000 FF",
        "2710 01 0F FF 09 00 00 00 8000 FF",
        "07EE 00 0F FF 09 00 00 00 8000 FF",
        "07EE 0D 0F FF 09 00 00 00 8000 FF",
        "07EE FE 0F FF 09 00 00 00 8000 FF",
        "07EE 01 00 FF 09 00 00 00 8000 FF",
        "07EE 02 1D FF 09 00 00 00 8000 FF",
        "07EE 01 0F 00 09 00 00 00 8000 FF",
        "07EE 01 0F 08 09 00 00 00 8000 FF",
        "07EE 01 0F FF 18 00 00 00 8000 FF",
        "07EE 01 0F FF 09 3C 00 00 8000 FF",
        "07EE 01 0F FF 09 00 3C 00 8000 FF",
        "07EE 01 0F FF 09 00 00 64 8000 FF",
        "07EE 01 0F FF 09 00 00 00 02D1 FF",
        "07EE 01 0F FF 09 00 00 00 FD2F FF",
        "0001 01 01 FF 00 00 00 00 FFFF FF",
        "270F 0C 1F FF 17 3B 00 00 0001 FF",
        "FFFF 0D FF FF FF FF FF FF 8000 FF",
    ],
)
def test_dlms_time_that_is_no_instant_is_refused(text):
    with pytest.raises(BadTime):
        dlms(text)


def test_gbz_time_counts_from_2000():
    assert read_gbz_time(0) == datetime(2000, 1, 1, tzinfo=UTC)
    assert read_gbz_time(0x1C374A80) == datetime(2015, 1, 1, tzinfo=UTC)


def test_gbz_time_of_all_ones_is_open():
    assert read_gbz_time(0xFFFF_FFFF) is None
    assert read_gbz_time(0xFFFF_FFFE) is not None


def test_asn1_time_is_read():
    assert read_asn1_time(b"20300115090000Z", 0) == NINE


@pytest.mark.parametrize(
    "text",
    [
        *("20300115090000+", "2030011509000 Z", "20301315090000Z"),
        *("20300115096000Z", "00000115090000Z"),
    ],
)
def test_asn1_time_that_is_no_instant_is_refused(text):
    with pytest.raises(BadTime):
        read_asn1_time(text.encode(), 0)


@pytest.mark.parametrize(
    "time",
    [NINE, datetime(2000, 1, 1, tzinfo=UTC), datetime(2136, 2, 7, 6, 28, 14, tzinfo=UTC)],
)
def test_what_is_written_is_read_back(time):
    assert read_dlms_time(write_dlms_time(time), 0) == time
    assert read_gbz_time(write_gbz_time(time)) == time
    assert read_asn1_time(write_asn1_time(time), 0) == time


def test_time_of_another_zone_is_written_in_utc():
    elsewhere = NINE.astimezone(timezone(timedelta(hours=-7)))
    assert write_asn1_time(elsewhere) == b"20300115090000Z"


def test_open_time_is_written_where_the_encoding_has_one():
    assert read_dlms_time(write_dlms_time(None), 0) is None
    assert read_gbz_time(write_gbz_time(None)) is None


def test_asn1_cannot_leave_its_time_open():
    with pytest.raises(FieldOutOfRange):
        write_asn1_time(None)


@pytest.mark.parametrize("seconds", [-1, 0xFFFF_FFFF])
def test_gbz_refuses_times_outside_its_range(seconds):
    with pytest.raises(FieldOutOfRange):
        write_gbz_time(datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))


@pytest.mark.parametrize("write", [write_dlms_time, write_gbz_time, write_asn1_time])
def test_time_without_a_zone_is_refused(write):
    with pytest.raises(FieldOutOfRange):
        write(datetime(2030, 1, 15))


@pytest.mark.parametrize("write", [write_dlms_time, write_gbz_time, write_asn1_time])
def test_time_that_utc_has_no_year_for_is_refused(write):
    with pytest.raises(FieldOutOfRange):
        write(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))))
