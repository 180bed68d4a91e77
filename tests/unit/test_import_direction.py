"""Imports go one way: host_tools to protocol and to the firmware's pure core, never back.

Every file is parsed; nothing is imported. The rules are in the table `ALLOWED`.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions, requires
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]

OURS = {"boards", "commshub", "commshub_identity", "hubwire", "main", "stormbench"}

# Of our own modules, what a folder may import; a name stands for what is below it, too.
ALLOWED = {
    "protocol": ("hubwire",),
    "firmware": ("commshub", "commshub_identity"),
    "host_tools": (
        "hubwire",
        "stormbench",
        "commshub.throttle",
        "commshub.telling",
        "commshub.policy",
    ),
    "boards": (),
}
EXCEPTIONS = {
    "host_tools/stormbench/hub/sim.py": "commshub",  # it runs the firmware's own modules
    "host_tools/stormbench/tree.py": "commshub",  # it finds the firmware's files
}

PROBES = ("host_tools/stormbench/bench/probes/", "host_tools/stormbench/selftest/probes/")
"""Run on a board, in the place of its hub: they import the firmware, and what a board has."""

# Of all others, what the firmware may import: there on the board, and the host has it or does
# without.
ON_THE_BOARD = {
    "array",
    "binascii",
    "errno",
    "gc",
    "hashlib",
    "io",
    "json",
    "machine",
    "micropython",
    "os",
    "random",
    "rp2",
    "select",
    "struct",
    "sys",
    "time",
    "uctypes",
}

STANDARD = sys.stdlib_module_names | {"tomllib"}  # new in 3.11; before it, tomli stands in

COMMAND_LINE = "stormbench.cli"
MAY_START_IT = "host_tools/stormbench/__main__.py"


class Import(NamedTuple):
    """One imported name, in full, and where."""

    file: str
    line: int
    name: str

    def breaks(self, rule: str) -> str:
        """Say so in a sentence."""
        return f"{self.file}:{self.line} imports {self.name}, but {rule}"


def imports_of(path: Path, root: Path) -> Iterator[Import]:
    """Every import of a file, at its top or not, relative or by a constant name."""
    file = path.relative_to(root).as_posix()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), file)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = ".".join(filter(None, [_package(path, root, node.level), node.module]))
            names = [f"{module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call):
            names = _imported_by_call(node)
        else:
            continue
        yield from (Import(file, node.lineno, name) for name in names)


def _package(path: Path, root: Path, level: int) -> str:
    """What the dots of a relative import stand for; empty for an absolute one."""
    if level == 0:
        return ""
    parts = path.relative_to(root).parts[1:-1]
    return ".".join(parts[: len(parts) - level + 1])


def _imported_by_call(call: ast.Call) -> list[str]:
    function = call.func.attr if isinstance(call.func, ast.Attribute) else call.func
    name = function.id if isinstance(function, ast.Name) else function
    if name not in ("import_module", "__import__") or not call.args:
        return []
    first = call.args[0]
    return (
        [first.value] if isinstance(first, ast.Constant) and isinstance(first.value, str) else []
    )


def imports_below(root: Path, folder: str) -> Iterator[Import]:
    """Every import of every Python file in a folder."""
    for path in sorted((root / folder).rglob("*.py")):
        yield from imports_of(path, root)


def is_within(name: str, allowed: str) -> bool:
    """Whether a dotted name is `allowed` or below it."""
    return name == allowed or name.startswith(allowed + ".")


def wrong_ways(root: Path) -> list[str]:
    """A sentence for every import that goes the wrong way."""
    found = []
    for folder, allowed in ALLOWED.items():
        for imported in imports_below(root, folder):
            rule = _rule_broken(imported, folder, allowed)
            if rule:
                found.append(imported.breaks(rule))
    return found


def _rule_broken(imported: Import, folder: str, allowed: tuple[str, ...]) -> str | None:
    top = imported.name.split(".")[0]
    if top in OURS:
        is_probe = imported.file.startswith(PROBES)
        granted = "commshub" if is_probe else EXCEPTIONS.get(imported.file)
        names = (*allowed, granted) if granted else allowed
        if not any(is_within(imported.name, name) for name in names):
            return f"of ours {folder}/ may import only: {', '.join(names) or 'nothing'}"
    elif (folder == "firmware" or imported.file.startswith(PROBES)) and top not in ON_THE_BOARD:
        return "that is not among the modules that a board has (ON_THE_BOARD)"
    return None


def climbs(root: Path) -> list[str]:
    """A sentence for every import of the command line from below it."""
    return [
        imported.breaks("the command line is on top: nothing but its own files may import it")
        for imported in imports_below(root, "host_tools")
        if is_within(imported.name, COMMAND_LINE)
        and not imported.file.startswith("host_tools/stormbench/cli/")
        and imported.file != MAY_START_IT
    ]


def circle(root: Path) -> list[str]:
    """Parts of stormbench, folders or files directly in it, that import each other in a circle."""
    needs: dict[str, set[str]] = {}
    for imported in imports_below(root, "host_tools"):
        part = _part(
            imported.file.removeprefix("host_tools/").replace("/", ".").removesuffix(".py")
        )
        other = _part(imported.name)
        if part and other and part != other:
            needs.setdefault(part, set()).add(other)
    while leaves := {part for part in needs if not needs[part] & needs.keys()}:
        needs = {part: others for part, others in needs.items() if part not in leaves}
    return sorted(needs)


def _part(name: str) -> str | None:
    names = name.split(".")
    return names[1] if names[0] == "stormbench" and len(names) > 1 else None


def undeclared(root: Path, declared: Iterable[str]) -> list[str]:
    """A sentence for every import that none of the declared distributions stands for."""
    names = {_normal(name) for name in declared}
    owners = packages_distributions()
    return [
        imported.breaks(f"no dependency in pyproject.toml stands for {top}")
        for folder in ("protocol", "host_tools")
        for imported in imports_below(root, folder)
        if not imported.file.startswith(PROBES)
        and (top := imported.name.split(".")[0]) not in OURS | STANDARD
        and not names & {_normal(owner) for owner in owners.get(top, [top])}
    ]


def _normal(requirement: str) -> str:
    """The name in a requirement, in the one spelling that all its spellings have."""
    return re.split(r"[^\w.-]", re.sub(r"[-_.]+", "-", requirement))[0].lower()


def _tree(root: Path, file: str, text: str) -> Path:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return root


def test_every_import_goes_the_right_way() -> None:
    found = wrong_ways(ROOT)
    assert not found, "\n".join(found)


def test_nothing_imports_the_command_line() -> None:
    found = climbs(ROOT)
    assert not found, "\n".join(found)


def test_no_parts_of_stormbench_import_each_other_in_a_circle() -> None:
    found = circle(ROOT)
    assert not found, f"these import each other in a circle, or what does: {', '.join(found)}"


def test_everything_imported_is_a_declared_dependency() -> None:
    found = undeclared(ROOT, requires("stormbench") or [])
    assert not found, "\n".join(found)


def test_every_exception_is_still_needed() -> None:
    for file, granted in EXCEPTIONS.items():
        names = {imported.name for imported in imports_of(ROOT / file, ROOT)}
        assert any(is_within(name, granted) for name in names), f"{file} no longer needs {granted}"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("protocol/hubwire/a.py", "import stormbench"),
        ("protocol/hubwire/a.py", "from commshub.throttle import Throttle"),
        ("firmware/commshub/a.py", "from hubwire import frames"),
        ("firmware/commshub/a.py", "import typing"),
        ("firmware/commshub/a.py", "def f():\n    import construct"),
        ("host_tools/stormbench/a.py", "from commshub import framer"),
        ("host_tools/stormbench/a.py", "from commshub.throttles import Throttle"),
        ("host_tools/stormbench/a.py", "import commshub"),
        ("host_tools/stormbench/a.py", "import importlib\nimportlib.import_module('main')"),
        ("host_tools/stormbench/a.py", "__import__('commshub.app')"),
        ("boards/B/manifest.py", "import stormbench"),
    ],
)
def test_an_import_the_wrong_way_is_named(tmp_path: Path, file: str, text: str) -> None:
    (sentence,) = wrong_ways(_tree(tmp_path, file, text))
    assert sentence.startswith(file + ":")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("protocol/hubwire/a.py", "import construct\nfrom hubwire.frames import U48"),
        ("protocol/hubwire/a.py", "from . import frames"),
        ("firmware/main.py", "import machine\nfrom commshub import board"),
        ("host_tools/stormbench/a.py", "from commshub import policy"),
        ("host_tools/stormbench/a.py", "import commshub.throttle\nfrom . import errors"),
        ("host_tools/stormbench/hub/sim.py", "from commshub.app import App"),
    ],
)
def test_an_import_the_right_way_is_not(tmp_path: Path, file: str, text: str) -> None:
    assert wrong_ways(_tree(tmp_path, file, text)) == []


def test_an_import_of_the_command_line_from_below_is_named(tmp_path: Path) -> None:
    root = _tree(tmp_path, "host_tools/stormbench/link/a.py", "from ..cli import main")
    (sentence,) = climbs(root)
    assert "link/a.py:1 imports stormbench.cli.main" in sentence


def test_a_circle_of_three_is_named_and_what_stands_below_is_not(tmp_path: Path) -> None:
    for part, other in ("ab", "bc", "ca", "cd"):
        file = f"host_tools/stormbench/{part}/{other}.py"
        _tree(tmp_path, file, f"from stormbench.{other} import x")
    assert circle(tmp_path) == ["a", "b", "c"]


def test_an_import_that_nobody_declared_is_named(tmp_path: Path) -> None:
    _tree(tmp_path, "host_tools/stormbench/a.py", "import click, json, hubwire\nimport pluggy")
    (sentence,) = undeclared(tmp_path, ["Click>=8; extra"])
    assert "a.py:2 imports pluggy" in sentence
