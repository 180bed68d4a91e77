"""`stormbench explain` from the command line to the exit code."""

import pytest

from command_line import stormbench
from commshub.policy import Policy
from stormbench.explain.of_key import explain_key
from stormbench.explain.of_trace import RulesDiffer, explain_row
from stormbench.explain.why import next_alert
from stormbench.hub.sim import SimPort
from stormbench.link.client import HubClient
from stormbench.replay.run import Setting, message_of
from stormbench.replay.trace_file import Row

METER, SUPPLIER = "00DB1234567890A0", "90B3D51F30010000"
HEADER = "t_ms,originator,target,code\n"
SPACING_MS = 20_000
FIRST_SAMPLE = 27  # 21 alerts to red, then 6 of the key to exceed code_limit 5


@pytest.fixture
def trace(tmp_path):
    path = tmp_path / "trace.csv"
    rows = (f"{n * SPACING_MS},{METER},{SUPPLIER},8F3E\n" for n in range(60))
    path.write_text(HEADER + "".join(rows))
    return path


def explained(trace, row, *options):
    ran = stormbench("explain", trace, "--row", row, "--hub", "sim", "--json", *options)
    assert ran.exit_code == 0, ran.err
    return ran.document()


@pytest.mark.parametrize(
    ("row", "verdict", "rule"),
    [
        (1, "PASS", "4.2"),
        (21, "PASS", "4.2"),
        (22, "PASS", "4.3"),
        (26, "PASS", "4.3"),
        (FIRST_SAMPLE, "SAMPLE", "4.3"),
        (28, "SUPPRESS", "4.4"),
        (56, "SUPPRESS", "4.4"),
        (57, "SAMPLE", "4.4"),
    ],
)
def test_row_is_explained_by_the_rule_that_decided_it(trace, row, verdict, rule):
    found = explained(trace, row)
    assert (found["row"], found["verdict"], found["rule"]) == (row, verdict, rule)


def test_explanation_names_the_alert_and_its_time(trace):
    found = explained(trace, 3)
    assert (found["t_ms"], found["code"]) == (2 * SPACING_MS, "8F3E")
    assert (found["originator"], found["target"]) == (METER, SUPPLIER)
    assert found["alert_name"].startswith("Unauthorised")


def test_suppressed_alert_shows_how_far_the_next_copy_is(trace):
    numbers = explained(trace, 40)["numbers"]
    assert numbers["since_sample_ms"] == (40 - FIRST_SAMPLE) * SPACING_MS
    assert (numbers["sample_period_ms"], numbers["unreported"]) == (600_000, 12)


def test_sample_shows_the_numbers_that_went_with_it(trace):
    numbers = explained(trace, 57)["numbers"]
    assert (numbers["overload_id"], numbers["throttled_seq"]) == (1, 2)
    assert (numbers["throttled_count"], numbers["total_suppressed"]) == (29, 29)


def test_sample_that_is_missed_by_a_millisecond_shows_it(trace):
    text = trace.read_text().splitlines()
    text[57] = text[57].replace("1120000", "1119999")
    trace.write_text("\n".join(text[:58]) + "\n")
    assert "599.999 s of 600 s have passed" in explained(trace, 57)["sentence"]


def test_policy_of_the_replay_is_that_of_the_explanation(trace, tmp_path):
    policy = tmp_path / "p.toml"
    policy.write_text('excluded_codes = ["8F3E"]\n')
    found = explained(trace, 40, "--policy", policy)
    assert (found["verdict"], found["rule"]) == ("PASS", "4.2")
    assert found["numbers"] == {"excluded_codes": ["8F3E"]}


def test_alert_in_shadow_passes_and_is_explained_as_what_it_would_be(trace, tmp_path):
    policy = tmp_path / "p.toml"
    policy.write_text("shadow = true\n")
    found = explained(trace, 40, "--policy", policy)
    assert (found["verdict"], found["shadow"], found["rule"]) == ("PASS", True, "4.4")
    assert "counts as SUPPRESS only" in " ".join(found["besides"])


def test_key_without_room_is_explained_by_rule_7(trace):
    assert explained(trace, 40, "--capacity-keys", 0)["rule"] == "7"


def test_device_without_room_is_said_to_be_untracked(trace):
    found = explained(trace, 40, "--capacity-devices", 0)
    assert found["besides"] == [
        "The device table has no room for its originator, which is not tracked (7)."
    ]


def test_reset_before_the_row_is_replayed_too(trace):
    numbers = explained(trace, 40, "--reset-at", 770_000)["numbers"]
    assert numbers["unreported"] < 12


def test_text_says_the_verdict_the_rule_and_the_numbers(trace):
    said = stormbench("explain", trace, "--row", FIRST_SAMPLE, "--hub", "sim").out.splitlines()
    assert said[0].startswith("Row 27: 8F3E (Unauthorised")
    assert said[1].startswith("SAMPLE, by rule 4.3: With it its key has 6 alerts")
    assert "  code_limit        5" in said


KEY = ("--originator", METER, "--target", SUPPLIER, "--code", "8f3e")


def test_live_key_is_explained_by_what_the_hub_knows_and_the_policy_in_force():
    key = bytes.fromhex(METER), bytes.fromhex(SUPPLIER), 0x8F3E
    client = HubClient(SimPort())
    for counter in range(1, FIRST_SAMPLE + 1):
        client.alert(0, message_of(Row(0, *key), counter))
    reason, _ = explain_key(client, *key)
    assert (reason.verdict, reason.rule) == ("SUPPRESS", "4.4")
    assert reason.numbers["overload_id"] == 1


def test_key_without_a_trace_on_a_hub_that_has_just_been_started_ends_with_2():
    ran = stormbench("explain", "--hub", "sim", *KEY)
    assert ran.exit_code == 2
    assert ran.complaint().startswith("--hub sim: it has just been started and knows nothing")


@pytest.mark.parametrize("option", [("--row", 3), ("--policy", "bad"), ("--reset-at", 5)])
def test_option_of_a_replay_beside_a_live_key_ends_with_2(option):
    ran = stormbench("explain", "--hub", "/dev/ttyACM9", *KEY, *option)
    assert ran.exit_code == 2
    assert ran.complaint().startswith(f"{option[0]} goes with a trace")


def test_key_beside_a_trace_ends_with_2(trace):
    ran = stormbench("explain", trace, "--row", 3, "--hub", "sim", *KEY)
    assert ran.exit_code == 2
    assert ran.complaint().startswith("--originator goes with a hub that runs")


def test_live_key_of_a_board_that_is_not_there_ends_with_3():
    assert stormbench("explain", "--hub", "/dev/ttyACM9", *KEY).exit_code == 3


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--row", "61"], "--row 61: "),
        (["--row", "0"], "Invalid value for '--row'"),
        ([], "--row is missing"),
        (["--row", "2", "--reset-at", "40001"], "--reset-at 40001: the replay is from 0 to"),
    ],
)
def test_row_or_time_that_is_not_there_ends_with_2(trace, arguments, complaint):
    trace.write_text(HEADER + f"0,{METER},{SUPPLIER},8F3E\n40000,{METER},{SUPPLIER},8F3E\n")
    ran = stormbench("explain", trace, "--hub", "sim", *arguments)
    assert ran.exit_code == 2
    assert complaint in ran.complaint()


def test_half_a_key_ends_with_2_and_says_what_is_missing():
    ran = stormbench("explain", "--hub", "auto", "--originator", METER, "--code", "8F3E")
    assert ran.exit_code == 2
    assert ran.complaint().startswith("--target is missing: name a trace and a --row, or")


def test_trace_on_a_real_hub_ends_with_2(trace):
    ran = stormbench("explain", trace, "--row", 1, "--hub", "/dev/ttyACM9")
    assert ran.exit_code == 2
    assert "only virtual hubs" in ran.complaint()


class Lenient(Policy):
    """Goes to the hub as it is, and is read otherwise here."""

    def limit_for(self, code):
        return 99


def test_hub_that_does_otherwise_than_the_rules_is_told_of():
    key = bytes.fromhex(METER), bytes.fromhex(SUPPLIER), 0x8F3E
    rows = [Row(n, *key) for n in range(FIRST_SAMPLE)]
    with pytest.raises(RulesDiffer, match=r"answered SAMPLE, and its rules give PASS \(rule 4.3"):
        explain_row(HubClient(SimPort()), rows, Setting(Lenient()))


def test_first_suppression_of_an_overload_foretells_its_start(trace):
    assert "OVERLOAD_START leaves right before it" in explained(trace, 28)["besides"][0]
    assert explained(trace, 29)["besides"] == []


def test_reason_of_a_key_whose_window_is_over_counts_from_one():
    client = HubClient(SimPort())
    state = client.key_state(bytes(8), bytes(8), 0x8F3E)
    assert next_alert(state, Policy(), 0x8F3E).numbers["device_count"] == 0
