"""A port that says what a test tells it to, at its own time, and keeps what was written to it.

`ScriptedHub` has a power switch and a cable besides.
"""

from stormbench.errors import LinkLost


class ScriptedPort:
    """Time passes only while it is read, or let pass.

    Attributes:
        written: each write, with its time.
        opened: how often it was opened again.
    """

    name = "script"

    def __init__(self) -> None:
        self.at_ms = 0
        self.written: list[tuple[int, bytes]] = []
        self.opened = 0
        self.is_lost = False
        self.is_closed = False
        self._to_say: list[tuple[int, bytes]] = []

    @property
    def octets(self) -> bytes:
        """All that was written."""
        return b"".join(burst for _, burst in self.written)

    def say(self, octets: bytes, at_ms: int = 0) -> None:
        """Have this to say, in order of time."""
        self._to_say.append((at_ms, octets))

    def write(self, burst: bytes) -> None:
        self._require_link()
        self.written.append((self.at_ms, burst))

    def read(self, timeout_ms: int) -> bytes:
        self._require_link()
        until_ms = self.at_ms + timeout_ms
        if self._to_say and self._to_say[0][0] <= until_ms:
            said_ms, octets = self._to_say.pop(0)
            self.at_ms = max(self.at_ms, said_ms)
            return octets
        self.at_ms = until_ms
        return b""

    def now_ms(self) -> int:
        return self.at_ms

    def pass_ms(self, duration_ms: int) -> None:
        self._require_link()
        self.at_ms += duration_ms

    def reopen(self) -> None:
        self.opened += 1
        self.is_lost = False

    def close(self) -> None:
        self.is_closed = True

    def _require_link(self) -> None:
        if self.is_lost:
            raise LinkLost("script: lost")


class ScriptedHub(ScriptedPort):
    """What is done to its power and its cable is in `done`, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.armed: list[float] = []

    def power_cut(self) -> None:
        self.done.append("power_cut")
        self.is_lost = True

    def power_cut_in_save(self, part: float) -> None:
        self.done.append("power_cut_in_save")
        self.armed.append(part)

    def save(self) -> None:
        """Come to the save in which the power is cut."""
        self.is_lost = True

    def unplug(self) -> None:
        self.done.append(f"unplug at {self.at_ms}")
        self.is_lost = True

    def plug(self) -> None:
        self.done.append(f"plug at {self.at_ms}")

    def pass_ms(self, duration_ms: int) -> None:
        self.at_ms += duration_ms  # a hub lives on without its host
