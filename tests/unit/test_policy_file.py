"""Policies as TOML, as the throttle takes them, as frames carry them."""

from pathlib import Path
from typing import Any

import pytest

from commshub.policy import EITHER, EXCLUDED_CODES, NUMBERS, SAMPLE_MODES, Policy
from hubwire.framing import Frame, Receiver, encode, pad
from stormbench.errors import InvalidInput
from stormbench.policy_file import (
    examine,
    examine_file,
    frame_values,
    plain_policy,
    policy_of,
    read_policy,
    read_toml,
    shadowed,
)

NAMES = [name for name, *_ in NUMBERS]
OTHERS = {
    "device_window_ms": 1000,
    "red_threshold": 30,
    "sample_mode": "either",
    "shadow": True,
    "excluded_codes": ["8F72", "0001"],
    "code_limits": {"8F75": 8, "00AB": 3},
}


@pytest.fixture
def read(tmp_path):
    """Reads a policy from the text of a file."""

    def read_text(text: str) -> Policy:
        path = tmp_path / "p.toml"
        path.write_text(text, encoding="utf-8")
        return read_policy(path)

    return read_text


def refusal(fields):
    with pytest.raises(InvalidInput) as refused:
        policy_of(fields, "P.toml")
    return str(refused.value)


def test_no_file_is_the_default_policy():
    assert vars(read_policy(None)) == vars(Policy())


def test_empty_file_is_the_default_policy(read):
    assert vars(read("")) == vars(Policy())


def test_missing_fields_keep_their_defaults(read):
    policy = read("code_limit = 7\n")
    assert vars(policy) == {**vars(Policy()), "code_limit": 7}


def test_excluded_codes_replace_the_default_list(read):
    assert read('excluded_codes = ["8F66"]').excluded_codes == {0x8F66}


def test_empty_list_of_excluded_codes_excludes_none(read):
    assert read("excluded_codes = []").excluded_codes == set()


def test_excluded_codes_that_are_not_named_are_those_of_the_mechanism(read):
    codes = {0x8071, 0x8F0A, 0x8F12, 0x8F66, 0x8F67, 0x8F72}
    assert read("code_limit = 7").excluded_codes == codes == set(EXCLUDED_CODES)


def test_code_limits_are_a_table_of_codes(read):
    policy = read('[code_limits]\n"8F75" = 8\n"00ab" = 3\n')
    assert policy.code_limits == {0x8F75: 8, 0x00AB: 3}
    assert policy.limit_for(0x8F75) == 8


def test_codes_may_be_of_any_case(read):
    assert read('excluded_codes = ["8f66"]').excluded_codes == {0x8F66}


@pytest.mark.parametrize(
    ("number", "mode"), list(enumerate(("period", "count", "either", "both")))
)
def test_sample_mode_is_a_word(read, number, mode):
    assert read(f'sample_mode = "{mode}"').sample_mode == number


def test_unknown_field_is_refused_with_the_fields_that_there_are():
    text = refusal({"code_limitt": 7})
    assert text.startswith("P.toml: code_limitt: ")
    assert all(name in text for name in [*NAMES, "excluded_codes", "code_limits"])


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("sample_mode", "shadow")])
@pytest.mark.parametrize("value", ["7", 7.0, True, [7], {"7": 7}, -1, 10**12])
def test_number_that_is_none_or_out_of_range_is_refused_by_name(name, value):
    text = refusal({name: value})
    assert text.startswith(f"P.toml: {name}: must be ")
    assert f"got {value!r}" in text


@pytest.mark.parametrize("value", [0, "PERIOD", "sometimes", True, None])
def test_sample_mode_that_is_no_mode_is_refused_with_the_modes(value):
    text = refusal({"sample_mode": value})
    assert text.startswith("P.toml: sample_mode: must be one of period, count, either, both")


@pytest.mark.parametrize("value", [1, 0, "true"])
def test_shadow_that_is_not_true_or_false_is_refused(value):
    assert refusal({"shadow": value}).startswith("P.toml: shadow: must be true or false")


@pytest.mark.parametrize("value", ["8F66", 0x8F66, {"8F66": 1}, True])
def test_excluded_codes_that_are_no_list_are_refused(value):
    assert refusal({"excluded_codes": value}).startswith("P.toml: excluded_codes: must be a list")


@pytest.mark.parametrize("value", [8, ["8F75", 8], "8F75"])
def test_code_limits_that_are_no_table_are_refused(value):
    assert refusal({"code_limits": value}).startswith("P.toml: code_limits: must be a table")


@pytest.mark.parametrize("code", ["8F6", "8F666", "8F6G", "", "0x8F", " 8F6", "8_F6", "+8F6"])
def test_text_that_is_no_code_is_refused(code):
    for fields in ({"excluded_codes": [code]}, {"code_limits": {code: 8}}):
        (name,) = fields
        assert refusal(fields).startswith(f"P.toml: {name}: a code is 4 hex digits")


@pytest.mark.parametrize("code", [0x8F66, None, ["8F66"]])
def test_excluded_code_that_is_no_text_is_refused(code):
    assert "a code is 4 hex digits" in refusal({"excluded_codes": [code]})


@pytest.mark.parametrize("limit", [-1, 65536, "8", True, 8.0])
def test_limit_of_a_code_that_is_no_count_is_refused(limit):
    assert refusal({"code_limits": {"8F75": limit}}).startswith("P.toml: code_limits: ")


def test_every_refusal_is_told_on_a_line_of_its_own():
    text = refusal({"flush_ms": 0, "nope": 1, "sample_mode": "x", "excluded_codes": ["8F6", 7]})
    starts = ["flush_ms: must", "nope: no such", "sample_mode: must", "excluded_codes: a code"]
    expected = [f"P.toml: {start}" for start in [*starts, starts[-1]]]
    lines = text.splitlines()
    assert [line[: len(start)] for line, start in zip(lines, expected, strict=True)] == expected


def test_refusals_are_in_the_order_of_the_file():
    fields = ["save_interval_ms", "nope", "amber_threshold", "device_window_ms"]
    examined = examine(dict.fromkeys(fields, -1))
    assert [finding.field for finding in examined.refusals] == fields


def test_field_that_the_file_does_not_name_is_refused_last():
    examined = examine({"red_threshold": 9, "nope": 1})
    assert [finding.field for finding in examined.refusals] == ["nope", "amber_threshold"]


def test_fields_that_were_named_are_known():
    assert examine({"code_limit": 5, "shadow": False}).named == {"code_limit", "shadow"}


@pytest.mark.parametrize("codes", [["8f3e", "8F3E"], ["8F3E", "8F3E"]])
def test_excluded_code_that_is_named_twice_is_refused(codes):
    text = f"P.toml: excluded_codes: 8F3E must be named once, got it again as {codes[1]!r}"
    assert refusal({"excluded_codes": codes}) == text


def test_code_with_two_limits_in_two_cases_is_refused():
    text = "P.toml: code_limits: 8F3E must be named once, got it again as '8F3E'"
    assert refusal({"code_limits": {"8f3e": 8, "8F3E": 9}}) == text


def test_long_list_of_excluded_codes_is_read_in_time():
    codes = [f"{code:04X}" for code in range(0x10000)] * 2
    assert len(examine({"excluded_codes": codes}).refusals) == 0x10001


@pytest.mark.parametrize("long", [1 << 64, 16**5000, -(16**5000)], ids=["65", "many", "below"])
def test_number_longer_than_toml_has_is_refused(long):
    text = "must hold numbers of at most 64 bits, as TOML has them, got a longer one"
    assert refusal({"code_limit": long}) == f"P.toml: code_limit: {text}"
    assert refusal({"code_limits": {"8F75": long}}) == f"P.toml: code_limits: {text}"
    assert refusal({"excluded_codes": [long]}) == f"P.toml: excluded_codes: {text}"


def test_what_moves_a_cursor_is_not_in_the_refusal():
    assert refusal({"\x1b[31mred\n": 1}).startswith("P.toml: [31mred: no such field")


def test_refusal_of_a_long_value_is_cut_short():
    assert len(refusal({"code_limit": "7" * 10_000})) < 500
    assert len(refusal({"x" * 10_000: 7})) < 500


def test_table_in_a_table_is_refused_as_the_field_that_it_is():
    assert refusal({"policy": {"code_limit": 7}}).startswith("P.toml: policy: no such field")


def test_missing_fields_are_filled_in_before_the_order_is_judged():
    assert refusal({"red_threshold": 9}).startswith("P.toml: amber_threshold: 10 is above")


def test_file_that_is_not_toml_is_refused_with_its_place(tmp_path):
    path = tmp_path / "p.toml"
    path.write_text("code_limit = \n")
    with pytest.raises(InvalidInput, match=r"p\.toml: not TOML: .*line 1"):
        read_policy(path)


def test_file_that_is_not_text_is_refused(tmp_path):
    path = tmp_path / "p.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInput, match=r"p\.toml: not TOML"):
        read_toml(path)


def test_place_of_what_is_not_utf8_is_told(tmp_path):
    path = tmp_path / "p.toml"
    path.write_bytes(b"# \xff")
    with pytest.raises(InvalidInput, match=r"p\.toml: not TOML: not UTF-8 at byte 2$"):
        read_toml(path)


def test_number_of_thousands_of_digits_is_refused(read):
    with pytest.raises(InvalidInput, match=r"p\.toml: .*(4300 digits|64 bits)"):
        read("code_limit = " + "9" * 5000)


def test_file_that_is_nested_too_deep_is_refused(read):
    with pytest.raises(InvalidInput, match="nested too deep"):
        read("code_limit = " + "[" * 100_000)


def test_folder_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be read: Is a directory"):
        read_policy(tmp_path)


def test_file_that_cannot_be_read_is_a_refusal_without_a_field(tmp_path):
    (found,) = examine_file(tmp_path / "p.toml").refusals
    assert found == (None, "cannot be read: No such file or directory")


def test_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be read: No such file"):
        read_policy(tmp_path / "p.toml")


@pytest.mark.parametrize("fields", [{}, OTHERS])
def test_plain_policy_is_read_back_as_the_same_policy(fields):
    policy = policy_of(fields, "test")
    assert vars(policy_of(plain_policy(policy), "test")) == vars(policy)


def test_plain_policy_says_what_the_file_said():
    plain = plain_policy(policy_of(OTHERS, "test"))
    assert {**plain, **OTHERS, "excluded_codes": ["0001", "8F72"]} == plain
    assert list(plain) == [*NAMES, "excluded_codes", "code_limits"]


def test_frame_values_survive_the_wire():
    values = frame_values(policy_of(OTHERS, "test"))
    arrived: Any
    (arrived,) = Receiver().feed(pad(encode(Frame("SetPolicy", 1, values))))
    assert {name: arrived[name] for name in NAMES} == {name: values[name] for name in NAMES}
    assert arrived["excluded_count"] == 2
    assert list(arrived["codes"]) == [0x0001, 0x8F72, 0x00AB, 3, 0x8F75, 8]


def test_frame_values_have_the_mode_as_its_number():
    values = frame_values(policy_of({"sample_mode": "either"}, "test"))
    assert values["sample_mode"] == EITHER == SAMPLE_MODES.index("either")


def test_shadowed_policy_differs_in_shadow_alone():
    policy = policy_of({**OTHERS, "shadow": False}, "test")
    assert vars(shadowed(policy)) == {**vars(policy), "shadow": 1}


def test_byte_order_mark_of_an_editor_is_no_part_of_the_file(tmp_path):
    path = tmp_path / "p.toml"
    path.write_text("sample_every = 7\n", encoding="utf-8-sig")
    assert read_policy(path).sample_every == 7


def test_file_without_an_end_is_refused():
    zero = Path("/dev/zero")
    if not zero.exists():
        pytest.skip("this system has no /dev/zero")
    with pytest.raises(InvalidInput, match="/dev/zero: expected at most 10,000,000 characters"):
        read_toml(zero)
