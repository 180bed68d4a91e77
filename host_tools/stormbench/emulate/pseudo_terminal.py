"""A pseudo-terminal as the end of a port: a file for any tool that opens serial ports.

The system names each one anew, so a link has the name that stays. POSIX alone has them: this file
is imported only where one is asked for.
"""

import os
import select
import tty
from pathlib import Path


class PseudoTerminal:
    """See `End`. Whether it is open is told by the hang-up of its other side.

    Args:
        link: what leads to it.
    """

    def __init__(self, link: Path) -> None:
        self.name = str(link)
        self._link = link
        self._ours: int | None = None
        self._poll = select.poll()

    def appear(self) -> None:
        """Make one, and let the link lead there."""
        self._ours, theirs = os.openpty()
        tty.setraw(theirs)  # bytes as they are; it stays so for whoever opens it
        self._link.symlink_to(os.ttyname(theirs))
        os.close(theirs)
        os.set_blocking(self._ours, False)
        self._poll.register(self._ours, select.POLLIN)

    def vanish(self) -> None:
        """Hang up."""
        if self._ours is None:
            return
        self._link.unlink(missing_ok=True)
        self._poll.unregister(self._ours)
        os.close(self._ours)
        self._ours = None

    close = vanish

    def is_open(self) -> bool:
        """Whether a tool has it open."""
        return not any(happened & select.POLLHUP for _, happened in self._poll.poll(0))

    def take(self, most_bytes: int) -> bytes:
        """What the tool has written, as far as it is here."""
        assert self._ours is not None
        try:
            return os.read(self._ours, most_bytes)
        except OSError:  # nothing is there, or nobody
            return b""

    def give(self, octets: bytes) -> int:
        """Let the tool have these; how many of them it has room for."""
        assert self._ours is not None
        try:
            return os.write(self._ours, octets)
        except OSError:  # it is full, or nobody is there
            return 0
