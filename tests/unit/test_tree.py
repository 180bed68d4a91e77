"""What the tree may hold: five folders, files of a size that can be read, nothing of a machine."""

import fnmatch
import os
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

FOLDERS = {"boards", "firmware", "host_tools", "protocol", "tests"}
SHIPPED = FOLDERS - {"tests"}
LARGEST_MODULE = 400
NO_NAMES = {"utils.py", "helpers.py", "common.py", "misc.py"}

# The brackets and backslashes keep this file from finding itself.
OF_A_MACHINE = re.compile(
    r"/(?:wor[k]|far[m]|roo[t])/|/hom[e]/[a-z]|/User[s]/[A-Za-z]|[A-Z]:[\\]Users"
    r"|deb\.debian\.org|pypi\.org/simple|files\.pythonhosted\.org|registry\.npmjs"
)


def files_of(root: Path) -> Iterator[Path]:
    """Every file that is not ignored, whether git knows it or not.

    .gitignore names folders only, each on a line that ends with a slash.
    """
    ignored = [line.rstrip("/") for line in (root / ".gitignore").read_text().split()]
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(
            name
            for name in subfolders
            if name != ".git" and not any(fnmatch.fnmatch(name, pattern) for pattern in ignored)
        )
        yield from (Path(folder, name) for name in sorted(names) if name != ".git")


def machine_marks(path: Path) -> list[str]:
    """Lines of a text file that name a machine's path or a registry's host."""
    content = path.read_bytes()
    if b"\0" in content:
        return []
    lines = content.decode("utf-8", "replace").splitlines()
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for number, line in enumerate(lines, 1)
        if OF_A_MACHINE.search(line)
    ]


def shipped_modules() -> list[Path]:
    return [
        path
        for path in files_of(ROOT)
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in SHIPPED
    ]


def test_gitignore_names_folders_only() -> None:
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"[\w.*-]+/", line) for line in lines)


def test_there_are_five_folders_and_no_more() -> None:
    found = {path.relative_to(ROOT).parts[0] for path in files_of(ROOT) if path.parent != ROOT}
    assert found - {".ci"} == FOLDERS


def test_no_shipped_module_is_longer_than_can_be_read() -> None:
    lengths = {path: len(path.read_bytes().splitlines()) for path in shipped_modules()}
    long = [f"{path}: {count} lines" for path, count in lengths.items() if count > LARGEST_MODULE]
    assert not long, f"at most {LARGEST_MODULE} lines a module; split by concept: {long}"


def test_every_shipped_module_is_named_for_its_concept() -> None:
    assert [path for path in shipped_modules() if path.name in NO_NAMES] == []


def test_every_shipped_module_says_what_it_is() -> None:
    silent = [path for path in shipped_modules() if '"""' not in _head(path)]
    assert not silent, f"a module begins with what it is: {silent}"


def _head(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((line for line in lines if not line.startswith("#")), "")


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = [mark for path in files_of(ROOT) for mark in machine_marks(path)]
    assert not found, "\n".join(found)


def test_a_machines_path_is_found(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("one\nsee /ho" + "me/me/stormbench\n")
    assert machine_marks(path) == [f"{path}:2: see /ho" + "me/me/stormbench"]
