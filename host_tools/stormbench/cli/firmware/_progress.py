"""Says on stderr what takes long: a bar on a terminal, a line for each step elsewhere."""

import time
from types import TracebackType

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
        self._started_s = time.monotonic()
        self._shown = ""

    def __enter__(self) -> "StepProgress":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def __call__(self, text: str, share: float | None) -> None:
        """Take note of a step, and of the share of it that is done: 0 to 1, or None."""
        if time.monotonic() - self._started_s < _SILENT_S:
            return
        if not self._console.is_terminal:
            self._say_once(text)
            return
        self._bar.start()
        total = None if share is None else 1.0
        self._bar.update(self._task, description=text, completed=share or 0.0, total=total)

    def _say_once(self, text: str) -> None:
        if text != self._shown:
            self._console.print(f"stormbench: {text}", markup=False, highlight=False)
            self._shown = text
