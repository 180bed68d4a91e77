"""Says on stderr how far a storm is, how fast it goes and what is left, once it takes long."""

import threading
from time import monotonic

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_SILENT_S = 2.0
_EVERY_S = 2.0
"""A line, where there is no terminal to draw a bar on."""


class RateProgress:
    """Call it with how many more were sent; any thread may."""

    def __init__(self, text: str, total: int) -> None:
        self._text, self._total = text, total
        self._console = Console(stderr=True)
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

    def __enter__(self) -> "RateProgress":
        return self

    def __exit__(self, *_: object) -> None:
        if self._console.is_terminal:
            self._bar.stop()

    def __call__(self, count: int) -> None:
        """Take note of `count` more."""
        with self._lock:
            self._done += count
            now_s = monotonic()
            if self._console.is_terminal:
                rate = f"{self._rate(now_s):,.0f} a second"
                self._bar.update(self._task, completed=self._done, rate=rate)
            if now_s >= self._due_s:
                self._due_s = now_s + _EVERY_S
                self._say(now_s)

    def _rate(self, now_s: float) -> float:
        return self._done / max(now_s - self._begun_s, 0.001)

    def _say(self, now_s: float) -> None:
        if self._console.is_terminal:
            self._bar.start()  # which may be called again
            return
        rate = self._rate(now_s)
        left_s = (self._total - self._done) / rate
        click.echo(
            f"stormbench: {self._text}: {self._done:,} of {self._total:,} sent, {rate:,.1f} a "
            f"second, {left_s:,.0f} s left",
            err=True,
        )
