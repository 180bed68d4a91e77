"""Who answers on a port: a hub, a foreign one, a REPL, or nobody."""

import pytest

from hubwire.frames import PROTOCOL_VERSION
from hubwire.framing import Frame, Receiver, encode
from hubwire.generate import definition_hash
from link_bench import NUDGE, EchoingPort, ScriptedPort, SilentPort, hello_of_boot, of_version
from stormbench.errors import ForeignHub, HubTimeout
from stormbench.link.client import ANSWER_MS, TRIES, HubClient
from stormbench.link.hello import hello_request, new_session
from stormbench.link.stream import ReplAnswers

# Meeting.


def test_hello_is_told_in_plain_values() -> None:
    told = HubClient(ScriptedPort()).hello
    assert (told.firmware_version, told.micropython_version) == ("0.1.2", "1.25.0")
    assert (told.clock, told.transport, told.keyed) == ("host", "usb_repl", False)
    assert (told.unique_id, told.source_sha256) == ("E6" * 8, "00" * 32)
    assert told.board == "COMMS_HUB_PICO"


def test_nothing_but_delimiters_and_a_hello_request_is_sent_before_a_hello() -> None:
    port = SilentPort()
    with pytest.raises(HubTimeout):
        HubClient(port)
    sent = list(Receiver().feed(b"".join(port.written)))
    assert {frame.name for frame in sent if isinstance(frame, Frame)} == {"HelloRequest"}
    assert len(sent) == TRIES and all(burst.startswith(NUDGE) for burst in port.written)


def test_hello_request_means_nothing_to_a_repl() -> None:
    for _ in range(300):
        octets = encode(hello_request(new_session())).rstrip(b"\x00")
        assert octets.startswith(b"#")
        assert all(byte >= 0x20 and byte != 0x7F for byte in octets)


def test_session_is_the_same_for_all_requests_of_a_client_and_another_for_each_client() -> None:
    ports = SilentPort(), SilentPort()
    for port in ports:
        with pytest.raises(HubTimeout):
            HubClient(port)
    sessions = [{frame["session"] for frame in port.asked} for port in ports]
    assert [len(each) for each in sessions] == [1, 1] and sessions[0] != sessions[1]


def test_nonce_is_another_one_for_each_request() -> None:
    port = SilentPort()
    with pytest.raises(HubTimeout):
        HubClient(port)
    assert len({frame["nonce"] for frame in port.asked}) == TRIES


def test_silent_port_is_told_with_the_tries_and_that_nothing_came() -> None:
    with pytest.raises(HubTimeout) as caught:
        HubClient(SilentPort())
    text = str(caught.value)
    assert f"{TRIES} tries of {ANSWER_MS} ms on scripted" in text
    assert "no Hello for a HelloRequest" in text and "nothing came at all" in text


def test_what_came_instead_of_an_answer_is_shown() -> None:
    with pytest.raises(HubTimeout, match="the last 3 bytes: 3E 3E 20"):
        HubClient(SilentPort(b">> "))


def test_of_much_that_came_32_bytes_are_shown() -> None:
    with pytest.raises(HubTimeout, match=r"the last 500 bytes: (41 ){31}41[^ ]"):
        HubClient(SilentPort(b"A" * 500))


def test_hub_of_another_version_is_foreign() -> None:
    ours = PROTOCOL_VERSION
    with pytest.raises(ForeignHub, match=f"version {ours + 1}; this side speaks {ours}.*flash"):
        HubClient(SilentPort(of_version(ours + 1)))


def test_hub_of_other_definitions_is_foreign() -> None:
    ours = definition_hash().hex().upper()
    with pytest.raises(ForeignHub, match=f"CAFE0001, this side {ours}"):
        HubClient(ScriptedPort(definition_hash=b"\xca\xfe\x00\x01"))


def test_hello_of_an_earlier_boot_is_not_taken_for_the_answer() -> None:
    port = ScriptedPort()
    port.pending = hello_of_boot(4)
    client = HubClient(port)
    assert (client.hello.boot_id & 0xFFFF, client.ledger.restarts) == (5, 0)
    assert len(port.named("HelloRequest")) == 1


def test_port_that_never_stops_talking_is_given_up() -> None:
    class Chatter(SilentPort):
        def read(self, timeout_ms: int) -> bytes:
            self.time_ms += 10
            assert self.time_ms <= (TRIES + 1) * ANSWER_MS, "still listening"
            return b"$GPGGA,,,\r\n"

    with pytest.raises(HubTimeout):
        HubClient(Chatter())


# A REPL in place of the firmware.


@pytest.mark.parametrize(
    "said",
    [
        b"\r\n>>> ",
        b"MicroPython v1.25.0; Raspberry Pi Pico\r\n>>> ",
        b"raw REPL; CTRL-B to exit\r\n>",
    ],
)
def test_prompt_of_a_repl_is_recognised_and_nothing_more_is_sent(said: bytes) -> None:
    port = SilentPort(said)
    with pytest.raises(ReplAnswers, match=r"scripted: MicroPython's REPL.*stormbench doctor"):
        HubClient(port)
    assert len(port.written) == 1


def test_port_that_echoes_is_recognised_and_nothing_more_is_sent() -> None:
    port = EchoingPort()
    with pytest.raises(ReplAnswers):
        HubClient(port)
    assert len(port.written) == 1


@pytest.mark.parametrize("_", range(20))
def test_echo_of_a_repl_that_shows_7_bits_alone_is_recognised(_: int) -> None:
    class Repl(EchoingPort):
        def write(self, burst: bytes) -> None:
            super().write(bytes(octet for octet in burst if 0x20 <= octet < 0x7F))

    with pytest.raises(ReplAnswers):
        HubClient(Repl())


def test_echo_behind_other_text_is_recognised_too() -> None:
    class Talking(EchoingPort):
        before = b"... "

    with pytest.raises(ReplAnswers):
        HubClient(Talking())


@pytest.mark.parametrize("piece_bytes", [1, 7, 20])
def test_echo_that_comes_in_pieces_is_recognised_too(piece_bytes: int) -> None:
    with pytest.raises(ReplAnswers):
        HubClient(EchoingPort(chunk_bytes=piece_bytes))


def test_prompt_that_comes_in_pieces_is_recognised_too() -> None:
    pieces = iter([b"\r\n>>", b"> "])

    class Slow(SilentPort):
        def read(self, timeout_ms: int) -> bytes:
            return next(pieces)

    with pytest.raises(ReplAnswers):
        HubClient(Slow())


def test_repl_that_answers_in_the_middle_of_a_conversation_is_recognised() -> None:
    port = ScriptedPort(lambda frame: b"Traceback (most recent call last):\r\n>>> ")
    client = HubClient(port)
    written = len(port.written)
    with pytest.raises(ReplAnswers):
        client.advance(5)
    assert len(port.written) == written + 1
