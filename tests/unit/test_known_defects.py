"""Defects that users of other throttles reported, each as a story that this hub gets through.

Every test names the thread; what it tells is ours. The rules themselves are tested elsewhere.
"""

from collections import Counter
from collections.abc import Callable

import pytest

from commshub.held import HELD_MESSAGES
from commshub.policy import COUNT
from hub_bench import (
    CODE,
    PASSES,
    HubBench,
    events,
    forwarded,
    is_done,
    message,
    numbers,
    refusal,
    verdicts,
)
from hubwire.framing import Frame, encode
from hubwire.gbcs import decode as decode_message
from stormbench.policy_file import frame_values
from throttle_bench import EXCLUDED, make_policy

STRICTEST = {
    "amber_threshold": 0,
    "red_threshold": 0,
    "red_clear_threshold": 0,
    "code_limit": 0,
    "code_clear_limit": 0,
    "save_interval_ms": 1000,
}
ONE_BEFORE_RED = 4


def originator(number: int) -> dict[str, bytes]:
    return {"originator": number.to_bytes(8, "big")}


def counted(frames: list[Frame]) -> int:
    """Of how many suppressed alerts these frames tell, on a message or bare."""
    carriers = [frame for frame in frames if frame.name in ("WanAlert", "Notice")]
    return sum(frame["throttled_count"] for frame in carriers)


def party(frame: Frame) -> tuple[bytes, int]:
    """Whose alert, and which, a frame is about."""
    if frame.name == "Notice":
        return frame["originator"], frame["code"]
    alert = decode_message(frame["message"])
    return alert.originator, alert.alert_code


# 1


@pytest.mark.parametrize("flush_ms", [700, 600_000])
def test_last_suppressed_alerts_are_told_though_no_alert_follows(flush_ms: int) -> None:
    """`systemd/systemd-stable#6`: the tail of a burst went uncounted when silence followed it."""
    hub = HubBench().on_own_clock(flush_ms=flush_ms)
    said = hub.alerts(PASSES + 1 + 12, 0)
    for _ in range(20):
        said += hub.pass_ms(min(hub.app.wait_ms(), 10_000))
    assert counted(said) == hub.counters()["suppressed"] == 12
    assert hub.counters()["unreported"] == 0


# 2


def test_each_count_says_whose_alerts_they_were_and_no_originator_pays_for_another() -> None:
    """`systemd/systemd#7506`, `systemd/systemd#36191`: no name; one source silenced the rest."""
    hub = HubBench().on_hosts_clock()
    stormy = range(1, HELD_MESSAGES + 3)  # so that some counts come without a message
    for number in stormy:
        hub.alerts(PASSES + 1 + number, 0, **originator(number))
    assert verdicts(hub.alerts(ONE_BEFORE_RED, 0, **originator(99))) == ["PASS"] * ONE_BEFORE_RED
    said = hub.send("Advance", at_ms=700)
    told = {party(frame): frame["throttled_count"] for frame in said if counted([frame])}
    assert told == {(originator(number)["originator"], CODE): number for number in stormy}


# 3


def test_counts_agree_with_what_was_sent_and_what_arrived_after_every_alert() -> None:
    """`rsyslog/rsyslog#1700`, `systemd/systemd#4291`: losses not counted; the limit off by one."""
    hub = HubBench().on_hosts_clock(flush_ms=300)
    arrived: list[Frame] = []
    for sent in range(1, 60):
        arrived += hub.alert(70 * sent, message(sent))
        count = hub.counters()
        carries = Counter(frame["carries"] for frame in forwarded(arrived))
        assert count["received"] == sent
        assert (count["passed"], count["sampled"]) == (carries[0], carries[1])
        assert count["suppressed"] == sent - carries[0] - carries[1]
        assert count["reported"] == counted(arrived)
        assert count["suppressed"] == count["reported"] + count["unreported"]


# 4


def test_hundreds_of_originators_need_no_more_memory_than_sixteen_and_lose_nothing() -> None:
    """`rsyslog/rsyslog#4869`: one limiter for each process that ever wrote, and none removed."""
    hub = HubBench().on_hosts_clock()
    lengths = []
    for number in range(300):
        said = hub.alerts(2 if number > 16 else 3, number, **originator(number))
        assert set(verdicts(said)) == {"PASS"}
        if number in (15, 299):
            hub.send("Advance", at_ms=10_000 + number)  # a save
            lengths.append(len(hub.saved.read() or b""))
    assert lengths[0] == lengths[1]
    count = hub.counters()
    assert (count["untracked"], count["passed"]) == (2 * 283 + 3, 3 * 17 + 2 * 283)


# 5


def in_a_storm() -> HubBench:
    """A hub under the strictest policy, with two originators in a storm."""
    hub = HubBench().on_own_clock(**STRICTEST)
    said = hub.alerts(3, 0, **originator(2)) + hub.alerts(3, 0)
    assert verdicts(said) == ["PASS", "SAMPLE", "SUPPRESS"] * 2
    return hub


def restarted(hub: HubBench) -> HubBench:
    hub.boot()
    return hub


def damaged(hub: HubBench) -> HubBench:
    hub.saved.flip()
    return hub


BOOTS: dict[str, Callable[[], HubBench]] = {
    "new board at ticks 0": lambda: HubBench(ticks_ms=0).on_own_clock(**STRICTEST),
    "new board at ticks 4999": lambda: HubBench(ticks_ms=4999).on_own_clock(**STRICTEST),
    "restart": lambda: restarted(HubBench().on_own_clock(**STRICTEST)),
    "restart at ticks 0": lambda: restarted(HubBench(ticks_ms=0).on_own_clock(**STRICTEST)),
    "restart in another's storm": lambda: restarted(in_a_storm()),
    "damaged save": lambda: restarted(damaged(in_a_storm())),
}


@pytest.mark.parametrize("boot", BOOTS)
def test_first_alert_after_boot_is_forwarded(boot: str) -> None:
    """`zephyrproject-rtos/zephyr#119929`: a last time of 0, "never", counted as sent at boot."""
    others = {} if boot == "damaged save" else originator(3)
    said = BOOTS[boot]().alert(0, message(50, **others))
    assert verdicts(said) == ["PASS"] and len(forwarded(said)) == 1


# 6


@pytest.mark.parametrize("every", [1, 2, 3])
def test_one_in_n_is_one_in_n_and_only_what_is_exempt_is_exempt(every: int) -> None:
    """`uber-go/zap#1032`, `rsyslog/rsyslog#4667`: M of 1 misread; all were exempt."""
    hub = HubBench().on_hosts_clock(sample_mode=COUNT, sample_every=every)
    judged = verdicts(hub.alerts(PASSES + 1 + 6 * every, 0))
    assert judged[: PASSES + 1] == ["PASS"] * PASSES + ["SAMPLE"]
    assert judged[PASSES + 1 :] == (["SUPPRESS"] * (every - 1) + ["SAMPLE"]) * 6
    assert verdicts(hub.alerts(30, 0, code=EXCLUDED)) == ["PASS"] * 30
    assert hub.counters()["excluded"] == 30


# 7


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"flush_ms": 0}, "flush_ms: must be 1 to 604800000, got 0"),
        ({"sample_period_ms": 604_800_001}, "sample_period_ms: must be 1 to 604800000, got 6048"),
        ({"red_threshold": 1}, "amber_threshold: 2 is above red_threshold 1"),
        ({"red_clear_threshold": 3}, "red_clear_threshold: 3 is above amber_threshold 2"),
        ({"code_limit": 0}, "code_clear_limit: 1 is above the code limit 0"),
    ],
)
def test_intervals_and_limits_that_make_no_sense_together_are_refused_with_the_reason(
    wrong: dict[str, int], reason: str
) -> None:
    """`prometheus/alertmanager#642`: two intervals contradicted each other silently."""
    hub = HubBench().overloaded(suppressed=2)
    values = frame_values(make_policy())
    assert refusal(hub.send("SetPolicy", **{**values, **wrong})).startswith(reason)
    assert verdicts(hub.alert(0, message(50))) == ["SUPPRESS"]  # the storm goes on as it was
    assert is_done(hub.send("SetPolicy", **values))


# 8


def test_newest_alert_of_every_storm_arrives_with_the_count_of_those_that_did_not() -> None:
    """`influxdata/kapacitor#828`, `prometheus/prometheus#12415`: a mere limit loses the rest."""
    hub = HubBench().on_hosts_clock()
    codes = [0x8154, 0x8155, 0x8156]
    for code in codes:
        hub.alerts(PASSES + 1, 0, code=code)
    newest = {}
    for counter in range(20, 50):
        code = codes[counter % 3]
        newest[code] = message(counter, code=code)
        hub.alert(5 * counter, newest[code])
    summaries = forwarded(hub.send("Advance", at_ms=950))
    assert {party(summary)[1]: summary["message"] for summary in summaries} == newest
    assert counted(summaries) == hub.counters()["suppressed"]


# 9


def test_count_travels_on_an_alert_of_its_own_source_and_makes_no_lines_of_its_own() -> None:
    """rsyslog's `$RepeatedMsgReduction`: lines that only said "again", from mixed sources."""
    hub = HubBench().on_hosts_clock(flush_ms=5000)
    sources = [originator(1), originator(2)]
    for source in sources:
        hub.alerts(PASSES + 2, 0, **source)
    said = []
    for counter in range(20, 420):
        said += hub.alert(10 * counter, message(counter, **sources[counter % 2]))
    samples = forwarded(said)
    assert events(said) == [] and {frame["carries"] for frame in samples} == {1}
    for source, overload_id in zip(sources, (1, 2), strict=True):
        own = [sample for sample in samples if party(sample)[0] == source["originator"]]
        assert {numbers(sample)[0] for sample in own} == {overload_id}
        assert counted(own) == numbers(own[-1])[3] > 0


# 10


def test_frames_that_are_lost_on_the_way_are_counted_and_missed_and_no_alert_is_lost() -> None:
    """`openthread/openthread#3956`: nearly half of the records vanished and nobody could tell."""
    hub = HubBench().on_hosts_clock()

    def numbered(seq: int) -> bytes:
        values = {"at_ms": 0, "north_next": 0, "message": message(seq + 1, **originator(seq + 1))}
        return encode(Frame("HanAlert", seq, values, hub.boot_tag))

    heard = []
    for seq in range(60):
        if seq % 3 == 0:
            damaged = bytearray(numbered(seq))
            damaged[30] ^= 0x40
            assert hub.feed(bytes(damaged)) == []
            (missed,) = hub.feed(numbered(seq + 1))
            assert (missed["alert_seq"], missed["entries"]) == ((seq - 1) & 0xFFFF, [])
        heard += hub.feed(numbered(seq))
    count = hub.counters()
    assert (count["received"], count["frames_damaged"], count["passed"]) == (60, 20, 60)
    assert [frame["alert_seq"] for frame in heard if frame.name == "HanAck"] == list(range(60))
    assert len(forwarded(heard)) == 60
