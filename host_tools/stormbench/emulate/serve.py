"""The loop: what tools write goes to the board, the board runs on, what it sends goes to them.

As a USB host does it takes from the board only what a tool has room for, and from a tool only
what the board has taken the last of; who does not read holds up nobody but its own port.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from stormbench.emulate.end import End
from stormbench.emulate.pace import Pace
from stormbench.errors import LinkLost

_PIECE_BYTES = 4_096
_REST_S = 0.001
"""Between two looks while the board is as far as the clock is: a USB frame."""


class Board(Protocol):
    """What is asked of the emulated Pico, see there."""

    @property
    def now_us(self) -> int: ...

    @property
    def core_lost(self) -> str | None: ...

    @property
    def is_connected(self) -> bool: ...

    @property
    def enumerations(self) -> int: ...

    @property
    def pipe_count(self) -> int: ...

    def run_until(self, deadline_us: int, stop_when: Callable[[], bool] | None = None) -> bool: ...

    def write(self, chunk: bytes, pipe: int = 0) -> None: ...

    def read(self, pipe: int = 0) -> bytes: ...

    def waiting_bytes(self, pipe: int = 0) -> int: ...

    def unsent_bytes(self, pipe: int = 0) -> int: ...

    def set_dtr(self, has_dtr: bool, pipe: int = 0) -> None: ...

    def set_reading(self, is_reading: bool, pipe: int = 0) -> None: ...


class _Line:
    """One pipe of the board and its end, which is there as long as one enumeration lasts."""

    def __init__(self, board: Board, pipe: int, end: End) -> None:
        self._board, self._pipe, self._end = board, pipe, end
        self._held = b""
        self._shown: int | None = None  # the enumeration
        self._is_open = False

    def look(self) -> None:
        """Whether the board shows the port, and whether a tool has it open."""
        is_there = self._board.is_connected and self._pipe < self._board.pipe_count
        shown = self._board.enumerations if is_there else None
        if shown != self._shown:
            if self._shown is not None:
                self._end.vanish()
            if shown is not None:
                self._end.appear()
            self._shown = shown
            self._open(False)
        if self._shown is not None and self._end.is_open() != self._is_open:
            self._open(not self._is_open)

    def _open(self, is_open: bool) -> None:
        self._is_open, self._held = is_open, b""
        self._board.set_dtr(is_open, self._pipe)
        self._board.set_reading(is_open, self._pipe)

    def carry_in(self) -> None:
        """From the tool to the board."""
        if self._is_open and not self._board.unsent_bytes(self._pipe):
            self._board.write(self._end.take(_PIECE_BYTES), self._pipe)

    def has_news(self) -> bool:
        """Whether the board has sent something that can be carried on."""
        return self._is_open and not self._held and self._board.waiting_bytes(self._pipe) > 0

    def carry_out(self) -> None:
        """From the board to the tool."""
        if not self._is_open:
            return
        self._held = self._held or self._board.read(self._pipe)
        if self._held:
            self._held = self._held[self._end.give(self._held) :]
            self._board.set_reading(not self._held, self._pipe)


def serve(
    board: Board,
    ends: Sequence[End],
    wall_us: Callable[[], int],
    rest: Callable[[float], None],
    on_there: Callable[[], None] = lambda: None,
    is_over: Callable[[], bool] = lambda: False,
) -> None:
    """Serve tools until it is over.

    Args:
        ends: by pipe.
        wall_us: the wall clock.
        rest: waits so many seconds.
        on_there: called once the ports are there to be opened.

    Raises:
        LinkLost: the board executes no more. HubTimeout: see `EmulatedPico.run_until`.
    """
    lines = [_Line(board, pipe, end) for pipe, end in enumerate(ends)]
    for line in lines:
        line.look()
    on_there()
    pace = Pace(board.now_us, wall_us())
    while not is_over():
        for line in lines:
            line.look()
            line.carry_in()
        until_us = pace.until_us(board.now_us, wall_us())
        board.run_until(until_us, lambda: any(line.has_news() for line in lines))
        for line in lines:
            line.carry_out()
        if board.core_lost is not None:
            raise LinkLost(f"the emulated Pico has stopped: {board.core_lost}")
        if board.now_us >= until_us:
            rest(_REST_S)
