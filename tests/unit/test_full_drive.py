"""A hub that cannot save: it judges every alert all the same, and says what is wrong."""

from commshub import wire
from commshub.store import Store
from hub_bench import PASSES, Drive, HubBench, forwarded, message, verdicts
from throttle_bench import SavingBench, octets_of


def test_save_that_failed_is_told_once_and_counted_each_time() -> None:
    hub = HubBench().on_hosts_clock(save_interval_ms=1000)
    hub.saved.is_full = True
    said = hub.alerts(PASSES + 1, 0) + hub.send("Advance", at_ms=1000)
    (log,) = [frame for frame in said if frame.name == "Log"]
    text = str(log["text"], "utf-8")
    assert "a save failed" in text and "no space left" in text
    assert hub.counters()["saves_failed"] == 3  # incident, overload, and the interval


def test_full_drive_drops_no_alert_and_changes_no_verdict() -> None:
    plain, full = HubBench().on_hosts_clock(), HubBench().on_hosts_clock()
    full.saved.is_full = True
    assert verdicts(full.alerts(20, 0)) == verdicts(plain.alerts(20, 0))
    assert full.counters()["suppressed"] == plain.counters()["suppressed"]


def test_saves_go_on_once_there_is_room_again() -> None:
    hub = HubBench().on_own_clock(save_interval_ms=1000)
    hub.alerts(5, 0)
    hub.saved.is_full = True
    hub.pass_ms(1000)
    hub.saved.is_full = False
    hub.pass_ms(1000)
    hub.alert(0, message(50))
    hub.boot()
    assert hub.counters()["received"] == 5


def test_hub_whose_drive_was_full_resumes_from_the_last_save_that_was_made() -> None:
    hub = HubBench().on_own_clock(save_interval_ms=1000)
    hub.alerts(3, 0)
    hub.saved.is_full = True
    hub.alerts(10, 0)
    assert hub.boot()[0]["start"] == wire.START_RESUMED
    assert hub.counters()["received"] == 3


def test_hub_on_a_new_board_with_a_full_drive_starts_and_says_what_is_wrong() -> None:
    hub = HubBench()
    hub.saved = Drive(lambda: None)
    hub.saved.is_full = True
    said = hub.boot()
    assert (said[0]["start"], [frame.name for frame in said]) == (wire.START_NEW, ["Hello", "Log"])
    assert verdicts(hub.alert(0, message())) == ["PASS"]


def overload_ids(hub: HubBench) -> set[int]:
    """Of the samples of one storm that has just begun."""
    return {frame["overload_id"] for frame in forwarded(hub.alerts(PASSES + 1, 0))} - {0}


def test_numbers_that_could_not_be_reserved_are_not_used_again_after_a_restart() -> None:
    hub = HubBench()
    hub.saved = Drive(lambda: None)
    hub.saved.is_full = True
    hub.boot()
    before = overload_ids(hub.on_hosts_clock())
    hub.boot_id = 0x0ABCDEF0
    hub.boot()
    after = overload_ids(hub.on_hosts_clock())
    assert len(before | after) == 2 and min(before | after) > 64


def test_save_that_fails_for_want_of_memory_costs_no_alert() -> None:
    hub = HubBench().on_hosts_clock()
    hub.saved.is_full, hub.saved.fault = True, MemoryError("no room")
    assert len(verdicts(hub.alerts(PASSES + 2, 0))) == PASSES + 2
    assert hub.counters()["saves_failed"] == 2  # incident and overload


def test_counts_beyond_u32_begin_again_and_are_saved() -> None:
    bench = SavingBench()
    bench.throttle.set_accounts([0xFFFFFFFF] + [0] * 10)
    bench.alerts(2, 0)
    assert bench.throttle.accounts()[0] == 1
    assert octets_of(bench.throttle, 0)


def test_each_stretch_of_failures_is_told_and_numbers_on_from_elsewhere() -> None:
    hub = HubBench().on_hosts_clock(save_interval_ms=1000)
    hub.saved.is_full = True
    said = hub.alerts(3, 0)
    hub.saved.is_full = False
    hub.send("Advance", at_ms=1000)
    hub.saved.is_full = True
    said += hub.send("Advance", at_ms=2000) + hub.send("Advance", at_ms=3000)
    assert [frame.name for frame in said].count("Log") == 2
    first = {frame["overload_id"] for frame in forwarded(hub.alerts(PASSES, 3000))} - {0}
    assert min(first) > 64


def test_sound_save_that_cannot_be_resumed_costs_no_start() -> None:
    """No save of ours has a key twice: its second end finds nothing left to take away."""
    hub = HubBench().on_own_clock(code_window_ms=100, device_window_ms=10_000_000)
    for code in (0x8154, 0x8155):
        hub.alerts(PASSES + 2, 0, code=code)
    _, octets = Store(hub.saved).load()
    twice = bytes(octets).replace(b"\x55\x81", b"\x54\x81")
    Store(hub.saved).save(lambda write: write(twice))
    said = hub.boot()
    assert "cannot be resumed" in str(said[-1]["text"], "utf-8")
    assert verdicts(hub.alert(0, message())) == ["PASS"]
    assert hub.counters()["received"] == 1
    assert hub.send("HelloRequest", nonce=1)[0]["start"] == wire.START_DAMAGED
