"""The policies that come with stormbench, and what is said of a policy that is accepted."""

import re
from typing import Any

import pytest

from commshub.policy import Policy
from hubwire.codes import alert_name
from stormbench.errors import InvalidInput
from stormbench.policies.advice import warnings
from stormbench.policies.shipped import policy_path, shipped_names
from stormbench.policy_file import FIELDS, policy_of, read_policy, read_toml

WEEK_MS = 604_800_000
ALL_DEFAULT_EXCLUSIONS = ["8071", "8F0A", "8F12", "8F66", "8F67", "8F72"]
CODE_WITH_NAME = re.compile(r'^\s*"([0-9A-F]{4})".*# (.*)$', re.MULTILINE)


def text_of(name: str) -> str:
    return policy_path(name).read_text(encoding="utf-8")


def said(**fields: Any) -> list[str]:
    """The fields that are warned of when these differ from the default policy."""
    return [finding.field or "" for finding in warnings(policy_of(fields, "test"))]


def reason(field: str, **fields: Any) -> str:
    """The one warning that there is of a field."""
    found = [f.reason for f in warnings(policy_of(fields, "test")) if f.field == field]
    assert len(found) == 1, found
    return found[0]


# The files.


def test_the_shipped_ones_are_these():
    assert shipped_names() == ["bad", "default", "tamper_cautious"]


@pytest.mark.parametrize("name", shipped_names())
def test_each_is_accepted(name):
    assert read_policy(policy_path(name)).refusal() is None


@pytest.mark.parametrize("name", shipped_names())
def test_each_begins_with_what_it_is_for(name):
    assert re.match(r"# \w.*\n#", text_of(name))


@pytest.mark.parametrize("name", shipped_names())
def test_each_line_that_sets_something_comes_after_a_comment_or_bears_one(name):
    blocks = text_of(name).split("\n\n")
    assert all("# " in block for block in blocks)


@pytest.mark.parametrize("name", shipped_names())
def test_codes_bear_their_names(name):
    named = CODE_WITH_NAME.findall(text_of(name))
    assert named == [(code, alert_name(int(code, 16))) for code, _ in named]


def test_default_is_the_default_policy():
    assert vars(read_policy(policy_path("default"))) == vars(Policy())


@pytest.mark.parametrize("field", FIELDS)
def test_default_names_each_field(field):
    assert field in read_toml(policy_path("default"))


@pytest.mark.parametrize("field", [f for f in FIELDS if f != "code_limits"])
def test_default_says_of_each_field_that_it_is_assumed(field):
    (block,) = [b for b in text_of("default").split("\n\n") if f"\n{field} = " in b]
    assert "Assumed" in block


def test_default_and_tamper_cautious_are_not_warned_of():
    for name in ("default", "tamper_cautious"):
        assert warnings(read_policy(policy_path(name))) == []


def test_bad_is_warned_of_in_nearly_each_of_its_fields():
    named = set(read_toml(policy_path("bad")))
    warned = {finding.field for finding in warnings(read_policy(policy_path("bad")))}
    unsaid = {"device_window_ms", "amber_threshold", "sample_mode"}
    assert warned == named - unsaid


def test_tamper_cautious_is_later_and_samples_more_often_than_the_default():
    cautious, default = read_policy(policy_path("tamper_cautious")), Policy()
    assert cautious.red_threshold > default.red_threshold
    assert cautious.sample_period_ms < default.sample_period_ms
    assert all(limit > default.code_limit for limit in cautious.code_limits.values())


def test_tamper_cautious_knows_every_code_of_physical_access_and_of_outages():
    meant = re.compile("Physical Access|Outage Restored|Tamper|Power Supply Loss")
    codes = {code for code in range(0x10000) if meant.search(alert_name(code) or "")}
    assert codes <= read_policy(policy_path("tamper_cautious")).code_limits.keys()


# Their names.


def test_word_is_a_shipped_policy():
    path = policy_path("tamper_cautious")
    assert path.name == "tamper_cautious.toml" and path.is_file()


@pytest.mark.parametrize("text", ["mine.toml", "./bad", "folder/bad", "bad.toml", "/bad", "x.txt"])
def test_anything_with_a_suffix_or_a_folder_is_a_file(text):
    assert str(policy_path(text)) == text.removeprefix("./")


def test_file_of_a_shipped_name_in_the_current_folder_does_not_win(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad").write_text("code_limit = 7")
    assert read_policy(policy_path("bad")).code_limit == 0


@pytest.mark.parametrize("text", ["nope", "Bad", "", "-", ".toml"])
def test_unknown_word_is_refused_with_those_that_there_are(text):
    with pytest.raises(InvalidInput) as refused:
        policy_path(text)
    assert "there are bad, default, tamper_cautious" in str(refused.value)
    assert f"given as ./{text}" in str(refused.value)


# What is legal and unwise.


@pytest.mark.parametrize("code", ["8F66", "8F67"])
def test_future_dated_outcome_that_may_be_throttled_is_warned_of(code):
    codes = [known for known in ALL_DEFAULT_EXCLUSIONS if known != code]
    why = reason("excluded_codes", excluded_codes=codes)
    assert why.startswith(f"{code} (Future-date HAN Interface Command")
    assert "FutureDatedDeviceAlertMessage, which cannot carry a count" in why


@pytest.mark.parametrize("code", ["8071", "8F0A", "8F12", "8F72"])
def test_code_whose_copies_carry_state_and_may_be_throttled_is_warned_of(code):
    codes = [known for known in ALL_DEFAULT_EXCLUSIONS if known != code]
    why = reason("excluded_codes", excluded_codes=codes)
    assert why.startswith(f"{code} (") and "carries state" in why


def test_limit_of_an_excluded_code_is_warned_of():
    why = reason("code_limits", code_limits={"8F66": 8, "8F75": 8})
    assert why.startswith("8F66 (") and "no effect" in why


def test_red_threshold_that_one_happening_exceeds_is_warned_of():
    low = {"red_clear_threshold": 0, "amber_threshold": 1}
    assert said(**low, red_threshold=1) == ["red_threshold"]
    assert said(**low, red_threshold=2) == []


def test_incident_that_flaps_is_warned_of():
    assert said(red_clear_threshold=10) == ["red_clear_threshold"]
    assert said(red_clear_threshold=9) == []


def test_code_limit_of_none_is_warned_of():
    assert said(code_limit=0, code_clear_limit=0) == ["code_limit", "code_clear_limit"]
    assert said(code_limit=1, code_clear_limit=0) == []


def test_overload_that_flaps_is_warned_of():
    assert reason("code_clear_limit", code_clear_limit=5).startswith("5 is also code_limit:")
    assert said(code_clear_limit=4) == []


def test_overload_of_a_code_that_flaps_is_warned_of():
    limits = {"8F75": 5, "8F76": 6}
    why = reason("code_clear_limit", code_clear_limit=5, code_limits=limits)
    assert why.startswith("5 is also code_limit and the limit of 8F75:")


def test_limit_of_an_excluded_code_does_not_flap():
    assert said(code_clear_limit=2, code_limits={"8F66": 2}) == ["code_limits"]


def test_many_codes_that_flap_are_told_by_their_number():
    limits = {f"{code:04X}": 2 for code in range(9)}
    assert "the limit of 9 codes:" in reason("code_clear_limit", code_limits=limits)


@pytest.mark.parametrize("mode", ["count", "either"])
def test_sampling_that_suppresses_nothing_is_warned_of(mode):
    assert said(sample_mode=mode, sample_every=1) == ["sample_every"]
    assert said(sample_mode=mode, sample_every=2) == []


@pytest.mark.parametrize("mode", ["period", "both"])
def test_one_in_one_is_fine_where_the_period_is_waited_for(mode):
    assert said(sample_mode=mode, sample_every=1) == []


@pytest.mark.parametrize("mode", ["period", "either"])
def test_samples_that_outnumber_the_limit_are_warned_of(mode):
    assert said(sample_mode=mode, sample_period_ms=100_000) == ["sample_period_ms"]
    assert said(sample_mode=mode, sample_period_ms=100_001) == []


@pytest.mark.parametrize("mode", ["count", "both"])
def test_short_period_is_fine_where_the_count_is_waited_for(mode):
    assert said(sample_mode=mode, sample_period_ms=1) == []


@pytest.mark.parametrize("mode", ["period", "both"])
def test_period_longer_than_the_window_is_warned_of(mode):
    long = {"sample_mode": mode, "flush_ms": 600_001, "sample_period_ms": 600_001}
    assert "longer than code_window_ms, 600000" in reason("sample_period_ms", **long)
    assert said(**{**long, "sample_period_ms": 600_000}) == []


@pytest.mark.parametrize("mode", ["period", "both"])
def test_period_longer_than_the_flush_is_warned_of(mode):
    short = {"sample_mode": mode, "flush_ms": 599_999}
    assert "longer than flush_ms, 599999" in reason("sample_period_ms", **short)
    assert said(**{**short, "flush_ms": 600_000}) == []


@pytest.mark.parametrize("mode", ["count", "either"])
def test_long_period_is_fine_where_it_is_not_waited_for(mode):
    assert said(sample_mode=mode, sample_period_ms=WEEK_MS) == []


@pytest.mark.parametrize("mode", ["count", "both"])
def test_count_that_only_a_late_flush_reports_is_warned_of(mode):
    assert "up to 24 hours" in reason("flush_ms", sample_mode=mode, flush_ms=86_400_000)
    assert said(sample_mode=mode, flush_ms=86_399_999) == []


@pytest.mark.parametrize("mode", ["period", "either"])
def test_late_flush_is_fine_where_samples_report_before(mode):
    assert said(sample_mode=mode, flush_ms=WEEK_MS) == []


def test_count_that_waits_a_day_for_the_sample_is_warned_of():
    late = {"sample_mode": "either", "flush_ms": WEEK_MS}
    day_less_silence_ms = 86_400_000 - 4 * 600_000
    assert said(**late, sample_period_ms=day_less_silence_ms) == ["flush_ms"]
    assert said(**late, sample_period_ms=day_less_silence_ms - 1) == []


def test_shadow_is_warned_of():
    assert said(shadow=True) == ["shadow"]


@pytest.mark.parametrize(("interval_ms", "word"), [(1000, "86400 saves"), (60000, "60 s of")])
def test_interval_of_saves_at_an_extreme_is_warned_of(interval_ms, word):
    assert word in reason("save_interval_ms", save_interval_ms=interval_ms)


@pytest.mark.parametrize("interval_ms", [1001, 59999])
def test_interval_of_saves_between_the_extremes_is_fine(interval_ms):
    assert said(save_interval_ms=interval_ms) == []


def test_warnings_are_in_the_order_of_the_fields():
    found = [finding.field for finding in warnings(read_policy(policy_path("bad")))]
    assert found == sorted(found, key=lambda field: FIELDS.index(field or ""))
