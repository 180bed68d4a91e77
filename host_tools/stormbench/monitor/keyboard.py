"""Whether a key was pressed, without waiting for one; the terminal is as before afterwards."""

import os
import sys
from collections.abc import Callable
from types import TracebackType

if sys.platform == "win32":
    import msvcrt

    def _without_lines() -> Callable[[], None]:
        """Windows tells keys at once; nothing is to be restored."""
        return lambda: None

    def _keys() -> str:
        return msvcrt.getwch() if msvcrt.kbhit() else ""
else:
    import select
    import termios
    import tty

    def _without_lines() -> Callable[[], None]:
        """Let each key be told at once, and Ctrl-C interrupt as before; what restores it."""
        before = termios.tcgetattr(sys.stdin)
        tty.setcbreak(sys.stdin)
        return lambda: termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)

    def _keys() -> str:
        """Past the buffers of sys.stdin, which would keep a part of them back."""
        is_waiting, _, _ = select.select([sys.stdin], [], [], 0)
        return os.read(sys.stdin.fileno(), 64).decode(errors="replace") if is_waiting else ""


class Keyboard:
    """The keyboard of the terminal at stdin; where there is none no key is ever pressed."""

    def __init__(self) -> None:
        self.is_there = sys.stdin is not None and sys.stdin.isatty()
        self._restore: Callable[[], None] | None = None

    def __enter__(self) -> "Keyboard":
        if self.is_there:
            self._restore = _without_lines()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._restore is not None:
            self._restore()
            self._restore = None

    def pressed(self) -> str:
        """The keys since the last call."""
        return _keys() if self.is_there else ""
