"""`stormbench gbcs`, from the command line to the exit code."""

import io
import json
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hubwire.gbcs import decode, encode
from hubwire.gbcs_make import Recipe, make
from stormbench.cli import main
from stormbench.signing.protection import protected

SIGNED = encode(protected(make(Recipe(code=0x8F3E, counter=42))))
WITH_MAC = encode(protected(make(Recipe(code=0x8F20, counter=43))))
COMMAND = SIGNED[:2] + b"\x01" + SIGNED[3:]
NINE = ("--time", "2030-01-15T09:00:00Z")


@dataclass
class Ran:
    """How a command ended, and what it said."""

    exit_code: int
    out: str
    err: str

    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    def run_command(*arguments: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "argv", ["stormbench", "gbcs", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        try:
            main()
            exit_code = 0
        except SystemExit as end:
            exit_code = int(end.code or 0)
        return Ran(exit_code, *capfd.readouterr())

    return run_command


def test_decode_tells_every_key_in_the_order_of_the_contract(run):
    ran = run("decode", WITH_MAC.hex(), "--json")
    assert ran.exit_code == 0
    assert list(ran.objects()[0].items()) == [
        ("input", WITH_MAC.hex()),
        ("form", "mac"),
        ("cra", 3),
        ("originator", "00DB1234567890A2"),
        ("target", "90B3D51F30000002"),
        ("originator_counter", 43),
        ("message_code", "0110"),
        ("alert_code", "8F20"),
        ("alert_name", "Limited Duty Cycle Action Taken"),
        ("timestamp", "2030-01-15T09:00:00Z"),
        ("payload", "dlms"),
        ("length", 95),
    ]


def test_unknown_code_has_no_name_and_is_no_error(run):
    ran = run("decode", encode(make(Recipe(code=0x8FFF))).hex(), "--json")
    assert ran.exit_code == 0
    assert ran.objects()[0]["alert_name"] is None


def test_open_time_stamp_is_null(run):
    message = encode(make(Recipe(code=0x8F3E, timestamp=None)))
    assert run("decode", message.hex(), "--json").objects()[0]["timestamp"] is None


def test_hex_is_taken_in_any_case_and_with_spaces(run):
    shown = run("decode", SIGNED.hex(" ").upper(), "--json").objects()[0]
    assert shown["alert_code"] == "8F3E"


def test_damaged_message_is_told_and_the_others_are_decoded(run):
    ran = run("decode", SIGNED.hex(), SIGNED[:-1].hex(), WITH_MAC.hex(), "--json")
    assert ran.exit_code == 1
    first, damaged, last = ran.objects()
    assert (first["alert_code"], last["alert_code"]) == ("8F3E", "8F20")
    assert list(damaged) == ["input", "error", "offset"]
    assert (damaged["input"], damaged["offset"]) == (SIGNED[:-1].hex(), 60)
    assert "expected 64 bytes, got only 63" in ran.err
    assert "1 of 3 messages" in ran.err


def test_command_message_is_told_to_be_no_alert(run):
    ran = run("decode", COMMAND.hex(), "--json")
    assert ran.exit_code == 1
    assert ran.objects()[0]["offset"] == 2
    assert "a command" in ran.objects()[0]["error"]


def test_half_a_byte_is_damage(run):
    ran = run("decode", "DF09030", "--json")
    assert (ran.exit_code, ran.objects()[0]["offset"]) == (1, 3)


def test_file_with_one_message_is_named_by_its_path(run, tmp_path: Path):
    file = tmp_path / "one.HEX"
    file.write_text(SIGNED.hex().upper() + "\r\n")
    assert run("decode", str(file), "--json").objects()[0]["input"] == str(file)


def test_file_with_several_messages_names_path_and_line(run, tmp_path: Path):
    file = tmp_path / "some.hex"
    file.write_text(f"{SIGNED.hex()}\n\nnothing\n{WITH_MAC.hex()}\n")
    ran = run("decode", str(file), "--json")
    assert ran.exit_code == 1
    assert [told["input"] for told in ran.objects()] == [f"{file}:{line}" for line in (1, 3, 4)]
    assert ran.objects()[1]["error"].startswith("text at byte 0: expected hexadecimal digits")


def test_message_broken_into_lines_is_one_message(run, tmp_path: Path):
    file = tmp_path / "broken.hex"
    digits = SIGNED.hex(" ")
    file.write_text("\n".join(digits[at : at + 48] for at in range(0, len(digits), 48)))
    (told,) = run("decode", str(file), "--json").objects()
    assert (told["input"], told["length"]) == (str(file), 124)


@pytest.mark.parametrize("message", [SIGNED, WITH_MAC])
def test_binary_file_is_one_message(run, tmp_path: Path, message):
    file = tmp_path / "one.bin"
    file.write_bytes(message)
    assert run("decode", str(file), "--json").objects()[0]["length"] == len(message)


def test_standard_input_is_read(run):
    text = f"{SIGNED.hex()}\n{WITH_MAC.hex()}\n".encode()
    told = run("decode", "-", "--json", stdin=text).objects()
    assert [message["input"] for message in told] == ["-:1", "-:2"]


def test_standard_input_may_be_binary(run):
    assert run("decode", "-", "--json", stdin=WITH_MAC).objects()[0]["input"] == "-"


@pytest.mark.parametrize("argument", ["no-such-file", "8F20.hex", "."])
def test_neither_digits_nor_a_file_is_invalid_and_nothing_is_run(run, argument):
    ran = run("decode", SIGNED.hex(), argument)
    assert (ran.exit_code, ran.out) == (2, "")
    assert argument in ran.err


def test_what_is_no_file_is_told_what_it_could_be(run):
    assert "expected hexadecimal digits, the name of a file, or -" in run("decode", "nothing").err


def test_empty_input_is_invalid(run):
    assert run("decode", "-", stdin=b" \n").exit_code == 2


def test_decode_without_an_argument_is_invalid(run):
    assert run("decode").exit_code == 2


def test_decode_for_people_aligns_names_and_values(run):
    lines = run("decode", SIGNED.hex()).out.splitlines()
    assert "originator          00DB1234567890A0" in lines
    assert "message_name        Generic critical alert" in lines


def test_control_characters_of_a_file_name_do_not_reach_the_terminal(run, tmp_path: Path):
    file = tmp_path / "a\x1b[31mb.hex"
    file.write_text("DF\nDD")
    ran = run("decode", str(file))
    assert ran.exit_code == 1
    assert "\x1b" not in ran.out + ran.err
    assert "a[31mb.hex" in ran.out


def test_make_prints_an_alert_in_upper_case(run):
    ran = run("make", "--code", "8f3e", *NINE, "--counter", "42")
    assert (ran.exit_code, ran.out) == (0, SIGNED.hex().upper() + "\n")


def test_make_prints_an_alert_with_its_mac(run):
    ran = run("make", "--code", "8F20", *NINE, "--counter", "43")
    assert (ran.exit_code, ran.out) == (0, WITH_MAC.hex().upper() + "\n")


def test_make_without_a_time_takes_the_present(run):
    alert = decode(bytes.fromhex(run("make", "--code", "8F3E").out))
    assert alert.timestamp is not None
    assert alert.timestamp.year >= 2024


@pytest.mark.parametrize("time", ["2030-01-15T09:00:00", "2030-01-15T10:00:00+01:00"])
def test_make_takes_a_time_of_any_zone_and_utc_without_one(run, time):
    ran = run("make", "--code", "8F3E", "--time", time, "--counter", "42")
    assert ran.out == SIGNED.hex().upper() + "\n"


@pytest.mark.parametrize("first", [0, 7, 2**64 - 3])
def test_make_counts_up(run, first):
    lines = run("make", "--code", "8F20", "--counter", str(first), "--count", "3").out.split()
    counters = [decode(bytes.fromhex(line)).originator_counter for line in lines]
    assert counters == [first, first + 1, first + 2]


def test_make_takes_payload_and_form(run):
    line = run("make", "--code", "8F3E", "--payload", "gbz", "--form", "mac").out
    alert = decode(bytes.fromhex(line))
    assert (alert.payload, alert.form) == ("gbz", "mac")


def test_make_takes_test_identities(run):
    given = ("--originator", "00db1234567890ff", "--target", "90B3D51F300100FF")
    alert = decode(bytes.fromhex(run("make", "--code", "8F3E", *given).out))
    assert alert.originator.hex() == "00db1234567890ff"
    assert alert.target.hex().upper() == "90B3D51F300100FF"


@pytest.mark.parametrize("option", ["--originator", "--target"])
def test_make_refuses_other_identities(run, option):
    ran = run("make", "--code", "8F3E", option, "0011223344556677")
    assert (ran.exit_code, ran.out) == (2, "")
    assert "0011223344556677" in ran.err
    assert "--real-ids" in ran.err


def test_make_takes_other_identities_if_told_so(run):
    given = ("--originator", "0011223344556677", "--real-ids")
    alert = decode(bytes.fromhex(run("make", "--code", "8F3E", *given).out))
    assert alert.originator.hex() == "0011223344556677"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--code", "8F2"),
        ("--code", "8F200"),
        ("--code", "0x8F"),
        ("--code", "8F2G"),
        ("--code", "8F20", "--originator", "00DB1234"),
        ("--code", "8F20", "--counter", "-1"),
        ("--code", "8F20", "--counter", "18446744073709551616"),
        ("--code", "8F20", "--counter", "18446744073709551615", "--count", "2"),
        ("--code", "8F20", "--time", "yesterday"),
        ("--code", "8F20", "--time", ""),
        ("--code", "8F20", "--time", "1999-01-01", "--payload", "gbz"),
        ("--code", "8F20", "--payload", "xml"),
        ("--code", "8F20", "--form", "none"),
        ("--code", "8F20", "--count", "0"),
        ("--code", "8F20", "--pcap", "no-such-folder/file.pcap"),
        (),
    ],
)
def test_make_refuses_what_it_cannot_make(run, arguments):
    ran = run("make", *arguments)
    assert (ran.exit_code, ran.out) == (2, "")
    assert ran.err.startswith("stormbench: ")


def test_make_writes_a_capture_file(run, tmp_path: Path):
    file = tmp_path / "made.pcap"
    ran = run("make", "--code", "8F20", "--count", "2", *NINE, "--pcap", str(file))
    messages = [bytes.fromhex(line) for line in ran.out.splitlines()]
    content = file.read_bytes()
    assert struct.unpack("<IHHIIII", content[:24])[-1] == 147
    for message in messages:
        assert message in content
    assert len(content) == 24 + sum(16 + len(message) for message in messages)


def test_make_says_how_far_it_is_every_two_seconds(run, monkeypatch):
    clock_s = iter(range(1000))
    monkeypatch.setattr("stormbench.cli._count_progress.monotonic", lambda: next(clock_s))
    ran = run("make", "--code", "8F20", "--count", "5")
    assert ran.err.splitlines() == [
        "stormbench: alerts made: 2 of 5, 1.0 a second, 3 s left",
        "stormbench: alerts made: 4 of 5, 1.0 a second, 1 s left",
    ]


def test_what_make_prints_decode_reads(run):
    made = run("make", "--code", "8F66", "--payload", "asn1", "--count", "5").out
    told = run("decode", "-", "--json", stdin=made.encode())
    assert told.exit_code == 0
    assert [alert["originator_counter"] for alert in told.objects()] == [1, 2, 3, 4, 5]


def test_cost_counts_the_alerts_that_are_given(run):
    made = f"{SIGNED.hex()}\n{WITH_MAC.hex()}\n{WITH_MAC.hex()}\n".encode()
    (told,) = run("cost", "-", "--repeats", "1", "--json", stdin=made).objects()
    assert (told["signed_alerts"], told["macd_alerts"]) == (1, 2)


def test_cost_names_the_message_that_is_no_alert(run):
    ran = run("cost", "-", stdin=f"{SIGNED.hex()}\n{COMMAND.hex()}\n".encode())
    assert (ran.exit_code, ran.out) == (1, "")
    assert ran.err.startswith("stormbench: -:2: CRA flag at byte 2")


def test_cost_for_people_says_what_is_assumed(run):
    lines = run("cost", "--repeats", "1").out.splitlines()
    assert "evidence              measured on this PC" in lines
    assert "assumed_signature_ms  465.1" in lines


@pytest.mark.parametrize("command", ["cost", "decode", "make"])
def test_help_has_an_example(run, command):
    ran = run(command, "--help")
    assert ran.exit_code == 0
    assert f"Example: stormbench gbcs {command} " in ran.out
