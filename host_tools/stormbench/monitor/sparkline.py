"""A curve as a line of text. Pure."""

from collections.abc import Sequence

BLOCKS = " ▁▂▃▄▅▆▇█"
ASCII = " .:-=+*#@"
"""For a terminal without block characters."""


def sparkline(values: Sequence[int], highest: int, levels: str = BLOCKS) -> str:
    """A character for each value, 0 to `highest`; what is not 0 can be seen, however small.

    Args:
        levels: characters from nothing to the highest.
    """
    top = len(levels) - 1
    return "".join(
        levels[max(1, min(top, round(value * top / highest)))] if value and highest else levels[0]
        for value in values
    )
