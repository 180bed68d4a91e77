"""The hub after a restart: how it says that it started, what it still knows, and whose time it is.

Under the small policy with a save every second, an overload that began at 0 and was saved there
goes on at boot as if that had been a second ago.
"""

import pytest

from commshub import wire
from commshub.clock import EPOCH_SPAN_MS
from commshub.saves import BLOCK
from commshub.store import Store
from hub_bench import (
    BOOT_ID,
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
from hubwire.framing import Frame
from stormbench.policy_file import frame_values
from throttle_bench import make_policy

NEW, RESUMED, DAMAGED = 0, 1, 2
SECOND = {"save_interval_ms": 1000}
SLOW = {**SECOND, "sample_period_ms": 5000, "flush_ms": 9000}
FAR_MS = 1 << 46


def start(said: list[Frame]) -> int:
    """How the Hello at boot, the first frame, says that the hub started."""
    assert said[0].name == "Hello"
    value = said[0]["start"]
    assert isinstance(value, int)
    return value


def logs(said: list[Frame]) -> list[str]:
    return [str(frame["text"], "utf-8") for frame in said if frame.name == "Log"]


def stormy(**policy: int) -> HubBench:
    """A hub on its own clock, with a key overloaded at 0 and four alerts of it suppressed."""
    hub = HubBench().on_own_clock(**{**SLOW, **policy})
    hub.alerts(PASSES + 5, 0)
    return hub


def damaged(hub: HubBench) -> HubBench:
    """This hub after a restart on a damaged save."""
    hub.saved.flip()
    hub.boot()
    return hub


def first_overload_id(hub: HubBench) -> int:
    hub.on_hosts_clock()
    *_, sample = forwarded(hub.alerts(PASSES + 1, 0))
    return numbers(sample)[0]


# How it started.


def test_hub_on_an_empty_store_is_new() -> None:
    assert HubBench().hello()["start"] == NEW


def test_hub_that_did_nothing_resumes_after_its_first_boot() -> None:
    assert start(HubBench().boot()) == RESUMED


def test_hub_says_all_along_how_it_started() -> None:
    hub = stormy()
    hub.boot()
    hub.pass_ms(100_000)
    assert hub.hello()["start"] == RESUMED


@pytest.mark.parametrize("bit", [0, 7, 99, -1])
def test_hub_with_a_flipped_bit_in_its_save_begins_anew_and_says_so(bit: int) -> None:
    hub = stormy()
    hub.saved.flip(bit % (8 * len(hub.saved.read() or b"")))
    said = hub.boot()
    assert (start(said), [frame.name for frame in said]) == (DAMAGED, ["Hello", "Log"])
    assert "damaged: its check sum is wrong; incidents and counts begin anew" in logs(said)[0]


def test_save_of_another_version_is_told_with_both_versions() -> None:
    hub = stormy()
    _, octets = Store(hub.saved).load()
    Store(hub.saved).save(lambda write: write(b"\x03" + bytes(octets)[1:]))
    said = hub.boot()
    assert start(said) == DAMAGED
    assert "version 3, expected 2" in logs(said)[0]


@pytest.mark.parametrize("octets", [b"\x00" * 4, b"\xff" * 8, b"rubbish", bytes(400)])
def test_hub_starts_whatever_is_in_the_file(octets: bytes) -> None:
    hub = stormy()
    hub.saved.put(octets)
    assert start(hub.boot()) == DAMAGED


def test_sealed_save_cut_off_at_any_length_is_damaged_and_never_keeps_a_hub_from_starting() -> (
    None
):
    hub = stormy()
    _, whole = Store(hub.saved).load()
    for length in range(len(whole)):
        cut = bytes(whole[:length])
        Store(hub.saved).save(lambda write, cut=cut: write(cut))
        assert start(hub.boot()) == DAMAGED


def test_hub_resumes_from_the_save_that_it_made_after_a_damaged_one() -> None:
    assert start(damaged(stormy()).boot()) == RESUMED


# After damage.


def test_first_alert_after_a_damaged_save_passes() -> None:
    hub = stormy()
    assert verdicts(hub.alert(0, message(50))) == ["SUPPRESS"]
    assert verdicts(damaged(hub).alert(0, message(51))) == ["PASS"]


def test_overload_ids_after_a_damaged_save_are_far_from_those_before() -> None:
    assert first_overload_id(damaged(stormy())) > 1 << 20


def test_overload_ids_after_two_damaged_saves_differ() -> None:
    hub = damaged(stormy())
    first = first_overload_id(hub)
    hub.boot_id = BOOT_ID ^ 0x0FFFFFFF
    assert abs(first_overload_id(damaged(hub)) - first) > 1 << 20


@pytest.mark.parametrize("boot_id", [0, 1, 0x3FFFFFFF])
def test_overload_id_after_a_damaged_save_is_never_0_and_fits_whatever_chance_says(
    boot_id: int,
) -> None:
    hub = stormy()
    hub.boot_id = boot_id
    assert BLOCK <= first_overload_id(damaged(hub)) < 1 << 30


def test_policy_after_a_damaged_save_is_the_default() -> None:
    hub = damaged(stormy())
    (policy,) = hub.send("GetPolicy")
    assert (policy["red_threshold"], policy["save_interval_ms"]) == (20, 10000)


# What it still knows.


def test_policy_survives() -> None:
    hub = HubBench().on_own_clock(code_limits={0x8154: 9}, excluded_codes={7, 8}, shadow=1)
    (before,) = hub.send("GetPolicy", seq=7)
    hub.boot()
    (after,) = hub.send("GetPolicy", seq=7)
    assert after.values == before.values


def test_capacities_survive() -> None:
    hub = HubBench()
    hub.send("SetCapacity", devices=3, keys=5)
    hello, *_ = hub.boot()
    assert (hello["device_capacity"], hello["key_capacity"]) == (3, 5)


def test_counters_survive_as_of_the_last_save_under_another_boot_id() -> None:
    hub = stormy()
    hub.alert(0, b"rubbish")
    hub.pass_ms(1000)  # a save
    hub.alerts(3, 0)
    before = hub.counters()
    hub.boot()
    after = hub.counters()
    assert (before["received"], after["received"]) == (PASSES + 8, PASSES + 5)
    assert (before["suppressed"], after["suppressed"]) == (7, 4)
    assert after["unreadable"] == 1
    assert (before["boot_id"], after["boot_id"]) == (BOOT_ID, BOOT_ID + 1)


def test_what_the_hub_counts_of_its_link_begins_anew() -> None:
    hub = HubBench()
    hub.send("Advance", at_ms=5)
    hub.feed(b"\x05rubbish\x00")
    hub.boot()
    after = hub.counters()
    assert (after["frames_refused"], after["frames_damaged"]) == (0, 0)


def test_overload_goes_on_and_its_next_report_has_the_number_of_the_next_block() -> None:
    hub = stormy()
    hub.pass_ms(1000)
    hub.boot()
    assert verdicts(hub.alert(0, message(50))) == ["SUPPRESS"]
    hub.pass_ms(3000)  # and 1000 before the save, and an interval
    (sample,) = forwarded(hub.alert(0, message(51)))
    assert (sample["carries"], numbers(sample)) == (1, (1, BLOCK, 5, 5))


def test_another_overload_has_the_id_of_the_next_block() -> None:
    hub = stormy()
    hub.boot()
    *_, sample = forwarded(hub.alerts(3, 0, code=0x8155))
    assert numbers(sample) == (BLOCK, 1, 0, 0)


def test_count_whose_message_went_with_the_power_comes_as_a_bare_notice() -> None:
    hub = stormy(flush_ms=2500)
    hub.pass_ms(1000)
    hub.boot()
    said = hub.pass_ms(500)
    (notice,) = said
    assert (events(said), numbers(notice)) == (["SUMMARY"], (1, BLOCK, 4, 4))


def test_alert_that_was_not_saved_is_judged_when_it_comes_again_after_a_restart() -> None:
    hub = HubBench()
    hub.hears_north = False
    hub.alert(0, message(1), seq=0)
    hub.boot()
    assert len(forwarded(hub.alert(0, message(1), seq=0))) == 1
    assert hub.counters()["received"] == 1


def begun_overload() -> HubBench:
    """A hub whose last alert, number 7, began an overload, and was saved before its answer."""
    hub = HubBench().on_own_clock()
    hub.hears_north = False
    hub.alerts(PASSES + 1, 0)
    hub.boot()
    return hub


def test_alert_that_was_saved_is_acknowledged_and_not_counted_again_after_a_restart() -> None:
    hub = begun_overload()
    received = hub.counters()["received"]
    assert verdicts(hub.alert(0, message(PASSES + 1), seq=7))[-1] == "SAMPLE"
    assert hub.counters()["received"] == received == PASSES + 1


def test_saved_alert_whose_message_was_lost_with_the_power_is_sent_north_once_more() -> None:
    hub = begun_overload()
    (copy,) = forwarded(hub.alert(0, message(PASSES + 1), seq=7))
    assert (copy["message"], copy["carries"]) == (message(PASSES + 1), wire.CARRIES_PASS)
    assert forwarded(hub.alert(0, message(PASSES + 1), seq=7)) == []


def test_hub_that_knows_less_than_the_host_goes_on_where_the_host_is() -> None:
    hub = begun_overload()
    hub.send("NorthAck", north_next=0, alert_first=30)
    assert len(verdicts(hub.alert(0, message(31), seq=30))) == 1


# The first act.


def test_overdue_count_leaves_by_itself_at_boot_with_time_0() -> None:
    hub = stormy(flush_ms=1500)
    hub.pass_ms(1000)
    said = hub.boot()
    notices = [frame for frame in said if frame.name == "Notice"]
    assert [frame.name for frame in said] == ["Hello", "Notice"]
    assert (events(said), numbers(notices[0])) == (["SUMMARY"], (1, BLOCK, 4, 4))
    assert notices[0]["at_ms"] == 0


def test_all_that_became_overdue_leaves_at_boot_and_every_time_before_0_is_0() -> None:
    hub = stormy(save_interval_ms=60_000)
    said = hub.boot()
    assert events(said) == ["INCIDENT_CLOSE"]
    assert {frame["at_ms"] for frame in said if frame.name == "Notice"} == {0}


def test_boot_is_saved_before_what_is_overdue_is_told() -> None:
    hub = stormy(flush_ms=1500)
    hub.pass_ms(1000)
    hub.said_before_saves.clear()
    hub.boot()
    assert hub.said_before_saves == [["Hello"]]


# On the host's clock.


def waiting(at_ms: int = 0) -> tuple[HubBench, list[Frame]]:
    """A hub in a storm on the host's clock, restarted, and what it said at that."""
    hub = HubBench().overloaded(at_ms, suppressed=4, **SLOW)
    hub.send("Advance", at_ms=at_ms + 1000)
    return hub, hub.boot()


def test_hub_on_the_hosts_clock_says_nothing_but_hello_until_it_knows_the_time() -> None:
    hub, said = waiting()
    assert [frame.name for frame in said] == ["Hello"]
    assert hub.pass_ms(1_000_000) == []


def test_hub_that_waits_for_the_time_sleeps_as_long_as_its_clock_may() -> None:
    hub, _ = waiting()
    assert hub.app.wait_ms() == EPOCH_SPAN_MS


def test_hub_that_waits_for_the_time_saves_nothing() -> None:
    hub, _ = waiting()
    hub.said_before_saves.clear()
    hub.pass_ms(1_000_000)
    assert hub.said_before_saves == []


def test_hub_that_waited_for_weeks_resumes_all_the_same() -> None:
    hub, _ = waiting()
    for _ in range(8):
        assert hub.pass_ms(hub.app.wait_ms()) == []
    assert is_done(hub.send("SetClock", source=1, start_ms=2000))
    assert verdicts(hub.alert(2000, message(50))) == ["SUPPRESS"]


@pytest.mark.parametrize("at_ms", [0, FAR_MS])
def test_hub_resumes_at_set_clock_with_nothing_ended(at_ms: int) -> None:
    hub, _ = waiting(at_ms)
    hub.pass_ms(77_777)  # which is no time of the host's
    (result,) = hub.send("SetClock", source=1, start_ms=at_ms + 2000)
    assert is_done([result])
    assert verdicts(hub.alert(at_ms + 4999, message(50))) == ["SUPPRESS"]
    (sample,) = forwarded(hub.alert(at_ms + 5000, message(51)))
    assert (sample["at_ms"], numbers(sample)) == (at_ms + 5000, (1, BLOCK, 5, 5))


def test_what_is_overdue_leaves_with_set_clock_at_the_hosts_time() -> None:
    hub = HubBench().overloaded(FAR_MS, suppressed=4, flush_ms=1500, **SECOND)
    hub.send("Advance", at_ms=FAR_MS + 1000)
    hub.boot()
    notice, result = hub.send("SetClock", source=1, start_ms=FAR_MS + 2300)
    assert (events([notice]), notice["at_ms"]) == (["SUMMARY"], FAR_MS + 1800)
    assert is_done([result])


def test_hub_may_resume_on_its_own_clock_at_set_clock() -> None:
    hub, _ = waiting()
    (result,) = hub.send("SetClock", source=0, start_ms=50)
    assert is_done([result])
    *_, ack = hub.alert(0, message(50))
    assert ack["entries"] == [{"verdict": 2, "at_ms": 50}]


def test_alert_before_set_clock_makes_the_hub_go_on_by_its_own() -> None:
    hub, _ = waiting()
    hub.pass_ms(250)
    *_, ack = hub.alert(999_999, message(50))
    assert ack["entries"] == [{"verdict": 2, "at_ms": 0}]  # the wait was no time
    assert hub.app.wait_ms() == 1000  # a save, a second after the time began


def test_key_that_is_asked_for_before_set_clock_is_refused_and_ends_nothing() -> None:
    hub, _ = waiting()
    said = hub.send("GetKey", originator=bytes(8), target=bytes(8), code=1)
    assert "waits for the host's time" in refusal(said)
    assert events(hub.send("SetClock", source=1, start_ms=5)) == []


def test_hub_that_went_on_by_its_own_clock_does_so_after_the_next_restart() -> None:
    hub, _ = waiting()
    hub.alert(0, message(50))
    hub.boot()
    assert hub.app.wait_ms() == 1000


def test_hub_cut_off_again_while_it_waits_waits_again() -> None:
    hub, _ = waiting()
    hub.boot()
    assert hub.app.wait_ms() == EPOCH_SPAN_MS
    assert is_done(hub.send("SetClock", source=1, start_ms=2000))
    assert verdicts(hub.alert(2000, message(50))) == ["SUPPRESS"]


def test_set_clock_after_an_alert_ends_what_is_open() -> None:
    hub, _ = waiting()
    hub.alert(0, message(50))
    said = hub.send("SetClock", source=1, start_ms=2000)
    assert events(said)[-1] == "INCIDENT_CLOSE" and is_done(said)


def test_advance_before_set_clock_is_refused_and_the_hub_goes_on_waiting() -> None:
    hub, _ = waiting()
    assert "own clock" in refusal(hub.send("Advance", at_ms=5000))
    assert hub.app.wait_ms() == EPOCH_SPAN_MS


@pytest.mark.parametrize("question", ["HelloRequest", "GetCounters", "GetPolicy"])
def test_question_before_set_clock_does_not_end_the_wait(question: str) -> None:
    hub, _ = waiting()
    hub.send(question, **({"nonce": 1} if question == "HelloRequest" else {}))
    assert hub.app.wait_ms() == EPOCH_SPAN_MS


def test_policy_before_set_clock_ends_what_is_open_on_the_hubs_own_clock() -> None:
    hub, _ = waiting()
    hub.pass_ms(40)
    said = hub.send("SetPolicy", **frame_values(make_policy()))
    assert events(said)[-1] == "INCIDENT_CLOSE" and is_done(said)
    assert {frame["at_ms"] for frame in said if frame.name == "Notice"} == {0}


# How long to sleep.


def test_restarted_hub_on_its_own_clock_wakes_when_a_count_is_due() -> None:
    hub = stormy(flush_ms=2500)
    hub.pass_ms(1000)
    hub.boot()
    assert hub.app.wait_ms() == 500


def test_restarted_hub_with_nothing_open_only_looks_at_its_clock() -> None:
    hub = HubBench()
    hub.boot()
    assert hub.app.wait_ms() == EPOCH_SPAN_MS


# Leaving for the REPL, which ends in a reset.


@pytest.mark.parametrize("is_hosts_clock", [False, True])
def test_what_was_counted_is_kept_by_a_hub_that_leaves_for_the_repl(is_hosts_clock: bool) -> None:
    hub = HubBench()
    if is_hosts_clock:
        hub.send("SetClock", source=1, start_ms=5000)
    hub.alerts(3, 6000)  # no incident, so no save is due
    hub.send("EnterRepl")
    hub.boot()
    assert (hub.counters()["received"], hub.counters()["passed"]) == (3, 3)


def test_hub_that_waits_for_the_hosts_time_leaves_its_save_as_it_is() -> None:
    hub = HubBench().on_hosts_clock(5000)
    hub.boot()
    saved = hub.saved.read()
    hub.send("EnterRepl")
    assert hub.saved.read() == saved
