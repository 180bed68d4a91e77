"""Says on stderr how far long work is, how fast it goes and what is left, once it takes long."""

import threading
from time import monotonic

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_SILENT_S = 2.0
_EVERY_S = 2.0
"""A line, where there is no terminal to draw a bar on."""
_MINUTE_S, _HOUR_S = 60.0, 3600.0


class CountProgress:
    """Call it with how many more are done; any thread may.

    Args:
        text: what is done.
        total: how many there are.
        is_bar: False where the terminal is for what is printed meanwhile.
    """

    def __init__(self, text: str, total: int, is_bar: bool = True) -> None:
        self._text, self._total = text, total
        self._console = Console(stderr=True)
        self._is_bar = is_bar and self._console.is_terminal
        self._bar = Progress(
            TextColumn("[progress.description]{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._task = self._bar.add_task(text, total=total, rate="")
        self._lock = threading.Lock()
        self._begun_s = monotonic()
        self._due_s = self._begun_s + _SILENT_S
        self._done = 0

    def __enter__(self) -> "CountProgress":
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_bar:
            self._bar.stop()

    def __call__(self, count: int = 1) -> None:
        """Take note of `count` more."""
        with self._lock:
            self._done += count
            now_s = monotonic()
            if self._is_bar:
                self._bar.update(self._task, completed=self._done, rate=self._rate(now_s))
            if now_s >= self._due_s and self._done:
                self._due_s = now_s + _EVERY_S
                self._say(now_s)

    def _say(self, now_s: float) -> None:
        if self._is_bar:
            self._bar.start()  # which may be called again
            return
        each_s = (now_s - self._begun_s) / self._done
        click.echo(
            f"stormbench: {self._text}: {self._done:,} of {self._total:,}, {self._rate(now_s)}, "
            f"{_shown(each_s * (self._total - self._done))} left",
            err=True,
        )

    def _rate(self, now_s: float) -> str:
        took_s = max(now_s - self._begun_s, 0.001)
        if 0 < self._done < took_s:
            return f"{took_s / self._done:,.1f} s each"
        return f"{self._done / took_s:,.1f} a second"


def _shown(left_s: float) -> str:
    if left_s < 2 * _MINUTE_S:
        return f"{left_s:,.0f} s"
    if left_s < 2 * _HOUR_S:
        return f"{left_s / _MINUTE_S:,.0f} min"
    return f"{left_s / _HOUR_S:,.1f} h"
