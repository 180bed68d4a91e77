"""Runs the `stormbench` command in this process, from its arguments to its exit code."""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any
from unittest import mock

from stormbench.cli import main


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    exit_code: int
    out: str
    err: str

    def document(self) -> dict[str, Any]:
        """The one JSON document that it printed."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    def complaint(self) -> str:
        """The one sentence that it failed with; fails if there is more, or a traceback."""
        assert self.out == ""
        said = [line for line in self.err.splitlines() if line.strip()]
        assert len(said) == 1, self.err
        assert said[0].startswith("stormbench: ")
        return said[0].removeprefix("stormbench: ")


def stormbench(*arguments: object) -> Ran:
    """What `stormbench ARGUMENTS` does; raises what nobody turned into a sentence."""
    argv = ["stormbench", *map(str, arguments)]
    out, err = io.StringIO(), io.StringIO()
    exit_code = 0
    with redirect_stdout(out), redirect_stderr(err), mock.patch.object(sys, "argv", argv):
        try:
            main()
        except SystemExit as end:
            exit_code = int(end.code or 0)
    return Ran(exit_code, out.getvalue(), err.getvalue())
