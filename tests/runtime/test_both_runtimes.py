"""The runner of tests/runtime/scripts: what must not pass it does not pass."""

from pathlib import Path

import pytest

import both_runtimes


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of scripts in place of the tests' own."""
    monkeypatch.setattr(both_runtimes, "SCRIPTS", tmp_path)
    return tmp_path


def test_what_both_print_is_handed_out(scripts: Path) -> None:
    (scripts / "s.py").write_text("import sys, commshub.wire\nprint('one')\nprint(sys.argv[1])\n")
    assert both_runtimes.under_both("s.py", 2) == ["one", "2"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("pass", "printed nothing"),
        ("print(1)\nraise SystemExit(3)", "exited 3"),
        ("print(1)\nraise ValueError('broken')", "broken"),
        ("import sys\nprint(sys.implementation.name)", "line 1: CPython cpython; MicroPython"),
        ("import sys\nprint(1)\nif sys.implementation.name[0] == 'm': print(2)", "1 lines, .* 2"),
    ],
)
def test_script_that_is_silent_fails_or_differs_does_not_pass(
    scripts: Path, text: str, sentence: str
) -> None:
    (scripts / "s.py").write_text(text + "\n")
    with pytest.raises(AssertionError, match=sentence):
        both_runtimes.under_both("s.py")


def test_script_that_only_micropython_fails_does_not_pass(scripts: Path) -> None:
    (scripts / "s.py").write_text("print('{:a>3}'.format(1))\nimport dataclasses\n")
    with pytest.raises(AssertionError, match=r"micropython.* exited 1"):
        both_runtimes.under_both("s.py")
