"""TRACE.csv: what is read, and what is refused with its line."""

from pathlib import Path

import pytest

from stormbench.errors import InvalidInput
from stormbench.replay.trace_file import Row, read_trace

HEADER = "t_ms,originator,target,code\n"
METER, SUPPLIER = "00DB1234567890A0", "90B3D51F30010000"
GOOD = f"5,{METER},{SUPPLIER},8F3E\n"


@pytest.fixture
def read(tmp_path):
    """Reads a trace from the text of a file."""

    def read_text(text: str, encoding: str = "utf-8") -> list[Row]:
        path = tmp_path / "trace.csv"
        path.write_text(text, encoding=encoding, newline="")
        return read_trace(path)

    return read_text


def refusal(read, text):
    with pytest.raises(InvalidInput) as refused:
        read(text)
    return str(refused.value).partition("trace.csv")[2]


def test_row_is_a_time_and_a_key(read):
    expected = Row(5, bytes.fromhex(METER), bytes.fromhex(SUPPLIER), 0x8F3E)
    assert read(HEADER + GOOD) == [expected]


def test_hex_may_be_of_any_case(read):
    assert read(HEADER + GOOD.lower()) == read(HEADER + GOOD)


def test_lines_may_end_as_on_windows(read):
    assert read((HEADER + GOOD).replace("\n", "\r\n")) == read(HEADER + GOOD)


def test_last_line_needs_no_end(read):
    assert read(HEADER + GOOD.rstrip()) == read(HEADER + GOOD)


def test_rows_at_one_time_keep_their_order(read):
    later = GOOD.replace("8F3E", "0000")
    assert [row.code for row in read(HEADER + GOOD + later + GOOD)] == [0x8F3E, 0, 0x8F3E]


def test_time_may_be_up_to_2_to_the_47(read):
    assert read(HEADER + GOOD.replace("5,", f"{2**47},", 1))[0].t_ms == 2**47


@pytest.mark.parametrize(
    "header",
    [
        "",
        "\n",
        "t_ms,originator,target\n",
        "originator,t_ms,target,code\n",
        "T_MS,originator,target,code\n",
        "t_ms,originator,target,code,more\n",
        GOOD,
    ],
)
def test_header_that_is_another_is_refused_at_line_1(read, header):
    assert refusal(read, header + GOOD).startswith(":1: expected the header t_ms,originator,")


@pytest.mark.parametrize(
    ("row", "count"), [(GOOD.rstrip() + ",x\n", 5), (f"5,{METER},{SUPPLIER}\n", 3), ("5\n", 1)]
)
def test_row_of_another_width_is_refused_with_its_line(read, row, count):
    assert refusal(read, HEADER + GOOD + row) == f":3: expected 4 columns, got {count}"


@pytest.mark.parametrize(
    "t_ms", ["", "-1", "5.0", "5ms", " 5", "+5", "1e3", "²", "٥", 2**47 + 1, "9" * 32]
)
def test_time_that_is_no_time_is_refused_with_its_line(read, t_ms):
    text = refusal(read, HEADER + GOOD + f"{t_ms},{METER},{SUPPLIER},8F3E\n")
    assert text == f":3: t_ms: expected a whole number 0 to 2**47, got '{t_ms}'"


BAD_DIGITS = ["", "8F3", "8F3E8", "8F3G", "0x8F", " 8F3", "8_F3", "８F3E"]


@pytest.mark.parametrize("code", BAD_DIGITS)
def test_code_that_is_not_4_digits_is_refused_with_its_line(read, code):
    text = refusal(read, HEADER + f"5,{METER},{SUPPLIER},{code}\n")
    assert text == f":2: code: expected 4 hex digits, got {code!r}"


@pytest.mark.parametrize(
    "eui", ["", METER[:-1], METER + "0", METER[:-1] + "G", "00:DB:1234567890"]
)
@pytest.mark.parametrize("column", ["originator", "target"])
def test_eui_that_is_not_16_digits_is_refused_with_its_line(read, column, eui):
    row = GOOD.replace(METER if column == "originator" else SUPPLIER, eui)
    assert refusal(read, HEADER + row) == f":2: {column}: expected 16 hex digits, got {eui!r}"


def test_row_earlier_than_the_one_before_is_refused_with_its_line(read):
    text = refusal(read, HEADER + GOOD + GOOD + GOOD.replace("5,", "4,", 1))
    assert text.startswith(":4: 4 ms is earlier than the row before, 5 ms")


def test_line_is_counted_over_empty_lines(read):
    assert refusal(read, HEADER + "\n\n" + GOOD + "x\n").startswith(":5: ")


@pytest.mark.parametrize("text", [HEADER, HEADER + "\n\n"])
def test_trace_without_alerts_is_refused(read, text):
    assert refusal(read, text).startswith(": no alerts in it")


def test_empty_file_is_refused(read):
    assert refusal(read, "").startswith(": no alerts in it")


def test_file_that_is_not_text_is_refused(tmp_path):
    path = tmp_path / "trace.csv"
    path.write_bytes(HEADER.encode() + b"\xff\xfe\n")
    with pytest.raises(InvalidInput, match=r"trace\.csv: not text in columns: "):
        read_trace(path)


def test_text_without_an_end_is_refused_and_not_shown_whole(read):
    assert len(refusal(read, HEADER + "9" * 5000 + GOOD[1:])) < 100
    assert refusal(read, HEADER + "9" * 200_000).startswith(":2: expected a line of at most 1,000")


def test_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match=r"trace\.csv: cannot be read: No such file"):
        read_trace(tmp_path / "trace.csv")


def test_folder_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be read: Is a directory"):
        read_trace(tmp_path)


ZERO = Path("/dev/zero")


@pytest.mark.skipif(not ZERO.exists(), reason="this system has no /dev/zero")
def test_file_without_an_end_is_refused() -> None:
    with pytest.raises(InvalidInput, match="/dev/zero:1: expected a line of at most 1,000"):
        read_trace(ZERO)


def test_lines_without_an_end_are_refused(read, monkeypatch):
    monkeypatch.setattr("stormbench.replay.trace_file.MOST_LINES", 4)
    assert len(read(HEADER + GOOD * 3)) == 3
    assert refusal(read, HEADER + GOOD * 4) == ": expected at most 4 lines"
    assert refusal(read, HEADER + GOOD + "\n" * 9) == ": expected at most 4 lines"
