"""Times into rates and spans: the arithmetic under the plots, with no plot in it."""

from collections.abc import Sequence

MOST_BINS = 160
_WIDTHS_MS = tuple(
    1000 * seconds
    for seconds in (1, 10, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400)
)
_MINUTE_MS = 60_000


def bin_width_ms(end_ms: int) -> int:
    """Choose the narrowest round width that cuts 0..end_ms into at most MOST_BINS bins."""
    fitting = (width for width in _WIDTHS_MS if end_ms < width * MOST_BINS)
    return next(fitting, -(-end_ms // MOST_BINS))


def rates_per_minute(times_ms: Sequence[int], width_ms: int, end_ms: int) -> list[float]:
    """Count alerts bin by bin from 0 up to the bin that holds `end_ms`, in alerts a minute."""
    counts = [0] * (end_ms // width_ms + 1)
    for time_ms in times_ms:
        counts[time_ms // width_ms] += 1
    return [count * _MINUTE_MS / width_ms for count in counts]


def merged(spans_ms: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join spans that overlap or touch, so that none is shaded twice."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans_ms):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
