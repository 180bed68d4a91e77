"""Says on stderr what takes long: a bar on a terminal, a line for each step elsewhere."""

import threading

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

_SILENT_S = 2.0


class StepProgress:
    """Shows steps once the whole has taken two seconds; call it with what is being done."""

    def __init__(self) -> None:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn())
        self._console = Console(stderr=True, soft_wrap=True)
        self._bar = Progress(*columns, TimeElapsedColumn(), console=self._console, transient=True)
        self._task = self._bar.add_task("", total=None)
        self._timer = threading.Timer(_SILENT_S, self._start)
        self._timer.daemon = True
        self._is_started = False
        self._text = ""

    def __enter__(self) -> "StepProgress":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._console.is_terminal:  # elsewhere it was never drawn, and would end with a line
            self._bar.stop()

    def __call__(self, text: str, share: float | None) -> None:
        """Take note of a step, and of the share of it that is done: 0 to 1, or None."""
        is_new, self._text = text != self._text, text
        total = None if share is None else 1.0
        self._bar.update(self._task, description=text, completed=share or 0.0, total=total)
        if is_new and self._is_started:
            self._say()

    def _start(self) -> None:
        self._is_started = True
        if self._console.is_terminal:
            self._bar.start()
        self._say()

    def _say(self) -> None:
        if not self._console.is_terminal:
            self._console.print(f"stormbench: {self._text}", markup=False, highlight=False)
