"""What a policy is refused for: MECHANISM.md section 2, one below, one above, wrong type."""

import pytest

from commshub.policy import NUMBERS, SAMPLE_MODES, Policy

WEEK_MS = 604800000

# Section 2, written a second time: field, default, least, most.
TABLE = [
    ("device_window_ms", 600000, 1, WEEK_MS),
    ("amber_threshold", 10, 0, 65535),
    ("red_threshold", 20, 0, 65535),
    ("red_clear_threshold", 5, 0, 65535),
    ("red_clear_windows", 3, 1, 65535),
    ("code_window_ms", 600000, 1, WEEK_MS),
    ("code_limit", 5, 0, 65535),
    ("code_clear_limit", 2, 0, 65535),
    ("code_clear_windows", 3, 1, 65535),
    ("sample_mode", 0, 0, 3),
    ("sample_period_ms", 600000, 1, WEEK_MS),
    ("sample_every", 100, 1, 65535),
    ("flush_ms", 600000, 1, WEEK_MS),
    ("shadow", 0, 0, 1),
    ("save_interval_ms", 10000, 1000, 60000),
]
FIELDS = [row[0] for row in TABLE]

# At one end of its range each of these needs the others out of its way.
ROOM = {
    "amber_threshold": {"red_threshold": 65535, "red_clear_threshold": 0},
    "red_threshold": {"amber_threshold": 0, "red_clear_threshold": 0},
    "red_clear_threshold": {"amber_threshold": 65535, "red_threshold": 65535},
    "code_limit": {"code_clear_limit": 0},
    "code_clear_limit": {"code_limit": 65535},
}


def policy_with(**fields):
    policy = Policy()
    for name, value in fields.items():
        assert hasattr(policy, name)
        setattr(policy, name, value)
    return policy


def refused_field(**fields):
    refusal = policy_with(**fields).refusal()
    return refusal and refusal[0]


def test_defaults_are_acceptable():
    assert Policy().refusal() is None


def test_every_field_of_the_table_is_a_number_of_the_policy_and_no_other():
    assert [row[0] for row in NUMBERS] == FIELDS


@pytest.mark.parametrize(("field", "default", "least", "most"), TABLE)
def test_default_is_that_of_the_table(field, default, least, most):
    assert getattr(Policy(), field) == default


@pytest.mark.parametrize(("field", "default", "least", "most"), TABLE)
def test_both_ends_of_the_range_are_acceptable(field, default, least, most):
    for value in (least, most):
        assert refused_field(**{**ROOM.get(field, {}), field: value}) is None


@pytest.mark.parametrize(("field", "default", "least", "most"), TABLE)
def test_one_below_the_least_is_refused(field, default, least, most):
    refused, reason = policy_with(**{field: least - 1}).refusal()
    assert refused == field
    assert reason == f"must be {least} to {most}, got {least - 1}"


@pytest.mark.parametrize(("field", "default", "least", "most"), TABLE)
def test_one_above_the_most_is_refused(field, default, least, most):
    refused, reason = policy_with(**{field: most + 1}).refusal()
    assert refused == field
    assert reason == f"must be {least} to {most}, got {most + 1}"


@pytest.mark.parametrize("wrong", [None, "5", 5.0, b"5", [5], True])
@pytest.mark.parametrize("field", FIELDS)
def test_what_is_no_whole_number_is_refused(field, wrong):
    refused, reason = policy_with(**{field: wrong}).refusal()
    assert refused == field
    assert reason == f"must be a whole number, got {wrong!r}"


def test_amber_may_equal_red_and_not_exceed_it():
    assert refused_field(amber_threshold=20) is None
    refused, reason = policy_with(amber_threshold=21).refusal()
    assert (refused, reason) == ("amber_threshold", "21 is above red_threshold 20")


def test_red_clear_may_equal_amber_and_not_exceed_it():
    assert refused_field(red_clear_threshold=10) is None
    refused, reason = policy_with(red_clear_threshold=11).refusal()
    assert (refused, reason) == ("red_clear_threshold", "11 is above amber_threshold 10")


def test_code_clear_limit_may_equal_the_code_limit_and_not_exceed_it():
    assert refused_field(code_clear_limit=5) is None
    refused, reason = policy_with(code_clear_limit=6).refusal()
    assert (refused, reason) == ("code_clear_limit", "6 is above the code limit 5")


def test_code_clear_limit_may_equal_the_least_of_code_limits_and_not_exceed_it():
    assert refused_field(code_limits={1: 9, 2: 2, 3: 7}) is None
    refused, reason = policy_with(code_limits={1: 9, 2: 1, 3: 7}).refusal()
    assert (refused, reason) == ("code_clear_limit", "2 is above the code limit 1")


def test_greater_code_limits_do_not_excuse_a_low_code_limit():
    assert refused_field(code_limit=1, code_limits={1: 9}) == "code_clear_limit"


@pytest.mark.parametrize("field", ["excluded_codes", "code_limits"])
def test_codes_at_both_ends_of_their_range_are_acceptable(field):
    codes = {0x0000: 5, 0xFFFF: 5}
    assert refused_field(**{field: codes if field == "code_limits" else set(codes)}) is None


@pytest.mark.parametrize("code", [-1, 0x10000, "81A0", None, 1.0, True])
def test_what_is_no_code_is_refused_among_the_excluded(code):
    refused, reason = policy_with(excluded_codes={0x81A0, code}).refusal()
    assert refused == "excluded_codes"
    assert repr(code) in reason


@pytest.mark.parametrize("code", [-1, 0x10000, "81A0", None, 1.0, True])
def test_what_is_no_code_is_refused_among_the_limits(code):
    refused, reason = policy_with(code_limits={code: 5}).refusal()
    assert refused == "code_limits"
    assert repr(code) in reason


@pytest.mark.parametrize("limit", [-1, 65536, "5", None, 5.0, True])
def test_what_is_no_limit_is_refused_with_its_code(limit):
    refused, reason = policy_with(code_limits={0x81A0: limit}).refusal()
    assert refused == "code_limits"
    assert "81A0" in reason and repr(limit) in reason


def test_limits_at_both_ends_of_their_range_are_acceptable():
    assert refused_field(code_clear_limit=0, code_limits={1: 0, 2: 65535}) is None


def test_default_exclusions_are_those_of_the_table():
    assert Policy().excluded_codes == {0x8071, 0x8F0A, 0x8F12, 0x8F66, 0x8F67, 0x8F72}


def test_policies_do_not_share_their_codes():
    Policy().excluded_codes.add(1)
    Policy().code_limits[1] = 1
    assert 1 not in Policy().excluded_codes
    assert 1 not in Policy().code_limits


def test_modes_are_numbered_in_the_order_of_the_table():
    assert SAMPLE_MODES == ("period", "count", "either", "both")


def test_limit_for_a_code_is_its_own_or_else_the_common_one():
    policy = policy_with(code_limits={0x81A0: 9})
    assert (policy.limit_for(0x81A0), policy.limit_for(0x81A1)) == (9, 5)


def test_more_codes_than_a_frame_holds_are_refused():
    limits = dict.fromkeys(range(100), 9)
    assert policy_with(excluded_codes=set(range(300)), code_limits=limits).refusal() is None
    refused, reason = policy_with(excluded_codes=set(range(301)), code_limits=limits).refusal()
    assert (refused, reason) == (
        "excluded_codes",
        "with code_limits twice, 501 codes; at most 500",
    )


def test_every_refusal_is_told_in_the_order_of_the_table():
    policy = policy_with(code_limit=-1, amber_threshold=21, sample_every=0, code_limits={9: -1})
    assert [field for field, _ in policy.refusals()] == [
        "code_limit",
        "sample_every",
        "code_limits",
        "amber_threshold",
    ]


def test_acceptable_policy_has_no_refusals():
    assert list(Policy().refusals()) == []


def test_number_that_is_refused_by_itself_refuses_no_neighbour():
    for wrong in (-1, 65536, "5", None):
        policy = policy_with(red_threshold=wrong, code_limit=wrong)
        assert [field for field, _ in policy.refusals()] == ["red_threshold", "code_limit"]


def test_every_code_that_is_none_is_told():
    policy = policy_with(excluded_codes={-1}, code_limits={-2: 5, 0x10000: 5, 1: -1})
    reasons = [reason for _, reason in policy.refusals()]
    assert [next(c for c in ("-1", "-2", "65536") if c in text) for text in reasons] == [
        "-1",
        "-2",
        "65536",
        "-1",
    ]


@pytest.mark.parametrize("wrong", [None, [], {}, 5, "8F66"])
def test_excluded_codes_that_are_no_set_are_refused(wrong):
    refused, reason = policy_with(excluded_codes=wrong).refusal()
    assert (refused, reason) == ("excluded_codes", f"must be a set of codes, got {wrong!r}")


@pytest.mark.parametrize("wrong", [None, [], set(), 5, "8F66"])
def test_code_limits_that_are_no_dict_are_refused(wrong):
    refused, reason = policy_with(code_limits=wrong).refusal()
    assert (refused, reason) == ("code_limits", f"must be a dict of limits by code, got {wrong!r}")
