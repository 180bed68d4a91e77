"""A port with a pretended board behind it: MicroPython's REPL, and after a reset the hub.

Code for the raw REPL is run by `PretendBoard`. What becomes of the board when it boots, a hub or
again a REPL, depends on whether there is a main.py by then.
"""

from typing import Any

from hubwire.framing import Frame
from link_bench import ScriptedPort, encode
from pretend_board import PretendBoard
from stormbench.deploy.firmware import MAIN
from stormbench.errors import LinkLost
from stormbench.image.identity import firmware_sha256
from stormbench.link.raw_repl import END, ENTER_RAW, RAW_PROMPT, CodeFailed
from stormbench.tree import firmware_sources

HEAP_USED, HEAP_FREE = 178_384, 67_760
OURS = bytes.fromhex(firmware_sha256(firmware_sources()))


class PretendPico:
    """The port of a board that is at its REPL.

    Attributes:
        hub: the values of its Hello, once it is one.
        boots: how often it was reset.
        is_closed: whether whoever opened the port has let go of it.
    """

    name = "pretend"

    def __init__(self, board: PretendBoard, **hub: Any) -> None:
        self.boots = 0
        self.is_closed = False
        self._board = board
        self._hub = ScriptedPort(_memory, **{"source_sha256": OURS, **hub})
        self._is_hub = self._is_lost = False
        self._said = bytearray()
        self._code = bytearray()

    def write(self, burst: bytes) -> None:
        self._require_link()
        if self._is_hub:
            self._hub.write(burst)
        elif burst == ENTER_RAW:
            self._said += b"\r\n" + RAW_PROMPT
        elif burst == END:
            self._board.soft_reset()
            self._said += b"OK\r\n" + RAW_PROMPT
        elif burst.endswith(END):
            self._run(burst.removesuffix(END).decode())
        else:
            self._said += burst  # the friendly REPL says again what it hears

    def read(self, timeout_ms: int) -> bytes:
        self._require_link()
        if self._is_hub:
            return self._hub.read(timeout_ms)
        said, self._said = bytes(self._said), bytearray()
        self._hub.pass_ms(1 if said else timeout_ms)
        return said

    def now_ms(self) -> int:
        return self._hub.now_ms()

    def pass_ms(self, duration_ms: int) -> None:
        self._hub.pass_ms(duration_ms)

    def reopen(self) -> None:
        self._is_lost = False

    def close(self) -> None:
        self.is_closed = True

    def _run(self, code: str) -> None:
        if "machine.reset()" in code:
            self.boots += 1
            self._is_hub = MAIN in self._board.files()
            self._is_lost = True
            return
        try:
            printed, fault = self._board.run(code, 0), ""
        except CodeFailed as error:
            printed, fault = "", error.traceback
        self._said += b"OK" + printed.encode() + END + fault.encode() + END + b">"

    def _require_link(self) -> None:
        if self._is_lost:
            raise LinkLost("pretend: lost")


def _memory(frame: Frame) -> bytes:
    assert frame.name == "GetMemory", frame.name
    values = {"heap_used": HEAP_USED, "heap_free": HEAP_FREE, "collect_us": 23_000}
    return encode(Frame("Memory", 0, {**values, "command_seq": frame.seq}, frame.boot))
