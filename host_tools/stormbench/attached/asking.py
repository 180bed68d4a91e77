"""Who answers on a port, without a conversation: a Hello is asked for, and nothing is taken.

Sends delimiters and HelloRequests and nothing else, not even behind a Hello: an acknowledgement
would take from the hub what it keeps for whoever listens to it.
"""

import enum
from dataclasses import dataclass

from hubwire.framing import Frame
from hubwire.generate import definition_hash
from stormbench.errors import ForeignHub, HostToolError
from stormbench.link.conversation import ANSWER_MS, TRIES
from stormbench.link.hello import Hello, hello_request, new_session, plain_hello
from stormbench.link.port import Port
from stormbench.link.serial_port import SerialPort
from stormbench.link.stream import ReplAnswers, Stream


class Who(enum.Enum):
    """What kind of thing is behind a port."""

    HUB = "hub"
    OTHER_PROTOCOL = "other protocol"
    """A stormbench hub that this side cannot talk to."""
    REPL = "repl"
    """MicroPython's prompt, or another thing that echoes."""
    SILENT = "silent"
    UNREACHABLE = "unreachable"
    """The port cannot be opened, or went away."""


@dataclass(frozen=True)
class Answer:
    """Who is there, in a sentence, and of a hub its Hello."""

    who: Who
    sentence: str
    hello: Hello | None = None


def ask_device(device: str) -> Answer:
    """Open a real port, ask who is there, and let go of it."""
    try:
        port = SerialPort.open(device)
    except HostToolError as error:
        return Answer(Who.UNREACHABLE, str(error))
    try:
        return ask(port)
    finally:
        port.close()


def ask(port: Port) -> Answer:
    """Ask who is there, up to as often as a client does."""
    stream, session = Stream(port), new_session()
    try:
        for _ in range(TRIES):
            answer = _ask_once(stream, port, session)
            if answer is not None:
                return answer
    except ReplAnswers:
        return Answer(Who.REPL, "MicroPython's REPL; no hub runs")
    except ForeignHub as error:
        return Answer(Who.OTHER_PROTOCOL, str(error))
    except HostToolError as error:
        return Answer(Who.UNREACHABLE, str(error))
    return Answer(Who.SILENT, f"nothing answers; {stream.last_words()}")


def _ask_once(stream: Stream, port: Port, session: int) -> Answer | None:
    request = hello_request(session)
    stream.write([request], nudge=True)
    deadline_ms = port.now_ms() + ANSWER_MS
    while (left_ms := deadline_ms - port.now_ms()) > 0:
        for frame in stream.read(left_ms):
            if frame.name == "Hello" and frame["nonce"] == request["nonce"]:
                return _answer(frame)
    if stream.echoes(request):
        raise ReplAnswers(port.name)
    return None


def _answer(frame: Frame) -> Answer:
    theirs, ours = frame["definition_hash"], definition_hash()
    if theirs != ours:
        return Answer(
            Who.OTHER_PROTOCOL,
            f"a hub whose frames are of definition {theirs.hex().upper()}; this side's are of "
            f"{ours.hex().upper()}",
        )
    hello = plain_hello(frame)
    return Answer(
        Who.HUB,
        f"hub {hello.firmware_version} of sources {hello.source_sha256[:12].upper()} on "
        f"{interpreter_of(hello)}; key: {hello.key}",
        hello,
    )


def interpreter_of(hello: Hello) -> str:
    """What a hub runs on: no version is CPython (firmware/commshub/board.py)."""
    version = hello.micropython_version
    return "CPython" if version == "0.0.0" else f"MicroPython {version}"
