"""Frames over a port: what is none is counted, and text between frames is kept for people.

Knows no conversation: which frame answers which is for others to tell.
"""

from collections import deque
from collections.abc import Iterable

from hubwire.errors import FrameDamaged, ProtocolError, UnknownVersion
from hubwire.frames import CELL_BYTES
from hubwire.framing import (
    DELIMITER,
    LARGEST_BODY_BYTES,
    Frame,
    Receiver,
    burst_of,
    cells_of,
    encode,
)
from stormbench.errors import ForeignHub
from stormbench.link.port import Port
from stormbench.link.witness import Nobody, Witness
from stormbench.printable import printable

_NUDGE = DELIMITER * CELL_BYTES
"""Fills whatever cell the hub may be waiting to fill; what is left over is skipped."""

_LONG_NUDGE = DELIMITER * (cells_of(LARGEST_BODY_BYTES) * CELL_BYTES)
"""Fills what a hub wants of a frame of which it got only half."""

_PACKET_BYTES = 64
"""Of USB at full speed. The hub's own port sees nothing of a burst that ends with a whole packet,
because more may follow (firmware/commshub/usb_link.py); an empty frame behind it costs nothing."""

_LOG_LINES = 1000
_LEAST_TEXT = 8
_TAIL_BYTES = 512
"""Enough for a greeting that comes back in pieces, and for a prompt."""

_PROMPTS = (b">>> ", b"raw REPL; CTRL-B to exit\r\n>")
"""The end of what MicroPython says when it waits for a person (shared/runtime/pyexec.c)."""


class ReplAnswers(ForeignHub):
    """MicroPython's REPL, or another thing that echoes, is there in place of the firmware."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name}: MicroPython's REPL answers in place of the hub's firmware. Nothing more is "
            "sent, because it could run as a program. Reset the board, or plug it in anew; if "
            "it answers like that once more, there is no hub on it: `stormbench doctor` says "
            "which command brings one there"
        )


def _as_shown(octets: bytes) -> bytes:
    return bytes(octet for octet in octets if octet < 0x80)


class Stream:
    """The frames on one port.

    `damaged` counts stretches that were no frames; `log` has what the firmware said to people,
    oldest first: Log frames, and text between frames. `witness` sees all bytes, both ways. `port`
    may be changed between two calls, for one that leads to the same hub.
    """

    def __init__(self, port: Port, witness: Witness | None = None) -> None:
        self.damaged = 0
        self.log: deque[str] = deque(maxlen=_LOG_LINES)
        self.last_bytes = b""
        self._tail = b""  # of all that came
        self.port = port
        self._witness = witness or Nobody()
        self._receiver = Receiver()
        self._is_silent = False  # no frame has come since a nudge

    def restart(self) -> None:
        """The port was opened again: what was begun is not continued."""
        self._receiver = Receiver()
        self._tail = b""
        self._witness.on_reopened()

    def end(self) -> None:
        """Nothing more is read or written."""
        self._witness.on_closed()

    def write(self, frames: Iterable[Frame], *, nudge: bool = False) -> None:
        """Send frames in one burst, each padded to cells.

        Raises:
            LinkLost: the other side is gone. FieldOutOfRange: a value does not fit.
        """
        burst = burst_of(frames)
        if nudge:
            burst = (_LONG_NUDGE if self._is_silent else _NUDGE) + burst
            self._is_silent = True
        if burst and len(burst) % _PACKET_BYTES == 0:
            burst += DELIMITER
        self._witness.on_sent(burst)
        self.port.write(burst)

    def read(self, timeout_ms: int) -> list[Frame]:
        """The frames of what comes next, within `timeout_ms` of the port's time; maybe none.

        Raises:
            LinkLost: the other side is gone. ForeignHub: it speaks another version. ReplAnswers:
                see there.
        """
        chunk = self.port.read(timeout_ms)
        if not chunk:
            return []
        self._witness.on_came(chunk)
        self.last_bytes = chunk
        self._tail = (self._tail + chunk)[-_TAIL_BYTES:]
        if self._tail.endswith(_PROMPTS):
            raise ReplAnswers(self.port.name)
        frames = list(filter(None, map(self._frame, self._receiver.feed(chunk))))
        self._is_silent = self._is_silent and not frames
        return frames

    def echoes(self, frame: Frame) -> bool:
        """Whether `frame` is among what came last: no hub says what it was told.

        MicroPython's REPL does not show bytes from 80 on (shared/readline/readline.c); most frames
        have some.
        """
        return _as_shown(encode(frame).strip(DELIMITER)) in _as_shown(self._tail)

    def last_words(self) -> str:
        """What came last, and what the firmware said last to people."""
        pending = self.last_bytes
        shown = "nothing came at all"
        if pending:
            shown = f"the last {len(pending)} bytes: {pending[:32].hex(' ').upper()}"
        if not self.log:
            return shown
        return f"{shown}; the firmware said: {' | '.join(self.log[-1].strip().splitlines()[-2:])}"

    def _frame(self, item: Frame | ProtocolError) -> Frame | None:
        if isinstance(item, UnknownVersion):
            raise ForeignHub(f"{self.port.name}: {item}; flash the firmware of this version")
        if isinstance(item, FrameDamaged):
            self._keep_text(item.stretch)
        if isinstance(item, ProtocolError):
            self.damaged += 1
            return None
        if item.name == "Log":
            self.log.append(item["text"].decode(errors="replace"))
            return None
        return item

    def _keep_text(self, stretch: bytes) -> None:
        """What a person could have meant to read: a traceback, a banner."""
        text = stretch.decode("ascii", errors="replace")
        readable = sum(letter.isprintable() or letter.isspace() for letter in text)
        if len(text) >= _LEAST_TEXT and "\ufffd" not in text and readable == len(text):
            self.log.append(printable(text))
