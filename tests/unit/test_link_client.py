"""The client with hubs that are slow, refuse, or lose what is said: alerts and commands."""

from collections.abc import Callable
from typing import Any

import pytest

from hubwire.frames import CELL_BYTES, WINDOW
from hubwire.framing import Frame, encode
from link_bench import (
    NUDGE,
    Losing,
    ScriptedPort,
    ack,
    counters,
    missing_ack,
    passed,
    result,
    sentence,
)
from stormbench.errors import HubTimeout, InvalidInput
from stormbench.link.client import HubClient, HubRefused
from stormbench.link.conversation import TRIES_AGAIN

PACKET_BYTES = 64

# Alerts.


def test_alert_gets_its_verdict_and_the_time_that_it_was_counted_with() -> None:
    port = ScriptedPort(lambda frame: ack(frame.seq, 1, at_ms=77))
    judged = HubClient(port).alert(0, b"alert")
    assert (judged.verdict, judged.at_ms, judged.north) == ("SAMPLE", 77, ())


def test_alerts_are_numbered_from_0_in_the_boot_of_the_hub() -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    for at_ms in (8, 9):
        client.alert(at_ms, b"alert")
    alerts = port.named("HanAlert")
    assert [(frame.seq, frame.boot, frame["at_ms"]) for frame in alerts] == [(0, 5, 8), (1, 5, 9)]


def test_number_of_the_alert_after_65535_is_0() -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    client._talk.traffic.window._next = 0xFFFF  # as after 65,535 alerts
    assert [client.alert(0, b"alert").verdict for _ in range(2)] == ["PASS", "PASS"]
    assert [frame.seq for frame in port.named("HanAlert")] == [0xFFFF, 0]


def test_window_of_alerts_is_sent_without_waiting() -> None:
    port = ScriptedPort()
    client = HubClient(port)
    begun_ms = port.now_ms()
    assert [client.submit(0, b"alert") for _ in range(WINDOW)] == [[]] * WINDOW
    assert port.now_ms() == begun_ms and len(port.named("HanAlert")) == WINDOW


def test_alert_beyond_the_window_waits_for_half_of_it() -> None:
    half = WINDOW // 2
    verdicts = [2] * (half - 1) + [1]
    port = ScriptedPort(
        lambda frame: ack(0, 2) + ack(half - 1, *verdicts[1:]) if frame.seq == WINDOW - 1 else b""
    )
    client = HubClient(port)
    for _ in range(WINDOW):
        client.submit(0, b"alert")
    judged = client.submit(0, b"waits")
    assert [each.verdict for each in judged] == ["SUPPRESS"] * (half - 1) + ["SAMPLE"]
    client.listen(1)
    assert len(port.named("HanAlert")) == WINDOW + 1


def test_alert_that_has_none_before_it_leaves_at_once() -> None:
    port = ScriptedPort()
    HubClient(port).submit(0, b"alert")
    assert len(port.named("HanAlert")) == 1


def test_alerts_that_have_others_before_them_leave_together_when_the_window_is_full() -> None:
    port = ScriptedPort()
    client = HubClient(port)
    bursts = len(port.written) + 2
    for _ in range(WINDOW):
        client.submit(0, b"alert")
    assert len(port.named("HanAlert")) == WINDOW
    assert len(port.written) == bursts


def test_alerts_that_wait_for_others_leave_when_the_client_listens() -> None:
    port = ScriptedPort()
    client = HubClient(port)
    for _ in range(3):
        client.submit(0, b"alert")
    client.listen(1)
    assert [frame.seq for frame in port.named("HanAlert")] == [0, 1, 2]


def test_alerts_that_wait_for_others_leave_before_the_port_is_let_go_of() -> None:
    port = ScriptedPort()
    client = HubClient(port)
    for _ in range(3):
        client.submit(0, b"alert")
    client.close()
    assert [frame.seq for frame in port.named("HanAlert")] == [0, 1, 2]


def test_all_that_was_submitted_is_told_in_its_order_once_it_settles() -> None:
    port = ScriptedPort(lambda frame: ack(2, 0, 1, 2) if frame.seq == 2 else b"")
    client = HubClient(port)
    for _ in range(3):
        client.submit(0, b"alert")
    assert [each.verdict for each in client.settle()] == ["PASS", "SAMPLE", "SUPPRESS"]
    assert client.settle() == []


@pytest.mark.parametrize("lost", range(TRIES_AGAIN))
def test_alert_whose_verdict_is_lost_is_sent_again_as_it_was(lost: int) -> None:
    port = ScriptedPort(Losing(lost, lambda frame: ack(frame.seq, 2)))
    assert HubClient(port).alert(9, b"alert").verdict == "SUPPRESS"
    tries = port.named("HanAlert")
    assert len(tries) == lost + 1 and all(again == tries[0] for again in tries)


def test_try_is_preceded_by_a_nudge_and_a_look_at_who_is_there() -> None:
    port = ScriptedPort(Losing(1, lambda frame: ack(frame.seq)))
    HubClient(port).alert(0, b"alert")
    assert [frame.name for frame in port.asked] == [
        "HelloRequest",
        "NorthAck",
        "HanAlert",
        "HelloRequest",
        "NorthAck",
        "NorthAck",
        "HanAlert",
    ]
    nudged = [burst.startswith(NUDGE) for burst in port.written]
    assert nudged == [True, False, False, True, False, False]


def test_hub_is_told_which_alert_is_the_oldest_that_comes_again() -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    client.alert(0, b"nought")
    port.answer = Losing(2, lambda frame: ack(2, 0, 0))
    client.submit(0, b"one")
    client.submit(0, b"two")
    client.settle()
    assert {frame["alert_first"] for frame in port.named("NorthAck")[1:]} == {1}


def test_hub_is_told_where_the_session_begins_as_soon_as_it_is_met() -> None:
    port = ScriptedPort()
    HubClient(port)
    (told,) = port.named("NorthAck")
    assert (told["alert_first"], told["north_next"], told.boot) == (0, 0, 5)


def test_after_so_many_tries_the_client_gives_up_and_says_of_what() -> None:
    port = ScriptedPort(Losing(1 << 30, passed))
    client = HubClient(port)
    with pytest.raises(HubTimeout, match=f"no HanAck for HanAlert 0 within {TRIES_AGAIN} tries"):
        client.alert(0, b"alert")
    assert len(port.named("HanAlert")) == TRIES_AGAIN


def test_client_that_gave_up_can_ask_again() -> None:
    client = HubClient(ScriptedPort(Losing(TRIES_AGAIN, lambda frame: ack(1, 0, 2))))
    with pytest.raises(HubTimeout):
        client.alert(0, b"lost")
    assert client.alert(0, b"alert").verdict == "SUPPRESS"


def test_hub_that_misses_an_alert_gets_it_and_all_behind_it_at_once_and_once() -> None:
    def answer(frame: Frame) -> bytes:
        seen.append(frame.seq)
        if frame.seq and seen.count(frame.seq) == 1:
            return b"" if frame.seq == 1 else missing_ack(0)  # number 1 is lost on the way
        return ack(frame.seq)

    seen: list[int] = []
    port = ScriptedPort(answer)
    client = HubClient(port)
    begun_ms = port.now_ms()
    for _ in range(4):
        client.submit(0, b"alert")
    assert len(client.settle()) == 4
    assert seen == [0, 1, 2, 3, 1, 2, 3]
    assert port.now_ms() - begun_ms < 10


def test_ack_of_an_earlier_alert_is_not_taken_for_the_present_one() -> None:
    port = ScriptedPort(lambda frame: ack(frame.seq - 1, 2) + ack(frame.seq, 0))
    assert HubClient(port).alert(0, b"alert").verdict == "PASS"
    assert len(port.named("HanAlert")) == 1


def test_alert_whose_verdict_was_lost_is_sent_again_at_once() -> None:
    def answer(frame: Frame) -> bytes:
        seen.append(frame.seq)
        if len(seen) == 1:
            return b""  # what the hub said to this one was lost on the way
        return ack(1, 0) if len(seen) == 2 else ack(1, 0, 2)

    seen: list[int] = []
    port = ScriptedPort(answer)
    client = HubClient(port)
    begun_ms = port.now_ms()
    client.submit(0, b"one")
    client.submit(0, b"two")
    assert [each.verdict for each in client.settle()] == ["PASS", "SUPPRESS"]
    assert seen == [0, 1, 0, 1] and port.now_ms() - begun_ms < 10


def test_second_ack_of_an_alert_is_left_over_and_does_no_harm() -> None:
    port = ScriptedPort(lambda frame: ack(frame.seq, 2) * 2)
    client = HubClient(port)
    client.alert(0, b"one")
    port.answer = lambda frame: ack(frame.seq, 1)
    assert client.alert(0, b"two").verdict == "SAMPLE"


@pytest.mark.parametrize(
    ("at_ms", "message"),
    [(-1, b""), (1 << 48, b""), (0, bytes(1025))],
    ids=["before", "late", "long"],
)
def test_alert_that_does_not_fit_is_refused_and_costs_no_other(at_ms: int, message: bytes) -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    with pytest.raises(InvalidInput):
        client.alert(at_ms, message)
    assert port.named("HanAlert") == [] and client.ledger.sent == 0
    assert client.alert(0, b"fits").verdict == "PASS"


def test_frame_of_the_clients_own_that_comes_back_is_no_answer() -> None:
    port = ScriptedPort(lambda frame: encode(frame) + passed(frame))
    client = HubClient(port)
    assert client.alert(0, b"alert").verdict == "PASS"
    assert client.advance(5) == ()


def written_for_alerts_of_many_lengths() -> list[bytes]:
    port = ScriptedPort(passed)
    client = HubClient(port)
    for length in range(1, 70):
        client.alert(0, b"x" * length)
    return port.written


def test_every_write_begins_a_frame_and_is_whole_cells() -> None:
    for burst in written_for_alerts_of_many_lengths()[1:]:
        is_short = len(burst) % CELL_BYTES == 0
        assert burst[0] and (is_short or len(burst) % PACKET_BYTES == 1)


def test_no_write_ends_with_a_whole_packet_of_usb() -> None:
    written = written_for_alerts_of_many_lengths()
    assert any(len(burst) % PACKET_BYTES == 1 for burst in written)
    assert all(len(burst) % PACKET_BYTES for burst in written)


# Commands.


@pytest.mark.parametrize("lost", range(TRIES_AGAIN))
def test_command_whose_answer_is_lost_is_repeated_with_the_same_number(lost: int) -> None:
    port = ScriptedPort(Losing(lost, result))
    assert HubClient(port).advance(9) == ()
    tries = port.named("Advance")
    assert len(tries) == lost + 1 and all(again == tries[0] for again in tries)


def test_command_without_an_answer_is_given_up_and_told() -> None:
    client = HubClient(ScriptedPort())
    with pytest.raises(HubTimeout, match=f"no Result for Advance 1 within {TRIES_AGAIN} tries"):
        client.advance(5)


def test_late_result_of_another_command_is_not_taken_for_the_present_one() -> None:
    late_refusal = (1, b"late")
    port = ScriptedPort(lambda f: result(f, *late_refusal, seq=f.seq - 1) + result(f))
    client = HubClient(port)
    port._chunk_bytes = len(result(Frame("Advance", 0, {"at_ms": 5}), *late_refusal))
    assert client.advance(5) == ()


def test_late_counters_are_not_taken_for_the_present_ones() -> None:
    port = ScriptedPort(lambda frame: counters(frame, received=1) * 2)
    client = HubClient(port)
    port._chunk_bytes = len(counters(Frame("GetCounters", 1, {}, 5), received=1))
    client.counters()
    port.answer = lambda frame: counters(frame, received=2)
    assert client.counters()["received"] == 2


def test_numbers_of_commands_go_round_at_65536() -> None:
    port = ScriptedPort(counters)
    client = HubClient(port)
    client._talk._command_seq = 0xFFFE  # as after 65,534 commands
    client.counters()
    client.counters()
    assert [frame.seq for frame in port.named("GetCounters")] == [0xFFFF, 0]


def test_command_waits_for_the_verdicts_of_the_alerts_before_it() -> None:
    port = ScriptedPort(Losing(1, lambda f: ack(0) if f.name == "HanAlert" else result(f)))
    client = HubClient(port)
    client.submit(0, b"alert")
    client.advance(5)
    names = [frame.name for frame in port.asked if frame.name in ("HanAlert", "Advance")]
    assert names == ["HanAlert", "HanAlert", "Advance"]


def test_value_that_does_not_fit_a_command_is_refused_and_nothing_is_sent() -> None:
    port = ScriptedPort(passed)
    client = HubClient(port)
    with pytest.raises(InvalidInput, match="nothing was sent to scripted"):
        client.set_capacity(-1, 4)
    assert port.named("SetCapacity") == []


def test_power_of_a_real_hub_cannot_be_cut_from_here() -> None:
    with pytest.raises(InvalidInput, match="scripted: only the power of a virtual hub"):
        HubClient(ScriptedPort()).power_cut()


# Refusals.


def test_refused_command_is_told_with_its_reason() -> None:
    client = HubClient(ScriptedPort(lambda frame: result(frame, 1, b"the clock is its own")))
    with pytest.raises(HubRefused, match="scripted refused Advance: the clock is its own"):
        client.advance(5)


@pytest.mark.parametrize("ask", [HubClient.counters, HubClient.policy])
def test_refused_question_is_told_with_its_reason(ask: Callable[[HubClient], Any]) -> None:
    client = HubClient(ScriptedPort(lambda frame: result(frame, 1, b"not now")))
    with pytest.raises(HubRefused, match="not now"):
        ask(client)


def test_refused_alert_is_not_repeated() -> None:
    port = ScriptedPort(lambda frame: result(frame, 1, b"too long"))
    with pytest.raises(HubRefused, match="too long"):
        HubClient(port).alert(0, b"alert")
    assert len(port.named("HanAlert")) == 1


@pytest.mark.parametrize(
    "ask",
    [HubClient.counters, lambda client: client.advance(5), lambda client: client.alert(0, b"")],
)
def test_reason_that_is_no_text_is_told_all_the_same(ask: Callable[[HubClient], Any]) -> None:
    client = HubClient(ScriptedPort(lambda frame: result(frame, 1, b"no \xff text")))
    with pytest.raises(HubRefused, match="no \ufffd text"):
        ask(client)


# What the firmware says to people.


def test_last_words_of_the_firmware_are_in_the_time_out() -> None:
    trace = b"Traceback\n  File\nMemoryError: no more"
    client = HubClient(ScriptedPort(lambda frame: sentence(trace)))
    with pytest.raises(HubTimeout, match=r"the firmware said: +File \| MemoryError: no more"):
        client.alert(0, b"alert")


def test_closing_the_client_lets_go_of_the_port() -> None:
    port = ScriptedPort()
    HubClient(port).close()
    assert port.closed == 1
