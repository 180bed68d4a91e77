"""Runs the programs of a build: what they say goes into a log, the share done to whom asks."""

import re
import subprocess
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from stormbench.errors import HostToolError

OnStep = Callable[[str, float | None], None]
"""Told what is being done, and how much of it is done, 0 to 1, or None where that is unknown."""

_PERCENT = re.compile(r"\[ *(\d+)%\]")
_SHOWN_LINES = 20


class BuildFailed(HostToolError):
    """A program of the build ended with an error."""


def run(
    command: Sequence[str],
    log: Path,
    environment: Mapping[str, str],
    title: str,
    on_step: OnStep,
) -> None:
    """Run one program to its end.

    Args:
        command: The program and its arguments.
        log: What it prints is appended here.
        environment: All of its environment.
        title: What it is for, in an error and for `on_step`.
        on_step: Told the share that is done, as make prints it.

    Raises:
        BuildFailed: It ended with an error, or could not be started.
    """
    on_step(title, None)
    last: deque[str] = deque(maxlen=_SHOWN_LINES)
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ {' '.join(command)}\n")
        file.flush()
        code = _run_into(
            command, environment, lambda line: _note(line, title, on_step, file, last)
        )
    if code != 0:
        tail = "".join(f"  {line}\n" for line in last)
        raise BuildFailed(
            f"{title}: expected {command[0]} to succeed, got exit code {code}; "
            f"the last lines, all of them in {log}:\n{tail.rstrip()}"
        )


def _run_into(
    command: Sequence[str], environment: Mapping[str, str], on_line: Callable[[str], None]
) -> int:
    try:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        on_line(f"{command[0]}: {error.strerror}")
        return 127
    with process:
        assert process.stdout is not None
        for line in process.stdout:
            on_line(line.rstrip())
    return process.returncode


def _note(line: str, title: str, on_step: OnStep, file: TextIO, last: deque[str]) -> None:
    file.write(line + "\n")
    last.append(line)
    percent = _PERCENT.match(line)
    if percent:
        on_step(title, int(percent[1]) / 100)
