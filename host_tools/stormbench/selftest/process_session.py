"""In the place of a board: probes run under MicroPython's Unix port, which has no raw REPL.

Each is a process of its own, in a copy of the firmware, as the hub `unix` is.
"""

import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic_ns
from typing import Any

from stormbench.errors import HostToolError, HubTimeout
from stormbench.hub.unix import copy_firmware, interpreter
from stormbench.link.board_session import probe_code, result

_HEAP = "2m"
_TIMEOUT_S = 60
_SHOWN_LINES = 8


class ProbeFailed(HostToolError):
    """A probe in a process ended with an exception."""


class ProcessSession:
    """Runs probes in a folder that holds the firmware.

    Args:
        folder: to run in.
        probes: the package whose files are the probes.
    """

    def __init__(self, folder: Path, probes: str) -> None:
        self._folder = folder
        self._probes = probes

    def call(self, probe: str, *arguments: Any) -> dict[str, Any]:
        """Run `measure` of a probe in a new process; what it returns.

        Raises:
            ProbeFailed: it ended with an exception. HubTimeout: it did not end.
        """
        return self.timed(probe, *arguments)[0]

    def timed(self, probe: str, *arguments: Any) -> tuple[dict[str, Any], int]:
        """As `call`; and the time between its lines `begin` and `end`, if it has them, us."""
        code = probe_code(self._probes, probe, *arguments)
        process = self._start(code)
        guard = threading.Timer(_TIMEOUT_S, process.kill)
        guard.start()
        at_us = {"begin": 0, "end": 0}
        printed = []
        assert process.stdout is not None
        with process:
            try:
                for line in process.stdout:
                    printed.append(line)
                    if line.strip() in at_us:
                        at_us[line.strip()] = monotonic_ns() // 1_000
            except BaseException:
                process.kill()
                raise
            finally:
                guard.cancel()
        if process.returncode == -signal.SIGKILL:
            raise HubTimeout(f"unix: probe {probe} did not end in {_TIMEOUT_S} s")
        if process.returncode:
            said = " | ".join("".join(printed[-_SHOWN_LINES:]).splitlines())
            raise ProbeFailed(f"unix: probe {probe} failed: {said}")
        return result("".join(printed)), at_us["end"] - at_us["begin"]

    def _start(self, code: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [interpreter(), "-X", f"heapsize={_HEAP}", "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self._folder,
            text=True,
        )


@contextmanager
def in_a_process(probes: str) -> Iterator[ProcessSession]:
    """A session in a folder of its own, which is gone afterwards.

    Raises:
        NoHub: there is no MicroPython for this system.
    """
    with tempfile.TemporaryDirectory(prefix="stormbench-selftest-") as folder:
        copy_firmware(Path(folder))
        yield ProcessSession(Path(folder), probes)
