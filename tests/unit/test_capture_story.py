"""What came about in a session, whatever its link did: for traces, packets and replays."""

from collections.abc import Iterable
from itertools import count

import pytest

from capture_bench import (
    SMALL_POLICY,
    capture,
    frames_of,
    message,
    recorded_hub,
    records_of,
    storm_capture,
    with_other_values,
    write_capture,
)
from hubwire.frames import VERDICTS
from replay_bench import METER, STORM, SUPPLIER, replayed
from stormbench.capture.reading import Capture
from stormbench.capture.recording import Recording
from stormbench.capture.records import Record
from stormbench.capture.story import AlertSent, Commanded, Met, Story, Told, WentNorth
from stormbench.capture.writing import CaptureFile
from stormbench.hub.sim import SimPort
from stormbench.link.client import HubClient
from stormbench.link.northbound import WanAlert
from stormbench.policy_file import frame_values, policy_of

FAULTS = "faults://drop=0.1&corrupt=0.05&duplicate=0.1&seed={}@sim"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.capture"


def story_of(path, kind=object):
    return [step for step in Story().tell(Capture(path).records(1)) if isinstance(step, kind)]


def test_session_is_told_in_the_order_in_which_it_came_about(path):
    with recorded_hub(path) as hub:
        hub.alert(0, message(1))
    steps = story_of(path)
    assert [type(step) for step in steps] == [Met, Told, Told, Commanded, AlertSent, WentNorth]
    assert steps[3].name == "SetPolicy"


def test_alert_is_told_with_the_verdict_and_stamp_that_the_hub_gave(path):
    with recorded_hub(path) as hub:
        judged = []
        for number in range(12):
            hub.port.pass_ms(100)
            judged.append(hub.alert(0, message(number + 1)))
    told = [(step.verdict, step.at_ms) for step in story_of(path, AlertSent)]
    assert told == [(each.verdict, each.at_ms) for each in judged]
    assert {"PASS", "SAMPLE", "SUPPRESS"} == {verdict for verdict, _ in told}


def test_what_the_hub_refused_is_left_out(path):
    with recorded_hub(path) as hub, pytest.raises(Exception, match="refused"):
        hub.advance(5)
    assert [step.name for step in story_of(path, Commanded)] == ["SetPolicy"]


@pytest.mark.parametrize("seed", range(5))
def test_what_was_sent_again_is_told_once(path, seed):
    with recorded_hub(path, FAULTS.format(seed)) as hub:
        hub.use_hosts_clock(0)
        judged = [hub.alert(100 * at, message(at + 1)) for at in range(40)]
    steps = story_of(path)
    told = [step for step in steps if isinstance(step, AlertSent)]
    assert [step.message for step in told] == [message(number + 1) for number in range(40)]
    assert [step.verdict for step in told] == [each.verdict for each in judged]
    north = [step.item for step in steps if isinstance(step, WentNorth)]
    assert north == [item for each in judged for item in each.north]


@pytest.mark.parametrize("seed", range(5))
def test_what_was_sent_again_although_it_was_answered_is_told_once(path, seed):
    """An answer is of no use to a host that has lost the one before it."""
    with recorded_hub(path, FAULTS.format(seed)) as hub:
        hub.use_hosts_clock(0)
        judged = [each for at in range(200) for each in hub.submit(100 * at, message(at + 1))]
        judged += hub.settle()
    told = story_of(path, AlertSent)
    assert [step.message for step in told] == [message(number + 1) for number in range(200)]
    assert [step.verdict for step in told] == [each.verdict for each in judged]


@pytest.mark.parametrize("seed", range(5))
def test_alert_comes_before_what_went_north_of_it(path, seed):
    with recorded_hub(path, FAULTS.format(seed)) as hub:
        hub.use_hosts_clock(0)
        for at in range(20):
            hub.alert(100 * at, message(at + 1))
    sent = set()
    for step in story_of(path):
        if isinstance(step, AlertSent):
            sent.add(step.message)
        elif isinstance(step, WentNorth) and isinstance(step.item, WanAlert):
            assert step.item.message in sent


def test_alert_without_an_acknowledgement_has_no_verdict(path):
    with recorded_hub(path) as hub:
        for number in range(3):
            hub.alert(0, message(number + 1))
    last = frames_of(path, "HanAck")[-1].stretch
    write_capture(path, [record for record in records_of(path) if record != last])
    assert [step.verdict for step in story_of(path, AlertSent)] == ["PASS", "PASS", None]


def test_alert_that_a_new_boot_judged_comes_after_the_restart(path):
    with recorded_hub(path) as hub:
        hub.use_hosts_clock(0)
        hub.alert(0, message(1))
        hub.submit(5, message(2))
        hub.power_cut()
        hub.use_hosts_clock(5)
        hub.settle()
    steps = story_of(path)
    restart = next(
        at for at, step in enumerate(steps) if isinstance(step, Met) and step.is_restart
    )
    alerts = [at for at, step in enumerate(steps) if isinstance(step, AlertSent)]
    assert alerts[0] < restart < alerts[1]


def test_alert_that_no_boot_answered_does_not_hold_up_the_rest(path):
    with recorded_hub(path) as hub:
        hub.use_hosts_clock(0)
        for number in range(6):
            if number == 3:
                hub.power_cut()
                hub.use_hosts_clock(5)
            hub.alert(5, message(number + 1))
    third = frames_of(path, "HanAck")[2].stretch
    write_capture(path, [record for record in records_of(path) if record != third])
    story = Story()
    told = [step for _, record in Capture(path).records() for step in story.take(record)]
    assert [step.message for step in told if isinstance(step, AlertSent)] == [
        message(number + 1) for number in (0, 1, 3, 4, 5)
    ]
    assert [step.verdict for step in story.finish()] == [None]


def test_alert_that_the_new_boot_knew_of_has_its_verdict(path):
    with recorded_hub(path) as hub:
        hub.use_hosts_clock(0)
        hub.alert(0, message(1))
        hub.power_cut()
        hub.use_hosts_clock(5)
        hub.alert(5, message(2))
    first, last = (each.stretch for each in frames_of(path, "HanAck"))
    entries = [entry for ack in frames_of(path, "HanAck") for entry in ack.frame["entries"]]
    both = with_other_values(last, "HanAck", entries=entries)
    records = [record for record in records_of(path) if record != first]
    write_capture(path, [both if record == last else record for record in records])
    told = story_of(path, AlertSent)
    assert [step.verdict for step in told] == ["PASS", "PASS"]


def test_story_holds_no_more_than_is_undecided(path):
    with recorded_hub(path) as hub:
        hub.use_hosts_clock(0)
        for number in range(300):
            hub.submit(number, message(number + 1))
        hub.settle()
    story, most = Story(), 0
    for _, record in Capture(path).records():
        list(story.take(record))
        most = max(most, len(story._steps))
    assert most <= 2 * 16 + 2


# Once more, through another hub.


def other_verdicts(path, numbers: Iterable[int]):
    """The capture, in which these acknowledgements say SUPPRESS."""
    acks = frames_of(path, "HanAck")
    suppress = next(number for number, name in VERDICTS.items() if name == "SUPPRESS")
    changed: dict[Record, Record] = {}
    for number in numbers:
        entries = [{**entry, "verdict": suppress} for entry in acks[number].frame["entries"]]
        stretch = acks[number].stretch
        changed[stretch] = with_other_values(stretch, "HanAck", entries=entries)
    write_capture(path, [changed.get(record, record) for record in records_of(path)])


def test_stamped_trace_of_a_hub_on_its_own_clock_is_judged_alike_on_sim(path):
    with recorded_hub(path) as hub:
        for number in range(60):
            hub.port.pass_ms(130 if number < 40 else 3_000)
            hub.alert(0, message(number + 1))
    ran = capture("replay", path)
    assert ran.exit_code == 0
    assert "60 alerts through hub sim: every verdict as it was recorded" in ran.out


def test_long_replay_says_how_far_it_is(tmp_path, monkeypatch):
    path = storm_capture(tmp_path)
    clock_s = count()  # a second more each time that it is asked
    monkeypatch.setattr("stormbench.cli._count_progress.monotonic", lambda: next(clock_s))
    first = capture("replay", path).err.splitlines()[0]
    assert first == "stormbench: session 1 on sim: 2 of 20, 1.0 a second, 18 s left"


def test_verdict_that_differs_is_told_and_ends_with_1(tmp_path):
    path = storm_capture(tmp_path)
    other_verdicts(path, [1, 14])
    ran = capture("replay", path)
    assert ran.exit_code == 1
    assert "2 verdicts differ: alert 2 at 100 ms: SUPPRESS recorded, PASS now; alert 15" in ran.out


def test_replay_as_json_has_the_differences(tmp_path):
    path = storm_capture(tmp_path)
    other_verdicts(path, [1])
    found = capture("replay", path, "--json").document()
    assert (found["alerts"], found["differing"], found["other_firmware"]) == (20, 1, False)
    first = {"number": 2, "at_ms": 100, "recorded": "SUPPRESS", "replayed": "PASS"}
    assert found["differences"] == [first]


def test_many_differences_are_counted_and_the_first_ones_told(tmp_path):
    path = tmp_path / "a.capture"
    with recorded_hub(path) as hub:
        hub.use_hosts_clock(0)
        for number in range(40):
            hub.alert(20_000 * number, message(number + 1))
    other_verdicts(path, range(30))
    found = capture("replay", path, "--json").document()
    assert found["differing"] == 30
    assert len(found["differences"]) == 20


def test_policy_that_was_changed_on_the_way_is_changed_again(path):
    with recorded_hub(path) as hub:
        for number in range(40):
            if number == 20:
                hub.set_policy(frame_values(policy_of({"code_limit": 3}, "test")))
            hub.port.pass_ms(100)
            hub.alert(0, message(number + 1))
    assert capture("replay", path).exit_code == 0


def test_tables_are_as_they_were_recorded(path):
    with recorded_hub(path) as hub:
        hub.set_capacity(1, 0)
        for number in range(20):
            hub.alert(0, message(number + 1))
    assert {step.verdict for step in story_of(path, AlertSent)} == {"PASS"}
    assert capture("replay", path).exit_code == 0


def test_tables_that_the_hub_had_before_are_those_of_the_replay(path):
    port = SimPort()
    before = HubClient(port)
    before.set_capacity(1, 0)
    before.set_policy(frame_values(SMALL_POLICY))
    with CaptureFile(path, print) as file:
        hub = HubClient(port, witness=Recording(file.write).witness(port, "sim", 1))
        hub.policy()
        for number in range(20):
            hub.alert(0, message(number + 1))
        hub.close()
    assert {step.verdict for step in story_of(path, AlertSent)} == {"PASS"}
    assert capture("replay", path).exit_code == 0


def test_restart_is_replayed_by_a_power_cut_and_said(tmp_path):
    path = tmp_path / "a.capture"
    replayed(tmp_path, STORM, "--capture", path, "--reset-at", "750")
    ran = capture("replay", path)
    assert ran.exit_code == 0
    assert "the hub restarted 1 times" in ran.err


def test_hub_that_knew_more_than_the_capture_is_said(path, tmp_path):
    path = storm_capture(tmp_path)
    records = [with_other_values(record, "Counters", received=7) for record in records_of(path)]
    ran = capture("replay", write_capture(path, records))
    assert "the hub had judged alerts before it began" in ran.err


def test_another_firmware_is_said(tmp_path):
    path = storm_capture(tmp_path)
    other = {"source_sha256": bytes(32)}
    records = [with_other_values(record, "Hello", **other) for record in records_of(path)]
    ran = capture("replay", write_capture(path, records))
    assert ran.exit_code == 0
    assert "another firmware than this tree's" in ran.err


@pytest.mark.parametrize("hub", ["auto", "/dev/ttyACM0"])
def test_replay_wants_a_virtual_hub(tmp_path, hub):
    ran = capture("replay", storm_capture(tmp_path), "--hub", hub)
    assert ran.exit_code == 2
    assert f"--hub {hub}: " in ran.complaint()


def test_session_without_alerts_is_said_to_have_none(path):
    with recorded_hub(path):
        pass
    ran = capture("replay", path)
    assert (ran.exit_code, ran.out) == (0, "session 1: no alerts with a verdict in it\n")


# Traces.


def test_trace_of_a_capture_is_the_trace_that_was_replayed(tmp_path):
    path, out = storm_capture(tmp_path), tmp_path / "out.csv"
    ran = capture("trace", path, "--out", out)
    assert (ran.exit_code, ran.out) == (0, "")
    assert out.read_text() == (tmp_path / "trace.csv").read_text()


def test_trace_has_the_hubs_stamps_and_not_what_was_sent(path, tmp_path):
    with recorded_hub(path) as hub:
        hub.port.pass_ms(1234)
        hub.alert(0, message(1))
    capture("trace", path, "--out", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text().splitlines()[1] == f"1234,{METER},{SUPPLIER},8F3E"


def test_message_that_is_no_alert_is_left_out_of_the_trace_and_counted(path, tmp_path):
    with recorded_hub(path) as hub:
        hub.alert(0, message(1))
        hub.alert(0, b"no alert")
    ran = capture("trace", path, "--out", tmp_path / "out.csv")
    assert "1 alerts; left out: 0 without a verdict and 1 that are no alerts" in ran.err


def test_capture_without_alerts_makes_no_trace(path, tmp_path):
    with recorded_hub(path):
        pass
    ran = capture("trace", path, "--out", tmp_path / "out.csv")
    assert ran.exit_code == 2
    assert "no alerts for " in ran.complaint()
    assert not (tmp_path / "out.csv").exists()


def test_clock_that_was_set_back_makes_no_trace(path, tmp_path):
    with recorded_hub(path) as hub:
        for _ in range(2):
            hub.use_hosts_clock(0)
            hub.alert(9000, message(1))
            hub.alert(9500, message(2))
    (tmp_path / "out.csv").write_text("before")
    ran = capture("trace", path, "--out", tmp_path / "out.csv")
    assert ran.exit_code == 2
    assert "came at 9000 ms, and the one before at 9500 ms" in ran.complaint()
    assert (tmp_path / "out.csv").read_text() == "before"
    assert capture("replay", path).exit_code == 0


def test_trace_of_several_sessions_needs_a_number(tmp_path):
    path, out = storm_capture(tmp_path), tmp_path / "out.csv"
    replayed(tmp_path, STORM[:5], "--capture", path)
    ran = capture("trace", path, "--out", out)
    assert ran.exit_code == 2
    assert "has 2 sessions" in ran.complaint()
    assert capture("trace", path, "--out", out, "--session", 2).exit_code == 0
    assert len(out.read_text().splitlines()) == 6


@pytest.mark.parametrize("sub_command", ["show", "replay", "trace", "export"])
def test_session_that_is_not_there_ends_with_2(tmp_path, sub_command):
    path = storm_capture(tmp_path)
    out = ("--out", tmp_path / "x") if sub_command in ("trace", "export") else ()
    ran = capture(sub_command, path, "--session", 2, *out)
    assert ran.exit_code == 2
    assert "has sessions 1 to 1" in ran.complaint()
