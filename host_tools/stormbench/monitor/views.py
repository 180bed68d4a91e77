"""Where a state is shown while it changes: a terminal's whole screen, or lines without one.

A dumb terminal, a pipe and a file get lines. Colours are as NO_COLOR and the terminal have it.
"""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol

from rich.console import Console
from rich.live import Live

from stormbench.monitor import words
from stormbench.monitor.keyboard import Keyboard
from stormbench.monitor.plain import VERDICTS
from stormbench.monitor.rates import per_second
from stormbench.monitor.screen import Screen
from stormbench.monitor.watch import Watches
from stormbench.printable import printable

_REFRESH_S = 0.25
"""Four times a second: a change is seen at once, and a busy PC has time for the link (chosen)."""


class View(Protocol):
    """Shows the state; a context, at whose end the terminal is as before."""

    every_s: float

    def __enter__(self) -> "View": ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def show(self) -> bool:
        """Show it as it is now; False: a person has seen enough."""

    def linger(self) -> None:
        """Nothing more comes: show it until a person has seen enough, if there is one."""


def plain_console(*, stderr: bool = False) -> Console:
    """Writes what it is given, and takes nothing in it for markup."""
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def view_for(
    console: Console, watches: Watches, every_s: float, say: Callable[[str], None]
) -> View:
    """The screen, where the console is one; else lines, every so many seconds, to `say`."""
    if console.is_terminal and not console.is_dumb_terminal:
        return WholeScreen(console, watches)
    return Lines(watches, every_s, say)


class WholeScreen:
    """A terminal's other screen, and its keyboard."""

    every_s = _REFRESH_S

    def __init__(self, console: Console, watches: Watches) -> None:
        self._keyboard = Keyboard()
        hint = "q ends" if self._keyboard.is_there else "Ctrl-C ends"
        self._screen = Screen(watches, hint, fills=True)
        self._live = Live(self._screen, console=console, screen=True, auto_refresh=False)

    def __enter__(self) -> "WholeScreen":
        self._keyboard.__enter__()
        self._live.start(refresh=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._live.stop()
        finally:
            self._keyboard.__exit__(kind, error, trace)

    def show(self) -> bool:
        """Draw it; False: q was pressed."""
        self._live.refresh()
        return "q" not in self._keyboard.pressed().lower()

    def linger(self) -> None:
        """Until q is pressed."""
        while self.show():
            time.sleep(_REFRESH_S)


class Lines:
    """A line now and then."""

    def __init__(self, watches: Watches, every_s: float, say: Callable[[str], None]) -> None:
        self.every_s = every_s
        self._watches = watches
        self._say = say

    def __enter__(self) -> "Lines":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to restore."""

    def show(self) -> bool:
        """A line, once a session has begun."""
        if self._watches.shown:
            self._say(line_of(self._watches))
        return True

    def linger(self) -> None:
        """Nobody is there to wait for."""


def line_of(watches: Watches) -> str:
    """The state in a line."""
    watch = watches.watch
    rates = (
        f"{name} {words.rate(per_second(flow.tally, watch.now_ms))}/s"
        for name, flow in (("in", watch.coming), ("out", watch.leaving))
    )
    verdicts = (f"{name} {words.share(watch.share(name))}" for name in VERDICTS)
    levels = [incident.level for incident in watch.throttled.incidents.values()]
    floods = (
        name for name, flow in (("in", watch.coming), ("out", watch.leaving)) if flow.is_flood
    )
    return printable(
        f"{words.clock(watch.now_ms)} {watch.hub}: {', '.join(rates)}; {', '.join(verdicts)}; "
        f"{levels.count('red')} red, {levels.count('amber')} amber; "
        f"{len(watch.throttled.overloads)} overloaded; flood {' and '.join(floods) or 'none'}"
    )
