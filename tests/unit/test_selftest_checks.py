"""Each check of a selftest at its limit and above it; and vectors that come out wrong."""

from typing import Any

import pytest

from commshub.policy import Policy
from commshub.throttle import Throttle
from hubwire.framing import Frame, Receiver
from stormbench.selftest import check, storm, vectors
from stormbench.selftest.check import Check, Status

FLASH: dict[str, Any] = {
    "write_us": [3_600, 3_700, 100_330],
    "read_us": [1_200, 1_300, 1_660],
    "erase_us": [1_500, 1_600, 1_870],
    "sound": 3,
    "gone": 3,
    "files": [[["commshub.save", 133]], [["commshub.save", 133]]],
}


def flash(**changed: Any) -> dict[str, Check]:
    """Its rows, by name."""
    return {row.name: row for row in check.flash({**FLASH, **changed}, 3, is_emulated=False)}


def failed(rows: dict[str, Check]) -> list[str]:
    return [name for name, row in rows.items() if row.status is Status.FAIL]


@pytest.mark.parametrize(
    ("found", "status"), [(49.9, Status.OK), (50, Status.OK), (50.01, Status.FAIL)]
)
def test_number_is_good_up_to_its_limit(found: float, status: Status) -> None:
    assert check.at_most("x", found, 50, "ms").status is status


@pytest.mark.parametrize("took_us", [1_900_000, 2_100_000])
def test_clock_may_be_out_by_what_a_busy_host_costs(took_us: int) -> None:
    assert check.clock(took_us, 2_000_000, is_emulated=False).status is Status.OK


@pytest.mark.parametrize("took_us", [1_899_000, 2_101_000])
def test_clock_that_is_out_by_more_fails(took_us: int) -> None:
    assert check.clock(took_us, 2_000_000, is_emulated=False).status is Status.FAIL


def test_clock_of_the_emulator_says_that_it_is_compared_with_itself() -> None:
    assert "emulator's own" in check.clock(2_000_000, 2_000_000, is_emulated=True).note


def test_sound_flash_has_no_failure() -> None:
    assert failed(flash()) == []


def test_usual_time_is_the_median_and_not_judged() -> None:
    row = flash()["flash, write, usual"]
    assert (row.found, row.unit, row.status) == ("3.7", "ms", Status.INFO)


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"sound": 2}, "flash, kept"),
        ({"gone": 2}, "flash, erased"),
        ({"write_us": [1_000_100]}, "flash, write, longest"),
        ({"read_us": [50_100]}, "flash, read, longest"),
        ({"erase_us": [1_000_100]}, "flash, erase, longest"),
        ({"files": [[["a", 1]], [["a", 2]]]}, "other files"),
    ],
)
def test_one_thing_wrong_with_the_flash_is_one_failure(changed: dict[str, Any], name: str) -> None:
    assert failed(flash(**changed)) == [name]


def test_times_of_an_emulated_flash_are_told_to_be_typical() -> None:
    rows = check.flash(FLASH, 3, is_emulated=True)
    assert any("typical times" in row.note for row in rows)


@pytest.mark.parametrize(("used", "status"), [(65_536, Status.OK), (65_537, Status.FAIL)])
def test_heap_of_frozen_firmware_has_a_limit(used: int, status: Status) -> None:
    row, _ = check.heap({"heap_used": used, "heap_free": 1}, is_frozen=True)
    assert row.status is status


def test_heap_of_a_process_or_of_firmware_in_files_is_not_judged() -> None:
    rows = check.heap({"heap_used": 1 << 30, "heap_free": 1}, is_frozen=False)
    assert {row.status for row in rows} == {Status.INFO}


@pytest.mark.parametrize(
    ("read_back", "is_emulated", "status"),
    [
        (6, False, Status.OK),
        (5, False, Status.FAIL),
        (3, True, Status.INFO),
        (None, False, Status.INFO),
    ],
)
def test_led_is_judged_where_its_pin_can_be_read(
    read_back: int | None, is_emulated: bool, status: Status
) -> None:
    assert check.led(read_back, 6, is_emulated).status is status


def test_led_of_a_board_is_for_a_person_to_look_at() -> None:
    assert "look" in check.led(6, 6, is_emulated=False).note


# Vectors.


def test_vector_that_comes_out_otherwise_is_named() -> None:
    expected = vectors.frames()
    found = [each.expected for each in expected]
    assert check.vectors("frames", expected, found).status is Status.OK
    found[4] = [*expected[4].expected[:3], "00"]
    row = check.vectors("frames", expected, found)
    assert (row.status, row.found) == (Status.FAIL, f"{len(expected) - 1} of {len(expected)}")
    assert expected[4].name in row.note


def test_vector_that_is_missing_is_wrong() -> None:
    expected = vectors.macs()
    assert vectors.wrong(expected, [each.expected for each in expected][:-1]) == [
        expected[-1].name
    ]


def test_frames_are_of_every_kind_that_can_be_sent() -> None:
    (frame,) = Receiver().feed(bytes.fromhex(vectors.frames()[5].given))
    assert isinstance(frame, Frame) and frame.name == vectors.frames()[5].name
    assert len({each.name for each in vectors.frames()}) > 20


def test_messages_have_both_forms_three_payloads_and_what_is_no_alert() -> None:
    kinds = {each.name for each in vectors.messages()}
    forms = {f"{form} {kind}" for form in ("mac", "signature") for kind in ("dlms", "gbz", "asn1")}
    assert kinds == forms | {"NotAnAlert", "TrailingBytes"}


def test_storm_gets_the_verdicts_that_were_worked_out_by_hand() -> None:
    policy = Policy()
    for name, value in storm.POLICY.items():
        setattr(policy, name, value)
    assert policy.refusal() is None
    throttle = Throttle(policy, lambda event, t, subject, level: None)
    verdicts = [
        throttle.on_alert(each.t, bytes([0] * 7 + [each.originator]), bytes(8), each.code)
        for each in storm.STORM
    ]
    assert verdicts == [each.verdict for each in storm.STORM]
