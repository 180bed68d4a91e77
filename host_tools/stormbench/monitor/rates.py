"""Alerts per second and per minute as they are shown: over how long they are taken.

Before so much has been watched, over what has. Pure.
"""

from stormbench.monitor.tally import SPAN_S, Tally

_PER_SECOND_OVER_S = 10
"""Long enough for a figure that can be read, short enough to see a storm end (chosen)."""
_MINUTE_S = 60


def per_second(tally: Tally, now_ms: int) -> float:
    """Over the last ten seconds."""
    return _per_second_over(tally, now_ms, _PER_SECOND_OVER_S)


def per_minute(tally: Tally, now_ms: int) -> float:
    """Over the last minute."""
    return _per_second_over(tally, now_ms, _MINUTE_S) * _MINUTE_S


def curve_span_s(now_ms: int) -> int:
    """How far back a curve goes: a minute, then the ten of a flood."""
    return _MINUTE_S if now_ms <= _MINUTE_S * 1000 else SPAN_S


def _per_second_over(tally: Tally, now_ms: int, span_s: int) -> float:
    watched_s = now_ms // 1000 + 1  # the second under way counts as one
    return tally.within(now_ms, span_s) / min(span_s, watched_s)
