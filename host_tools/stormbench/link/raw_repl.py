"""MicroPython's raw REPL on a port: run a piece of code on the board, get what it printed.

mpremote has one too, but it opens its port itself and waits by the wall clock; this one waits by
the port's own time, which is the board's where that is emulated.

Source: MicroPython 1.25, shared/runtime/pyexec.c, `do_reader_stdin` and `pyexec_raw_repl`.
"""

from contextlib import suppress

from stormbench.errors import HostToolError, HubTimeout, LinkLost
from stormbench.link.port import Port

ENTER_RAW = b"\r\x03\x03\x01"
"""A new line, Ctrl-C twice, Ctrl-A."""

RAW_PROMPT = b"raw REPL; CTRL-B to exit\r\n>"
END = b"\x04"
"""Ctrl-D: the end of the code, of what it printed, of its traceback; alone, a soft reset."""

LEAVE_RAW = b"\x02"
"""Ctrl-B."""

STARTED = b"OK"

_ANSWER_MS = 2_000
_BOOT_MS = 10_000
_AGAIN_MS = 200
_SHOWN_BYTES = 500


class CodeFailed(HostToolError):
    """The code on the board ended with an exception.

    Args:
        name: of the port.
        traceback: as the board printed it.
    """

    def __init__(self, name: str, traceback: str) -> None:
        self.traceback = traceback
        lines = traceback.strip().splitlines()
        super().__init__(f"{name}: code on the board failed: {' | '.join(lines)}")


class RawRepl:
    """The raw REPL of a board whose firmware has left.

    Args:
        port: where the board's REPL is; whoever opened it closes it.
    """

    def __init__(self, port: Port) -> None:
        self._port = port
        self._heard = bytearray()

    def enter(self) -> None:
        """Stop what runs, and enter.

        Raises:
            HubTimeout: no prompt comes. LinkLost.
        """
        self._heard.clear()
        self._port.write(ENTER_RAW)
        self._until(RAW_PROMPT, _ANSWER_MS)

    def leave(self) -> None:
        """Let the REPL be one for people again."""
        self._port.write(LEAVE_RAW)

    def soft_reset(self) -> None:
        """Begin with an empty heap; in the raw REPL the board's main.py is not run.

        A board that takes its USB down meanwhile is opened again.
        """
        self.enter()  # whatever the code before has left unread is no code
        try:
            self._port.write(END)
            self._until(RAW_PROMPT, _BOOT_MS)
        except LinkLost:
            self.await_port()
            self.enter()

    def await_port(self) -> None:
        """Open the port again once it is there: a board that is shown anew is away for a while.

        Raises:
            LinkLost: it does not come back.
        """
        deadline_ms = self._port.now_ms() + _BOOT_MS
        while True:
            try:
                self._port.reopen()
                return
            except LinkLost:
                if self._port.now_ms() >= deadline_ms:
                    raise
                self._port.pass_ms(_AGAIN_MS)

    def start(self, code: str) -> None:
        """Let code begin, and do not wait for its end: see `ended`."""
        self._heard.clear()
        self._port.write(code.encode() + END)
        self._until(STARTED, _ANSWER_MS)

    def await_text(self, text: str, timeout_ms: int) -> None:
        """Wait until the code that was started has printed this.

        Raises:
            HubTimeout: it does not.
        """
        self._until_code_says(text.encode(), timeout_ms)

    def ended(self, timeout_ms: int) -> str:
        """What the code that was started has printed to its end.

        It may show the board anew on the USB, as the hub does that adds a port of its own.

        Raises:
            CodeFailed: it ended with an exception. HubTimeout: it did not end in time.
        """
        printed = self._until_code_says(END, timeout_ms)
        fault = self._until(END + b">", _ANSWER_MS)
        if fault:
            raise CodeFailed(self._port.name, fault.decode(errors="replace"))
        return printed.decode(errors="replace")

    def run(self, code: str, timeout_ms: int) -> str:
        """Run code to its end; what it printed.

        Raises:
            CodeFailed, HubTimeout: see `ended`.
        """
        self.start(code)
        return self.ended(timeout_ms)

    def reset_board(self) -> None:
        """Let the board boot anew, main.py and all; the port is lost until it is opened again."""
        with suppress(LinkLost, HubTimeout):
            self.enter()  # whatever the code before has left unread is no code
            self.run("import machine; machine.reset()", _ANSWER_MS)

    def _until_code_says(self, end: bytes, timeout_ms: int) -> bytes:
        try:
            return self._until(end, timeout_ms)
        except LinkLost:
            self.await_port()
            return self._until(end, timeout_ms)

    def _until(self, end: bytes, timeout_ms: int) -> bytes:
        """What comes before `end`, which is taken too."""
        deadline_ms = self._port.now_ms() + timeout_ms
        while end not in self._heard:
            left_ms = deadline_ms - self._port.now_ms()
            if left_ms <= 0:
                shown = bytes(self._heard[-_SHOWN_BYTES:])
                raise HubTimeout(
                    f"no {end!r} from MicroPython's REPL within {timeout_ms} ms on "
                    f"{self._port.name}; {len(self._heard)} bytes came, at last {shown!r}; reset "
                    "the board and try again"
                )
            self._heard += self._port.read(left_ms)
        before, _, rest = bytes(self._heard).partition(end)
        self._heard[:] = rest
        return before
