"""The client where the port goes away, and where the hub restarts under it."""

import pytest

from hubwire.framing import Frame
from link_bench import (
    NUDGE,
    Losing,
    ScriptedPort,
    ack,
    hello_of_boot,
    is_a_port,
    passed,
    result,
    wan_alert,
)
from stormbench.errors import LinkLost
from stormbench.link.client import HubClient
from stormbench.link.conversation import PATIENCE_MS, TRIES_AGAIN

OLD, NEW = 5, 6


def restart(port: ScriptedPort) -> None:
    """From now on another boot answers."""
    port.hello_values["boot_id"] = 0xBBBB0000 + NEW


class RestartsOn(ScriptedPort):
    """A hub that restarts when the first frame of this name comes, and says nothing to it."""

    def __init__(self, name: str) -> None:
        super().__init__(passed)
        self._fatal = name

    def _answer(self, frame: Frame) -> bytes:
        if frame.name == self._fatal and self._fatal:
            self._fatal = ""
            restart(self)
            return hello_of_boot(NEW)
        is_stale = not self._fatal and frame.boot == OLD
        return b"" if is_stale else super()._answer(frame)


# The port goes away.


@pytest.mark.parametrize("lost_in", ["write", "read"])
def test_port_that_goes_away_is_opened_again_and_the_alert_is_sent_again(lost_in: str) -> None:
    port = ScriptedPort(passed)
    client = HubClient(is_a_port(port))
    setattr(port, f"lasts_{lost_in}s", 0)
    assert client.alert(9, b"alert").verdict == "PASS"
    assert port.opened == 2 and len(client.recoveries_ms) == 1
    assert {(frame.seq, frame["at_ms"]) for frame in port.named("HanAlert")} == {(0, 9)}


@pytest.mark.parametrize("lost_in", ["write", "read"])
def test_command_on_a_port_that_goes_away_is_sent_again_with_its_number(lost_in: str) -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    setattr(port, f"lasts_{lost_in}s", 0)
    client.advance(9)
    assert {frame.seq for frame in port.named("Advance")} == {1}


def test_hub_on_a_port_that_came_back_is_greeted_first_in_the_same_session() -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    port.lasts_writes = 0
    client.alert(0, b"alert")
    greetings = port.named("HelloRequest")
    assert len({frame["session"] for frame in greetings}) == 1 and len(greetings) == 2
    assert port.written[2].startswith(NUDGE)
    assert [frame.name for frame in port.asked[2:4]] == ["HelloRequest", "NorthAck"]


def test_all_that_is_on_its_way_is_sent_again_in_order() -> None:
    port = ScriptedPort(Losing(3, lambda frame: ack(frame.seq)))
    client = HubClient(port)
    for at_ms in range(3):
        client.submit(at_ms, b"alert")
    port.lasts_reads = 0
    assert len(client.settle()) == 3
    assert [frame.seq for frame in port.named("HanAlert")] == [0, 1, 2, 0, 1, 2]


def test_port_is_tried_until_it_is_back_and_that_takes_its_time() -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    port.lasts_writes, port.away = 0, 50
    client.alert(0, b"alert")
    assert 10_000 <= client.recoveries_ms[0] <= 10_100


def test_port_that_stays_away_is_given_up_after_a_minute() -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    port.lasts_writes, port.away = 0, 1 << 30
    begun_ms = port.now_ms()
    with pytest.raises(LinkLost, match=r"scripted is gone; not back within 60 s\. Plug scripted"):
        client.alert(0, b"alert")
    assert PATIENCE_MS <= port.now_ms() - begun_ms <= PATIENCE_MS + 1000
    assert client.recoveries_ms == ()


def test_port_on_which_nobody_answers_after_it_came_back_is_opened_again() -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    port.lasts_writes = 0
    answer, silent = port._answer, iter(range(TRIES_AGAIN + 1))
    port._answer = lambda frame: answer(frame) if next(silent, None) is None else b""  # type: ignore[method-assign]
    assert client.alert(0, b"alert").verdict == "PASS"
    assert port.opened == 3


def test_port_that_goes_away_again_while_the_hub_is_met_is_opened_again() -> None:
    class GoesAgain(ScriptedPort):
        def reopen(self) -> None:
            super().reopen()
            self.lasts_reads = 0 if self.opened == 2 else 1 << 30

    port = GoesAgain(passed)
    client = HubClient(port)
    port.lasts_writes = 0
    assert client.alert(0, b"alert").verdict == "PASS"
    assert port.opened == 3 and len(client.recoveries_ms) == 1


def test_what_came_north_before_the_port_went_away_is_not_asked_for_again() -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    port.pending = wan_alert(0, b"a")
    client.listen(10)
    port.lasts_writes = 0
    client.alert(0, b"alert")
    assert [frame["north_next"] for frame in port.named("NorthAck")] == [0, 1, 1]


def test_frame_that_broke_off_with_the_port_costs_nothing_that_comes_on_the_new_one() -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    port.pending = wan_alert(0, b"breaks off")[:20]
    client.listen(10)
    port.lasts_writes = 0
    client.alert(0, b"alert")
    assert len(port.named("HelloRequest")) == 2 and client.frames_damaged == 0


def test_port_that_is_not_there_at_first_is_told_at_once() -> None:
    port = ScriptedPort()
    port.lasts_writes = 0
    with pytest.raises(LinkLost, match=r"scripted is gone$"):
        HubClient(port)
    assert port.opened == 1


# The hub restarts.


def test_hub_that_restarted_is_met_and_gets_the_alert_for_its_new_boot() -> None:
    port = RestartsOn("HanAlert")
    client = HubClient(port)
    begun_ms = port.now_ms()
    assert client.alert(0, b"alert").verdict == "PASS"
    alerts = [(frame.seq, frame.boot) for frame in port.named("HanAlert")]
    assert alerts == [(0, OLD), (0, NEW)]
    assert (client.hello.boot_id, client.ledger.restarts) == (0xBBBB0000 + NEW, 1)
    assert port.now_ms() - begun_ms < 10


def test_hello_of_the_boot_that_is_known_is_no_restart() -> None:
    port = ScriptedPort(lambda frame: b"")
    port.answer = lambda f: hello_of_boot(OLD) + ack(f.seq)
    client = HubClient(port)
    client.alert(0, b"alert")
    assert client.ledger.restarts == 0 and len(port.named("HelloRequest")) == 1


def test_restart_while_the_port_is_away_is_recognised() -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    port.lasts_writes = 0
    restart(port)
    client.alert(0, b"alert")
    assert client.ledger.restarts == 1 and port.named("HanAlert")[-1].boot == NEW


def test_frames_of_the_boot_before_are_not_taken() -> None:
    port = RestartsOn("HanAlert")
    client = HubClient(port)
    client.alert(0, b"alert")
    port.answer = lambda f: ack(f.seq, 2, boot=OLD) + ack(f.seq, 1, boot=NEW)
    assert client.alert(0, b"alert").verdict == "SAMPLE"


def test_north_begins_anew_with_the_number_that_the_new_boot_names() -> None:
    port = RestartsOn("HanAlert")
    port.hello_values["north_next"] = 40
    client = HubClient(port)
    client.alert(0, b"alert")
    port.pending = wan_alert(40, b"a", boot=NEW)
    assert len(client.listen(10)) == 1


def test_hub_that_restarted_is_told_the_latest_time_before_anything_else() -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    client.use_hosts_clock(1000)
    client.alert(8000, b"alert")
    client.alert(7000, b"alert")
    port.lasts_writes = 0
    restart(port)
    client.alert(6000, b"alert")
    told = [frame for frame in port.asked if frame.boot == NEW and frame.name != "NorthAck"]
    assert [frame.name for frame in told] == ["SetClock", "HanAlert"]
    assert (told[0]["source"], told[0]["start_ms"]) == (1, 8000)


def test_hub_that_was_on_its_own_clock_is_not_told_the_time() -> None:
    port = RestartsOn("HanAlert")
    client = HubClient(port)
    client.use_hosts_clock(1000)
    client.use_own_clock(1000)
    client.alert(7000, b"alert")
    assert len(port.named("SetClock")) == 2


def test_hub_that_did_not_restart_is_not_told_the_time_again() -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    client.use_hosts_clock(1000)
    port.lasts_writes = 0
    client.alert(7000, b"alert")
    assert len(port.named("SetClock")) == 1


def test_time_is_told_though_the_port_goes_away_meanwhile() -> None:
    class GoesAgain(ScriptedPort):
        def _answer(self, frame: Frame) -> bytes:
            if frame.name == "SetClock" and self.opened == 2:
                self.lasts_reads = 0
                return b""
            return super()._answer(frame)

    port = GoesAgain(passed)
    client = HubClient(port)
    client.use_hosts_clock(1000)
    port.lasts_writes = 0
    restart(port)
    client.advance(7000)
    assert port.opened == 3
    names = [
        (frame.name, frame.boot) for frame in port.asked if frame.name in ("SetClock", "Advance")
    ]
    assert names == [("SetClock", OLD), ("SetClock", NEW), ("SetClock", NEW), ("Advance", NEW)]


def test_command_that_a_restart_interrupted_has_a_new_number_in_the_new_boot() -> None:
    port = RestartsOn("Advance")
    client = HubClient(port)
    assert client.advance(5) == ()
    assert [(f.seq, f.boot) for f in port.named("Advance")] == [(1, OLD), (2, NEW)]


# What the boot before had judged.


def judged_before_a_restart(taken: int) -> tuple[HubClient, ScriptedPort]:
    """Three alerts went out, the boot before forwarded the second, and then restarted."""
    port = ScriptedPort(lambda frame: b"")
    client = HubClient(port)
    for number in range(3):
        client.submit(100 + number, b"%d" % number)
    client.listen(1)
    port.pending = wan_alert(0, b"1", at_ms=777, carries=1, taken=taken) + hello_of_boot(NEW)
    restart(port)
    port.answer = passed
    return client, port


def test_alerts_that_the_boot_before_had_judged_are_not_sent_to_the_new_one() -> None:
    client, port = judged_before_a_restart(taken=2)
    client.settle()
    assert [(f.seq, f.boot) for f in port.named("HanAlert")[3:]] == [(2, NEW)]
    assert port.named("NorthAck")[-1]["alert_first"] == 2


def test_verdicts_of_the_boot_before_are_known_by_what_came_north() -> None:
    client, _ = judged_before_a_restart(taken=2)
    verdicts = [(each.verdict, each.at_ms) for each in client.settle()]
    assert verdicts == [("SUPPRESS", 100), ("SAMPLE", 777), ("PASS", 0)]


def test_boot_that_said_nothing_of_its_alerts_gets_none_taken_for_judged() -> None:
    port = RestartsOn("HanAlert")
    client = HubClient(port)
    client.submit(0, b"one")
    client.submit(0, b"two")
    client.settle()
    assert [f.seq for f in port.named("HanAlert") if f.boot == NEW] == [0, 1]


def test_forwards_that_were_on_the_way_when_the_hub_restarted_are_lost() -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    for _ in range(3):
        client.alert(0, b"alert")
    port.lasts_writes = 0
    restart(port)
    client.alert(0, b"alert")
    assert client.ledger.lost_forwards == 3


def test_results_of_commands_are_still_told_after_a_restart() -> None:
    port = RestartsOn("HanAlert")
    client = HubClient(port)
    client.alert(0, b"alert")
    port.answer = lambda frame: result(frame)
    assert client.set_capacity(4, 4) == ()
