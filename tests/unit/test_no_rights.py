"""No command of stormbench calls sudo or a package manager, and none starts a shell.

Every file of the host's side is parsed. Such words may stand in sentences, which people read and
type; what is refused is a call that could run them.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOST_TOOLS = Path(__file__).resolve().parents[2] / "host_tools"

FORBIDDEN = {
    *("sudo", "su", "doas", "pkexec", "run0"),
    *("apt", "apt-get", "aptitude", "dpkg", "dnf", "yum", "pacman", "zypper", "brew"),
}

SHELLS = ("getoutput", "getstatusoutput", "create_subprocess_shell", "popen", "system")
"""Functions that give a sentence to a shell, in `subprocess`, `asyncio` and `os`."""

MODULES_THAT_START = ("os", "subprocess", "asyncio", "pty", "posix")
STARTING_SHELL = ("sh", "bash", "zsh", "cmd", "powershell")


def what_gains_rights(source: str) -> list[str]:
    """A sentence for every call in it that could run a forbidden program, or starts a shell."""
    tree = ast.parse(source)
    own = dict(_names_from_modules(tree))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    said = [f"line {call.lineno}: {why}" for call in calls for why in _wrong(call, own)]
    return said + [
        f"line {line}: a command that begins with {word}" for line, word in _words(tree)
    ]


def _names_from_modules(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What a file calls the modules that start programs, and their functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in MODULES_THAT_START:
                    yield alias.asname or alias.name, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES_THAT_START:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _wrong(call: ast.Call, own: dict[str, str]) -> Iterator[str]:
    for keyword in call.keywords:
        if keyword.arg == "shell" and not _is_false(keyword.value):
            yield "shell= is something else than False"
    name = _full_name(call.func, own)
    if name is None:
        return
    function = name.rpartition(".")[2]
    if function in SHELLS:
        yield f"{name} gives a sentence to a shell"
    if function.startswith(("exec", "spawn", "posix_spawn")) or name == "os.startfile":
        yield f"{name} starts a program"
    for text in _texts(call):
        if FORBIDDEN & set(text.replace("/", " ").split()):
            yield f"{name} is given {text!r}"


def _full_name(function: ast.expr, own: dict[str, str]) -> str | None:
    if isinstance(function, ast.Name):
        return own.get(function.id)
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        module = own.get(function.value.id)
        return f"{module}.{function.attr}" if module else None
    return None


def _is_false(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is False


def _texts(node: ast.AST) -> list[str]:
    found = (each.value for each in ast.walk(node) if isinstance(each, ast.Constant))
    return [text for text in found if isinstance(text, str)]


def _words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """A word by itself may be a program that a list of arguments begins with; or a shell's -c."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            word = node.value.rpartition("/")[2]
            if word in FORBIDDEN or word in STARTING_SHELL:
                yield node.lineno, word


def test_no_command_calls_sudo_or_a_package_manager_or_a_shell() -> None:
    files = sorted(HOST_TOOLS.rglob("*.py"))
    assert len(files) > 100
    found = [
        f"{path.relative_to(HOST_TOOLS)}, {sentence}"
        for path in files
        for sentence in what_gains_rights(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "source",
    [
        "import subprocess\nsubprocess.run(['sudo', 'id'])",
        "import subprocess\nsubprocess.run(['/usr/bin/sudo', 'id'])",
        "import subprocess as s\ns.Popen('apt-get install x'.split())",
        "from subprocess import run\nrun(args=['env', 'pkexec', 'id'])",
        "from subprocess import check_output as ask\nask(f'doas {1}')",
        "import subprocess\ncommand = ['su', '-c', 'id']\nsubprocess.run(command)",
        "PROGRAM = 'apt'",
        "run(['bash', '-c', text])",
        "import subprocess\nsubprocess.run(text, shell=True)",
        "import subprocess\nsubprocess.run(text, shell=is_shell)",
        "import subprocess\nsubprocess.getoutput(text)",
        "import os\nos.system(text)",
        "import os\nos.popen(text)",
        "from os import system\nsystem(text)",
        "import os\nos.execvp(program, arguments)",
        "import os as o\no.spawnv(0, program, arguments)",
        "import asyncio\nasyncio.create_subprocess_shell(text)",
        "import pty\npty.spawn(program)",
    ],
)
def test_call_that_could_do_so_is_told(source: str) -> None:
    assert what_gains_rights(source)


@pytest.mark.parametrize(
    "source",
    [
        "MEND = 'sudo apt-get install -y tshark'",
        "import subprocess\nsubprocess.run(['cmake', '--build', '.'], shell=False)",
        "import os\nos.environ.get('HOME')",
        "port.system()\nplatform.system()",
    ],
)
def test_sentence_for_people_is_not(source: str) -> None:
    assert what_gains_rights(source) == []
