"""When the client begins again with the oldest alert: where one is missing, and only there."""

from hubwire.framing import Frame
from link_bench import Answer, ScriptedPort, ack, missing_ack
from stormbench.link.client import HubClient

THREE = 3


def sent_after(answer: Answer) -> list[int]:
    """The numbers of three alerts as they are sent, where `answer` says what comes to each."""
    port = ScriptedPort(answer)
    client = HubClient(port)
    for _ in range(THREE):
        client.submit(0, b"alert")
    client.settle()
    return [frame.seq for frame in port.named("HanAlert")]


def late(*acks: bytes) -> Answer:
    """Nothing, until the last alert has come; then these."""
    return lambda frame: b"".join(acks) if frame.seq == THREE - 1 else b""


def test_acknowledgement_that_comes_twice_sends_nothing_again() -> None:
    assert sent_after(late(ack(0), ack(0), ack(2, 0, 0))) == [0, 1, 2]


def test_older_acknowledgement_that_comes_late_sends_nothing_again() -> None:
    assert sent_after(late(ack(1, 0, 0), ack(0), ack(2))) == [0, 1, 2]


def test_older_word_of_a_missing_alert_that_comes_late_sends_nothing_again() -> None:
    assert sent_after(late(ack(1, 0, 0), missing_ack(0), ack(2))) == [0, 1, 2]


def test_word_of_a_missing_alert_sends_it_again_with_all_behind_it() -> None:
    def answer(frame: Frame) -> bytes:
        said.append(frame.seq)
        if said.count(2) == 1:
            return ack(0) + missing_ack(0) if frame.seq == 2 else b""
        return ack(2, 0, 0) if frame.seq == 2 else b""

    said: list[int] = []
    assert sent_after(answer) == [0, 1, 2, 1, 2]


def test_verdict_that_was_lost_is_asked_for_again() -> None:
    def answer(frame: Frame) -> bytes:
        said.append(frame.seq)
        if said.count(2) == 1:
            return missing_ack(2) if frame.seq == 2 else b""
        return ack(2, 0, 0, 0) if frame.seq == 2 else b""

    said: list[int] = []
    assert sent_after(answer) == [0, 1, 2, 0, 1, 2]
