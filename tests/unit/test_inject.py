"""A storm into one hub: sent in time, accounted for, and certified only where it was both."""

from threading import Event

import pytest

from inject_bench import PASSES_BEFORE, QUICK
from inject_bench import client as client
from stormbench.errors import ExitCode
from stormbench.hub.open import opened_hub
from stormbench.hub.sim import SimPort
from stormbench.inject.account import Baseline, account, difference, reported
from stormbench.inject.limits import LATE_MS
from stormbench.inject.one_hub import Result, begin, storm_into
from stormbench.inject.plan import even_storm
from stormbench.link.client import HubClient
from stormbench.link.northbound import Report, WanAlert
from stormbench.policy_file import shadowed

CODE = 0x8F3E


def into(url: str, count: int = 500) -> Result:
    """A storm of 50 a second into the hub of that name, under `QUICK`."""
    with opened_hub(url) as client:
        begin(client, QUICK)
        return storm_into(client, url, even_storm(CODE, 50, count))


def test_storm_is_certified_where_the_hub_keeps_up(client: HubClient) -> None:
    result = storm_into(client, "sim", even_storm(CODE, 50, 100))
    assert result.certified and result.exit_code == ExitCode.DONE
    assert result["acknowledged"] == {"PASS": PASSES_BEFORE, "SAMPLE": 1, "SUPPRESS": 73}


def test_alerts_go_out_at_their_times(client: HubClient) -> None:
    result = storm_into(client, "sim", even_storm(CODE, 50, 100))
    assert result.course.sent_us == [shot.at_us for shot in result.shots]


def test_what_is_suppressed_and_not_told_is_pending(client: HubClient) -> None:
    result = storm_into(client, "sim", even_storm(CODE, 50, 100))
    assert (result["forwarded"], result["pending"], result["reported"]) == (27, 73, 0)
    assert result["unaccounted"] == 0


def test_what_is_told_is_reported(client: HubClient) -> None:
    begin(client, QUICK)
    result = storm_into(client, "sim", even_storm(CODE, 50, 500))
    assert result["reported"] > 400 and result["unaccounted"] == 0
    assert result["reported"] + result["pending"] == result["suppressed"]


def test_second_storm_is_accounted_for_by_itself(client: HubClient) -> None:
    first = storm_into(client, "sim", even_storm(CODE, 50, 100))
    begin(client)
    second = storm_into(client, "sim", even_storm(CODE, 50, 100))
    for name in ("acknowledged", "forwarded", "pending", "reported", "unaccounted"):
        assert first[name] == second[name]


def test_storm_after_one_in_shadow_is_accounted_for_by_itself(client: HubClient) -> None:
    begin(client, shadowed(QUICK))
    shadow = storm_into(client, "sim", even_storm(CODE, 50, 100))
    assert (shadow["forwarded"], shadow["unaccounted"]) == (100, 0)
    begin(client, QUICK)
    assert storm_into(client, "sim", even_storm(CODE, 50, 100))["unaccounted"] == 0


def test_counters_are_those_of_the_storm(client: HubClient) -> None:
    storm_into(client, "sim", even_storm(CODE, 50, 100))
    begin(client)
    result = storm_into(client, "sim", even_storm(CODE, 50, 100))
    assert result["counters"]["received"] == 100


@pytest.mark.parametrize(
    "faults",
    ["drop=0.02", "duplicate=0.05", "disconnects=1", "resets=2&frames=400", "resets_in_save=1"],
)
def test_every_alert_is_accounted_for_on_a_bad_link(faults: str) -> None:
    result = into(f"faults://{faults}&seed=7@sim")
    assert result["unaccounted"] == 0 and result["sent"] == 500


def test_alert_that_goes_astray_is_unaccounted_for(
    client: HubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stormbench.inject.account.came_north", lambda north: set())
    result = storm_into(client, "sim", even_storm(CODE, 50, 10))
    assert result["unaccounted"] == 10
    assert "10 alerts are unaccounted for" in result.failures


def test_time_that_this_pc_is_busy_is_its_own_lateness(client: HubClient) -> None:
    busy_ms = LATE_MS + 20  # not so long that the hub's port fills up
    result = storm_into(
        client, "sim", even_storm(CODE, 50, 20), on_sent=lambda _: client.port.pass_ms(busy_ms)
    )
    assert result["lateness_us"]["hub"]["late"] == 0 < result["lateness_us"]["pc"]["late"]
    assert result.exit_code == ExitCode.FAILED
    assert [failure for failure in result.failures if failure.startswith("this PC was late")]


def test_time_that_the_hub_takes_nothing_is_the_hubs() -> None:
    result = into("faults://drop=0.05&side=to_host&seed=7@sim")
    assert result["lateness_us"]["pc"]["late"] == 0 < result["lateness_us"]["hub"]["late"]
    assert [each for each in result.failures if each.startswith("the hub did not take them")]


class LooseCable(SimPort):
    """Its cable is put in again after a second of trying."""

    tries = 0

    def reopen(self) -> None:
        self.tries += 1
        if self.tries == 5:
            self.plug()
        super().reopen()


def test_time_that_the_cable_is_out_is_not_this_pcs() -> None:
    port = LooseCable()
    client = HubClient(port)
    begin(client)

    def pull(_: int) -> None:
        if not port.tries:
            port.unplug()

    result = storm_into(client, "sim", even_storm(CODE, 50, 100), on_sent=pull)
    assert result["lateness_us"]["pc"]["late"] == 0 < result["lateness_us"]["hub"]["late"]
    assert result["unaccounted"] == 0


def test_latency_counts_from_the_intended_time() -> None:
    result = into("faults://drop=0.05&side=to_host&seed=7@sim")
    assert result["latency_us"]["max"] > result["lateness_us"]["hub"]["max"] > 0


def test_storm_that_is_stopped_is_accounted_for(client: HubClient) -> None:
    stop = Event()
    result = storm_into(
        client, "sim", even_storm(CODE, 50, 100), stop, on_sent=lambda _: stop.set()
    )
    assert (result["sent"], result["not_sent"], result["unaccounted"]) == (1, 99, 0)
    assert result.exit_code == ExitCode.INTERRUPTED


def test_hub_that_goes_away_ends_the_storm_with_what_is_known(
    client: HubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stormbench.link.conversation.PATIENCE_MS", 0)
    sent: list[int] = []

    def pull(count: int) -> None:
        sent.append(count)
        if len(sent) == 50:
            client.port.unplug()  # type: ignore[attr-defined]

    result = storm_into(client, "sim", even_storm(CODE, 50, 100), on_sent=pull)
    assert result.exit_code == ExitCode.NO_HUB and "not back" in result["error"]
    assert result["sent"] + result["not_sent"] == 100 and result["unaccounted"] is None


def test_overload_that_was_there_before_ends_before_the_storm(client: HubClient) -> None:
    storm_into(client, "sim", even_storm(CODE, 50, 100))
    begin(client)
    assert client.counters()["unreported"] == 0


def test_alert_that_gave_way_in_the_hub_is_accounted_for(
    client: HubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shot,) = even_storm(CODE, 50, 1)
    before = Baseline.of(client)
    client.submit(0, shot.message)
    client.settle()
    said = client.counters
    monkeypatch.setattr(
        client, "counters", lambda: {**said(), "counts_lost": said()["counts_lost"] + 1}
    )
    terms = account(client, before, [shot], [], 0)  # nothing came north
    assert (terms["gave_way"], terms["unaccounted"]) == (1, 0)


def test_total_that_comes_late_does_not_make_the_report_of_an_overload_smaller() -> None:
    def told(total: int, overload_id: int = 1) -> WanAlert:
        report = Report(overload_id, 1, 0, total)
        return WanAlert(0, "SUMMARY", report, b"")

    assert reported([told(5), told(9), told(7), told(3, overload_id=2)]) == 12


@pytest.mark.parametrize(
    ("boot_id", "changed"),
    [(1, {"received": 3, "frames": 2}), (2, {"received": 3, "frames": 11})],
)
def test_counters_of_a_boot_begin_anew_with_it_and_those_of_a_life_go_on(
    boot_id: int, changed: dict[str, int]
) -> None:
    before = {"boot_id": 1, "received": 5, "frames": 9, "saves": 0}
    after = {"boot_id": boot_id, "received": 8, "frames": 11, "saves": 0}
    assert difference(before, after) == changed


def test_restart_leaves_what_a_hub_told_others_before_out_of_the_account() -> None:
    port = SimPort()
    other = HubClient(port)
    begin(other, QUICK)
    storm_into(other, "sim", even_storm(CODE, 50, 150))
    begin(other)  # its overload ends, too
    client = HubClient(port)
    begin(client, QUICK)
    left = [150]

    def cut(sent: int) -> None:
        left[0] -= sent
        if left[0] == 75:
            client.power_cut()

    result = storm_into(client, "sim", even_storm(CODE, 50, 150), on_sent=cut)
    assert client.ledger.restarts == 1 and result["unaccounted"] == 0
