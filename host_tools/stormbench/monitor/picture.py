"""The screen as an SVG picture: the same picture of the same state, whoever makes it where.

Rich draws it; its own frame around it asks another host for a font, ours takes what is there, a
little larger, so that lines of boxes meet.
"""

import io
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME

from stormbench.errors import HostToolError
from stormbench.monitor.screen import COLUMNS, LINES, Screen
from stormbench.monitor.watch import Watches
from stormbench.printable import printable

_FRAME = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
font-family: "Fira Code", "DejaVu Sans Mono", Menlo, Consolas, monospace;
font-size: 21px; line-height: {line_height}px;
}}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


class PictureNotWritten(HostToolError):
    """All was watched, and its picture could not be kept."""


def svg(watches: Watches) -> str:
    """The screen of 80 by 24 characters, with colours, as an SVG document."""
    console = Console(
        file=io.StringIO(),
        record=True,
        width=COLUMNS,
        height=LINES,
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
        _environ={},
    )
    console.print(Screen(watches, fills=True), height=LINES, end="")
    drawn = console.export_svg(
        title="stormbench monitor",
        theme=SVG_EXPORT_THEME,
        code_format=_FRAME,
        unique_id="monitor",
    )
    return "\n".join(line.rstrip() for line in drawn.splitlines()) + "\n"


def write_svg(path: Path, watches: Watches) -> None:
    """Write it.

    Raises:
        PictureNotWritten: the drive is full, or the folder cannot be written.
    """
    try:
        path.write_text(svg(watches), encoding="utf-8")
    except OSError as error:
        raise PictureNotWritten(
            f"{printable(str(path))}: cannot be written: {error.strerror}"
        ) from error
