"""What goes north, as the client hands it out: each item once, in order, and acknowledged."""

import pytest

from hubwire.frames import WINDOW
from hubwire.framing import Frame
from link_bench import ScriptedPort, ack, counters, missing_ack, notice, passed, result, wan_alert
from stormbench.errors import HubTimeout
from stormbench.link.client import HubClient
from stormbench.link.conversation import TRIES_AGAIN
from stormbench.link.northbound import Northbound, Notice, WanAlert


def messages(north: tuple[Northbound, ...]) -> list[bytes]:
    return [item.message for item in north if isinstance(item, WanAlert)]


def forwarding(frame: Frame) -> bytes:
    """What a hub says that forwards each alert."""
    if frame.name != "HanAlert":
        return result(frame)
    return wan_alert(frame.seq, bytes(frame["message"])) + ack(frame.seq, north_made=frame.seq + 1)


def expected_by(port: ScriptedPort) -> list[int]:
    """What the hub was told, time after time, that is expected from north."""
    frames = [frame for frame in port.asked if frame.name in ("NorthAck", "HanAlert")]
    assert frames[0].name == "NorthAck"  # when the hub was met
    return [frame["north_next"] for frame in frames[1:]]


def test_alert_is_judged_with_what_went_north_on_the_way() -> None:
    port = ScriptedPort(
        lambda frame: notice(0) + wan_alert(1, b"alert") + ack(frame.seq, 1, at_ms=77)
    )
    judged = HubClient(port).alert(0, b"alert")
    assert (judged.verdict, judged.at_ms) == ("SAMPLE", 77)
    assert [type(item) for item in judged.north] == [Notice, WanAlert]


def test_alert_waits_for_what_had_come_about_with_it() -> None:
    port = ScriptedPort(
        lambda frame: ack(frame.seq, north_made=2) + wan_alert(0, b"a") + notice(1)
    )
    port._chunk_bytes = len(ack(0))
    assert len(HubClient(port).alert(0, b"alert").north) == 2


def test_command_waits_for_what_had_come_about_with_it() -> None:
    port = ScriptedPort(lambda frame: result(frame, north_made=1) + wan_alert(0, b"summary"))
    port._chunk_bytes = len(result(Frame("Advance", 0, {})))
    assert messages(HubClient(port).advance(5)) == [b"summary"]


def test_what_does_not_come_though_it_had_come_about_is_told() -> None:
    port = ScriptedPort(lambda frame: ack(frame.seq, north_made=1), queued=1)
    with pytest.raises(
        HubTimeout, match=f"no frame 0 of what goes north within {TRIES_AGAIN} tries"
    ):
        HubClient(port).alert(0, b"alert")


def test_what_gave_way_in_the_hub_meanwhile_is_waited_for_once() -> None:
    port = ScriptedPort(lambda frame: ack(frame.seq, north_made=1))
    assert HubClient(port).alert(0, b"alert").verdict == "PASS"
    assert len(port.named("HelloRequest")) == 2


def test_what_went_north_is_handed_out_once() -> None:
    client = HubClient(ScriptedPort(forwarding))
    north = [client.alert(0, message).north for message in (b"one", b"two")]
    assert list(map(messages, north)) == [[b"one"], [b"two"]]


def test_each_of_several_alerts_has_what_went_north_before_it_was_judged() -> None:
    client = HubClient(ScriptedPort(forwarding))
    for message in (b"one", b"two", b"three"):
        client.submit(0, message)
    assert [messages(judged.north) for judged in client.settle()] == [
        [b"one"],
        [b"two"],
        [b"three"],
    ]


@pytest.mark.parametrize("chunk_bytes", [1, 7, 64])
def test_answer_may_come_in_pieces(chunk_bytes: int) -> None:
    client = HubClient(ScriptedPort(forwarding, chunk_bytes))
    assert messages(client.alert(0, b"a" * 300).north) == [b"a" * 300]


def test_frame_that_begins_behind_the_answer_in_one_chunk_is_not_lost() -> None:
    port = ScriptedPort(lambda frame: ack(frame.seq) + wan_alert(0, b"summary")[:10])
    client = HubClient(port)
    client.alert(0, b"alert")
    port.answer = lambda frame: wan_alert(0, b"summary")[10:] + ack(frame.seq)
    assert messages(client.alert(0, b"alert").north) == [b"summary"]


def test_frames_of_another_boot_are_not_taken() -> None:
    port = ScriptedPort(lambda frame: wan_alert(0, b"old", boot=4) + ack(frame.seq))
    assert HubClient(port).alert(0, b"new").north == ()


def test_time_passes_while_the_client_listens() -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    begun_ms = port.now_ms()
    port.pending = wan_alert(0, b"by itself")
    assert messages(client.listen(3000)) == [b"by itself"]
    assert port.now_ms() - begun_ms == 3000


# What the hub had kept.


def test_what_the_hub_had_kept_for_whoever_comes_is_not_this_clients() -> None:
    port = ScriptedPort(
        lambda f: wan_alert(9, b"old") + notice(10) + wan_alert(11, b"new") + ack(f.seq),
        north_next=9,
        queued=2,
    )
    client = HubClient(port)
    assert messages(client.alert(0, b"new").north) == [b"new"]
    assert [type(item) for item in client.backlog] == [WanAlert, Notice]
    assert client.ledger.on_the_way == 0


def test_what_comes_right_behind_the_hello_is_not_lost() -> None:
    class Hub(ScriptedPort):
        def _answer(self, frame: Frame) -> bytes:
            said = super()._answer(frame)
            return said + wan_alert(0, b"a") if frame.name == "HelloRequest" else said

    client = HubClient(Hub(passed))
    assert messages(client.listen(10)) == [b"a"]


def test_command_waits_for_what_the_hub_had_kept() -> None:
    port = ScriptedPort(lambda frame: result(frame) + notice(0), queued=1)
    port._chunk_bytes = len(result(Frame("Advance", 0, {})))
    client = HubClient(port)
    client.listen(0)
    port.answer = lambda frame: result(frame, north_made=1) + notice(0)
    assert client.advance(5) == () and len(client.backlog) == 1


# Acknowledging.


def test_each_alert_tells_the_hub_what_came() -> None:
    port = ScriptedPort(forwarding)
    client = HubClient(port)
    for _ in range(3):
        client.alert(0, b"alert")
    assert expected_by(port) == [0, 1, 2]


def test_three_quarters_of_a_window_are_acknowledged_at_once() -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    port.pending = b"".join(wan_alert(seq, b"") for seq in range(WINDOW))
    port._chunk_bytes = len(wan_alert(0, b""))
    client.listen(100)
    assert expected_by(port) == [WINDOW * 3 // 4]


def test_client_that_listens_says_first_what_came() -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    port.pending = wan_alert(0, b"")
    client.listen(10)
    assert expected_by(port) == []
    client.listen(10)
    assert expected_by(port) == [1]


def test_command_is_preceded_by_what_is_to_be_acknowledged() -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    port.pending = wan_alert(0, b"")
    client.listen(10)
    client.advance(5)
    assert [frame.name for frame in port.asked[2:]] == ["NorthAck", "Advance"]


def test_command_with_nothing_to_acknowledge_is_sent_alone() -> None:
    port = ScriptedPort(passed)
    HubClient(port).advance(5)
    assert [frame.name for frame in port.asked[2:]] == ["Advance"]


def test_client_that_closes_says_what_came() -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    port.pending = wan_alert(0, b"")
    client.listen(10)
    client.close()
    assert expected_by(port) == [1] and port.closed == 1


def test_client_that_closes_with_nothing_to_say_says_nothing() -> None:
    port = ScriptedPort()
    HubClient(port).close()
    assert [frame.name for frame in port.asked] == ["HelloRequest", "NorthAck"]


def test_client_closes_a_port_that_is_lost() -> None:
    port = ScriptedPort()
    client = HubClient(port)
    port.pending = wan_alert(0, b"")
    client.listen(10)
    port.lasts_writes = 0
    client.close()
    assert port.closed == 1


def test_item_that_comes_again_is_recognised_and_acknowledged_again() -> None:
    port = ScriptedPort(lambda frame: wan_alert(0, b"a") * 3 + ack(frame.seq, north_made=1))
    client = HubClient(port)
    assert messages(client.alert(0, b"alert").north) == [b"a"]
    assert client.repeated_north == 2
    assert expected_by(port)[-1] == 1 and port.asked[-1].name == "NorthAck"


def test_hub_is_told_which_item_is_missing_and_what_then_comes_is_in_order() -> None:
    class Hub(ScriptedPort):
        def _answer(self, frame: Frame) -> bytes:
            if frame.name == "NorthAck" and self.named("HanAlert"):
                return wan_alert(0, b"a") + wan_alert(1, b"b")
            return super()._answer(frame)

    port = Hub(lambda frame: wan_alert(1, b"b") + ack(frame.seq, north_made=2))
    client = HubClient(port)
    begun_ms = port.now_ms()
    assert messages(client.alert(0, b"alert").north) == [b"a", b"b"]
    assert port.now_ms() - begun_ms < 10 and client.repeated_north == 0


# Collecting.


def test_client_collects_until_nothing_waits_in_the_hub_any_more() -> None:
    waiting = [wan_alert(0, b"a"), wan_alert(1, b"b"), wan_alert(2, b"c")]

    def answer(frame: Frame) -> bytes:
        queued = len(waiting)
        item = waiting.pop(0) if waiting else b""
        return item + counters(frame, queued=queued)

    assert messages(HubClient(ScriptedPort(answer)).collect()) == [b"a", b"b", b"c"]


def test_hub_that_keeps_what_it_has_is_given_up_when_collecting() -> None:
    port = ScriptedPort(lambda frame: counters(frame, queued=4))
    client = HubClient(port)
    with pytest.raises(HubTimeout, match="none of 4 frames that wait to go north came"):
        client.collect()
    assert len(port.named("GetCounters")) == 1 + TRIES_AGAIN


def test_what_gave_way_in_the_hub_is_told_by_its_counters() -> None:
    gone = {"gave_way_passes": 1, "gave_way_samples": 2, "gave_way_signed": 4}
    client = HubClient(ScriptedPort(lambda frame: counters(frame, gave_way_notices=8, **gone)))
    client.counters()
    assert client.ledger.gave_way == 7


def test_alert_whose_verdict_says_forwarded_is_on_the_way_until_it_comes() -> None:
    port = ScriptedPort(lambda frame: ack(frame.seq))
    client = HubClient(port)
    client.alert(0, b"alert")
    assert client.ledger.on_the_way == 1
    port.pending = wan_alert(0, b"alert")
    client.listen(10)
    assert client.ledger.on_the_way == 0


def test_missing_alert_is_not_asked_for_without_end() -> None:
    port = ScriptedPort(lambda frame: missing_ack(-1))
    client = HubClient(port)
    with pytest.raises(HubTimeout):
        client.alert(0, b"alert")
    assert len(port.named("HanAlert")) == 2 * TRIES_AGAIN
