"""A process that judges bytes line by line, under CPython or the Unix port, for many examples.

One process for all of them: starting one takes longer than a hundred answers, and hypothesis
wants to shrink what it found. A process that has ended is told with the input that it died of,
and the next question starts another.
"""

import os
import select
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO

from both_runtimes import FIRMWARE, SCRIPTS
from stormbench.hub.unix import interpreter

SCRIPT = SCRIPTS / "fuzz_decoders.py"
ANSWER = "= "
"""Before each answer: the Unix port says on standard output, too, what it ended of."""
LONGEST_ANSWER_S = 30
TESTS = Path(__file__).resolve().parents[1]


class Oracle:
    """One runtime's answers."""

    def __init__(self, name: str, command: list[str], script: Path = SCRIPT) -> None:
        self.name = name
        self._command = [*command, str(script)]
        self._process: subprocess.Popen[str] | None = None

    def ask(self, question: str, octets: bytes = b"") -> str:
        """The answer to a question of the script's; an AssertionError names what it died of."""
        process = self._process or self._start()
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(f"{question} {octets.hex()}\n")
            process.stdin.flush()
            answer = self._line(process.stdout)
        except BrokenPipeError:
            answer = ""
        if answer.startswith(ANSWER):
            return answer.removeprefix(ANSWER)
        said = f"{answer}\n{self._end(process)}"
        raise AssertionError(
            f"{self.name} ended with {process.returncode} at {question} {octets.hex()}:\n{said}"
        )

    def close(self) -> None:
        """End the process, which ends by itself when its input does."""
        if self._process is not None:
            self._end(self._process)

    def _line(self, stream: IO[str]) -> str:
        """The next line; empty where the process ended, or is busy for ever."""
        ready, _, _ = select.select([stream], [], [], LONGEST_ANSWER_S)
        return stream.readline().rstrip("\n") if ready else ""

    def _end(self, process: "subprocess.Popen[str]") -> str:
        """Close its input, which it ends by, and hand out what it had to say."""
        self._process = None
        assert process.stdin and process.stdout and process.stderr
        with process:
            with suppress(BrokenPipeError):
                process.stdin.close()
            try:
                process.wait(timeout=2)
            except subprocess.TimeoutExpired:
                process.kill()
                return f"nothing came within {LONGEST_ANSWER_S} s"
            return process.stdout.read() + process.stderr.read()

    def _start(self) -> "subprocess.Popen[str]":
        folders = f"{FIRMWARE}:{TESTS}"
        paths = {"PYTHONPATH": folders, "MICROPYPATH": folders, "PYTHONDONTWRITEBYTECODE": "1"}
        self._process = subprocess.Popen(
            self._command,
            env={**os.environ, **paths},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return self._process


def cpython(script: Path = SCRIPT) -> Oracle:
    """This interpreter."""
    return Oracle("CPython", [sys.executable], script)


def micropython(script: Path = SCRIPT) -> Oracle:
    """The Unix port."""
    return Oracle("MicroPython", [interpreter(), "-X", "heapsize=2m"], script)


def agreed(oracles: Iterable[Oracle], question: str, octets: bytes = b"") -> str:
    """The answer that all of them give."""
    answers = {oracle.name: oracle.ask(question, octets) for oracle in oracles}
    (first, *others) = answers.values()
    assert all(other == first for other in others), f"{question} {octets.hex()}: {answers}"
    return first
