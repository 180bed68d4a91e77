"""The screen: panels put together for the width and height that there is, 80 by 24 and more."""

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.segment import Segment
from rich.table import Table

from stormbench.monitor import panels
from stormbench.monitor.sparkline import ASCII, BLOCKS
from stormbench.monitor.watch import Watches

COLUMNS, LINES = 80, 24
"""Of the smallest screen that has room for all: a VT100's."""

_REST_LINES = 2 + panels.ALERTS_LINES + panels.STATE_LINES


class Screen:
    """Draws the session that is looked at.

    Args:
        hint: what a person can do, in a word or two.
        fills: as high as the console, whatever there is to show; else as high as that.
    """

    def __init__(self, watches: Watches, hint: str = "", *, fills: bool = False) -> None:
        self._watches = watches
        self._hint = hint
        self._fills = fills

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """All of it; a console that is too low cuts off the end."""
        watch, width = self._watches.watch, options.max_width
        state_lines, kinds_lines = panels.STATE_LINES, panels.lines_of_kinds(watch)
        if self._fills:  # `options.height` gets lost between Rich's own renderables
            kinds_lines = max(3, options.max_height - _REST_LINES)
        else:
            state_lines = max(state_lines, 2 + len(watch.throttled.incidents))
        half = width // 2
        levels = ASCII if options.ascii_only else BLOCKS
        screen = Group(
            panels.title(self._watches, self._hint),
            _halves(panels.alerts(watch, half, levels), panels.flood_measures(watch)),
            _halves(panels.incidents(watch, state_lines), panels.link(watch, state_lines)),
            panels.kinds(watch, width, kinds_lines),
            panels.footer(watch),
        )
        rendered = console.render(screen, options)
        yield from map(_in_ascii, rendered) if options.ascii_only else rendered


def _in_ascii(segment: Segment) -> Segment:
    """What Rich puts where it leaves something out, and names of hubs, may be more than ASCII."""
    text = segment.text.replace("…", "~").encode("ascii", "replace").decode()
    return Segment(text, segment.style, segment.control)


def _halves(left: RenderableType, right: RenderableType) -> Table:
    row = Table.grid(expand=True)
    row.add_column(ratio=1)
    row.add_column(ratio=1)
    row.add_row(left, right)
    return row
