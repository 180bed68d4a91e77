"""An emulated board for any tool: what is carried when, and how fast its time goes."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stormbench.emulate.pace import Pace
from stormbench.emulate.serve import serve
from stormbench.errors import LinkLost

FORGIVEN_US = 250_000
steps = st.lists(
    st.tuples(st.integers(0, 2_000_000), st.floats(0, 1)), max_size=30
)  # wall time that passes, and which part of what it may the board comes to


@given(steps)
def test_device_time_is_never_ahead_of_wall_time_nor_runs_faster(
    passed: list[tuple[int, float]],
) -> None:
    pace = Pace(0, 1_000)
    device_us, wall_us = 0, 1_000
    for wall_step_us, part in passed:
        wall_us += wall_step_us
        until_us = pace.until_us(device_us, wall_us)
        assert device_us <= until_us <= wall_us - 1_000
        assert until_us - device_us <= FORGIVEN_US
        device_us += int((until_us - device_us) * part)


def test_board_that_keeps_up_is_as_far_as_the_wall_clock() -> None:
    pace, device_us = Pace(7, 0), 7
    for wall_us in range(0, 10_000_000, 100_000):
        device_us = pace.until_us(device_us, wall_us)
    assert device_us == wall_us + 7


class Board:
    """Takes what it is sent at once, and does as it is told."""

    def __init__(self, pipes: int = 2) -> None:
        self.now_us = 0
        self.core_lost: str | None = None
        self.is_connected = True
        self.enumerations = 1
        self.pipe_count = pipes
        self.came: dict[int, bytes] = {0: b"", 1: b""}
        self.says: dict[int, bytes] = {0: b"", 1: b""}
        self.dtr: dict[int, bool] = {}
        self.reading: dict[int, bool] = {}
        self.unsent = 0

    def run_until(self, deadline_us: int, stop_when: Callable[[], bool] | None = None) -> bool:
        self.now_us = deadline_us
        return False

    def write(self, chunk: bytes, pipe: int = 0) -> None:
        self.came[pipe] += chunk

    def read(self, pipe: int = 0) -> bytes:
        said, self.says[pipe] = self.says[pipe], b""
        return said

    def waiting_bytes(self, pipe: int = 0) -> int:
        return len(self.says[pipe])

    def unsent_bytes(self, pipe: int = 0) -> int:
        return self.unsent

    def set_dtr(self, has_dtr: bool, pipe: int = 0) -> None:
        self.dtr[pipe] = has_dtr

    def set_reading(self, is_reading: bool, pipe: int = 0) -> None:
        self.reading[pipe] = is_reading


class Tool:
    """An end that a tool has open, or not; it has room for so many bytes."""

    name = "tool"

    def __init__(self, is_opened: bool = True, room: int = 1_000) -> None:
        self.is_opened, self.room = is_opened, room
        self.writes = b""
        self.came = b""
        self.seen: list[str] = []

    def appear(self) -> None:
        self.seen.append("there")

    def vanish(self) -> None:
        self.seen.append("gone")

    def is_open(self) -> bool:
        return self.is_opened

    def take(self, most_bytes: int) -> bytes:
        taken, self.writes = self.writes, b""
        return taken

    def give(self, octets: bytes) -> int:
        given = octets[: self.room]
        self.came += given
        self.room -= len(given)
        return len(given)

    def close(self) -> None:
        self.vanish()


class Served:
    """A board and two tools, and what happens at each turn."""

    def __init__(self, board: Board, *tools: Tool) -> None:
        self.board, self.tools = board, tools
        self.rested_s = 0.0
        self._wall_us = 0

    def turn(self, *happenings: Callable[[], None]) -> None:
        """So many turns, each with what happens before it, and one more."""
        coming = [*happenings, lambda: None]

        def is_over() -> bool:
            if not coming:
                return True
            coming.pop(0)()
            return False

        serve(self.board, self.tools, lambda: self._wall_us, self._rest, self.on_there, is_over)

    def on_there(self) -> None:
        self.seen_at_first = [list(tool.seen) for tool in self.tools]

    def _rest(self, seconds: float) -> None:
        self.rested_s += seconds
        self._wall_us += round(seconds * 1_000_000)


@pytest.fixture
def board() -> Board:
    return Board()


def test_bytes_go_both_ways_each_on_its_own_port(board: Board) -> None:
    repl, own = Tool(), Tool()
    repl.writes, own.writes = b"to the REPL", b"to the hub"
    board.says = {0: b"of the REPL", 1: b"of the hub"}
    Served(board, repl, own).turn()
    assert board.came == {0: b"to the REPL", 1: b"to the hub"}
    assert (repl.came, own.came) == (b"of the REPL", b"of the hub")


def test_port_that_nobody_has_open_is_not_read_and_has_no_dtr(board: Board) -> None:
    nobody = Tool(is_opened=False)
    nobody.writes = board.says[0] = b"lost?"
    Served(board, nobody).turn()
    assert (board.came[0], board.says[0], nobody.came) == (b"", b"lost?", b"")
    assert (board.dtr[0], board.reading[0]) == (False, False)


def test_tool_that_comes_raises_dtr_and_one_that_goes_drops_it(board: Board) -> None:
    tool = Tool(is_opened=False)
    seen = []

    def come() -> None:
        tool.is_opened = True

    def go() -> None:
        seen.append(board.dtr[0])
        tool.is_opened = False

    Served(board, tool).turn(come, go)
    assert (seen, board.dtr[0]) == ([True], False)


def test_tool_that_does_not_read_holds_up_its_own_port_and_gets_all_in_the_end(
    board: Board,
) -> None:
    slow, quick = Tool(room=3), Tool()
    board.says = {0: b"abcdef", 1: b"xyz"}
    seen = []

    def make_room() -> None:
        seen.append((slow.came, quick.came, board.reading[0]))
        slow.room = 100

    Served(board, slow, quick).turn(lambda: None, make_room)
    assert seen == [(b"abc", b"xyz", False)]
    assert (slow.came, board.reading[0]) == (b"abcdef", True)


def test_nothing_is_taken_from_a_tool_while_the_board_has_not_taken_the_last_of_it(
    board: Board,
) -> None:
    tool = Tool()
    tool.writes, board.unsent = b"next", 1
    Served(board, tool).turn()
    assert (tool.writes, board.came[0]) == (b"next", b"")


def test_port_goes_with_the_board_and_comes_back_with_it(board: Board) -> None:
    tool = Tool()

    def leave() -> None:
        board.is_connected = False

    def come_back() -> None:
        board.is_connected, board.enumerations = True, 2

    Served(board, tool).turn(lambda: None, leave, come_back)
    assert tool.seen == ["there", "gone", "there"]


def test_board_that_came_back_between_two_looks_was_away(board: Board) -> None:
    tool = Tool()

    def restart() -> None:
        board.enumerations = 2

    Served(board, tool).turn(lambda: None, restart)
    assert tool.seen == ["there", "gone", "there"]


def test_ports_are_there_before_they_are_told_of(board: Board) -> None:
    served = Served(board, Tool(), Tool())
    served.turn()
    assert served.seen_at_first == [["there"], ["there"]]


def test_port_that_the_firmware_does_not_offer_is_not_there() -> None:
    own = Tool()
    Served(Board(pipes=1), Tool(), own).turn()
    assert own.seen == []


def test_while_the_board_is_as_far_as_the_clock_nothing_is_done(board: Board) -> None:
    served = Served(board, Tool())
    served.turn(*[lambda: None] * 9)
    assert served.rested_s == pytest.approx(0.01) and board.now_us == 9_000


def test_board_that_executes_no_more_is_told(board: Board) -> None:
    board.core_lost = "breakpoint"
    with pytest.raises(LinkLost, match="has stopped: breakpoint"):
        Served(board, Tool()).turn()
