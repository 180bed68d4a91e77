"""What a test has to show even if it passes: pytest prints it at the end of the run."""

from collections.abc import Sequence

import pytest

SHOWN = pytest.StashKey[list[tuple[str, Sequence[str]]]]()


def print_at_the_end(config: pytest.Config, title: str, lines: Sequence[str]) -> None:
    """Have these lines printed behind all tests."""
    config.stash.setdefault(SHOWN, []).append((title, lines))
