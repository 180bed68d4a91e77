"""The wheel, installed where there is no checkout: what it carries, and that it runs.

The new environment has the dependencies of this one and nothing else of it: a line in a .pth file
adds a folder without reading the .pth files in it, so the editable checkout stays out.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Installed:
    """An environment outside the tree with stormbench's wheel in it."""

    def __init__(self, home: Path, wheel: Path) -> None:
        self.home = home
        self.bin = home / "venv" / ("Scripts" if os.name == "nt" else "bin")
        self._environment = {
            name: value
            for name, value in os.environ.items()
            if name != "VIRTUAL_ENV" and not name.startswith(("PYTHON", "STORMBENCH_"))
        }
        self._call(sys.executable, "-m", "venv", "--without-pip", str(home / "venv"))
        site = Path(self.run("python", "-c", "import site; print(site.getsitepackages()[0])"))
        (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
        options = ["-q", "--disable-pip-version-check", "--no-index", "--no-deps"]
        self.run("python", "-m", "pip", "install", *options, "--ignore-installed", str(wheel))

    def run(self, program: str, *arguments: str) -> str:
        """What a program of the environment prints."""
        return self._call(str(self.bin / program), *arguments)

    def _call(self, *command: str) -> str:
        called = subprocess.run(
            command, cwd=self.home, env=self._environment, capture_output=True, text=True
        )
        assert called.returncode == 0, f"{command} exited {called.returncode}:\n{called.stderr}"
        return called.stdout.strip()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built offline."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Installed:
    """The wheel in an environment of its own."""
    return Installed(tmp_path_factory.mktemp("installed"), wheel)


def test_wheel_holds_the_three_packages_and_what_they_carry(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    dist_info = wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info"
    assert tops == {"commshub", "hubwire", "stormbench", dist_info}


def test_wheel_carries_every_file_of_the_firmware_and_the_boards(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    firmware = {f"commshub/{path.name}" for path in (ROOT / "firmware/commshub").glob("*.py")}
    boards = {
        f"stormbench/carried/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / "boards").glob("*/[!.]*")
        if path.is_file()
    }
    assert firmware | boards | {"stormbench/carried/firmware/main.py"} <= names


@pytest.mark.parametrize("package", ["commshub", "hubwire", "stormbench"])
def test_installed_package_is_the_wheels(installed: Installed, package: str) -> None:
    found = Path(installed.run("python", "-c", f"import {package}; print({package}.__file__)"))
    assert installed.home in found.parents


def test_installed_tree_is_the_carried_one(installed: Installed) -> None:
    lines = [
        "from stormbench import tree",
        "print(*tree.firmware_sources().values(), tree.boards_dir(), sep='\\n')",
    ]
    found = [Path(line) for line in installed.run("python", "-c", "\n".join(lines)).splitlines()]
    assert all(path.exists() and installed.home in path.parents for path in found)


def test_installed_command_shows_its_help(installed: Installed) -> None:
    assert "Usage: stormbench" in installed.run("stormbench", "--help")


def test_installed_command_says_its_version(installed: Installed, wheel: Path) -> None:
    assert installed.run("stormbench", "--version").split()[-1] == wheel.name.split("-")[1]


def test_installed_command_knows_about_images(installed: Installed) -> None:
    shown = installed.run("stormbench", "firmware", "info", "--help")
    assert "Usage: stormbench firmware info" in shown


def test_installed_command_compares_and_reports(installed: Installed) -> None:
    installed.run("stormbench", "compare", "--hub", "sim", "--out", "out")
    report = json.loads((installed.home / "out" / "report.json").read_text(encoding="utf-8"))
    assert report["verdict"]["sentence"]
    assert (installed.home / "out" / "report.html").stat().st_size > 10_000


def test_project_of_somebody_elses_floods_a_hub_with_the_installed_plugin(
    installed: Installed,
) -> None:
    project = installed.home / "example_project"
    shutil.copytree(ROOT / "tests" / "example_project", project)
    records = installed.home / "records"
    options = ["-p", "no:cacheprovider", "--stormbench-hub", "sim", "--stormbench-keep", "all"]
    where = ["--stormbench-records", str(records), "--junitxml", str(installed.home / "junit.xml")]
    shown = installed.run("python", "-m", "pytest", *options, *where, str(project))
    assert "2 passed, 2 skipped" in shown
    assert "'what a cable carries' fits board (its runs_on), and the hub is sim" in shown
    assert len(list(records.glob("*.log"))) == len(list(records.glob("*.capture"))) == 2
    assert "stormbench_firmware_sha256" in (installed.home / "junit.xml").read_text()


def test_project_of_somebody_elses_that_floods_nothing_is_left_alone(installed: Installed) -> None:
    project = installed.home / "other_project"
    project.mkdir()
    (project / "test_plain.py").write_text(
        "import sys\n\n\ndef test_plain(tmp_path):\n"
        "    assert not {'construct', 'hubwire', 'stormbench.link'} & set(sys.modules)\n"
    )
    shown = installed.run("python", "-m", "pytest", "-p", "no:cacheprovider", str(project))
    assert "1 passed" in shown and "stormbench:" not in shown
    assert [path.name for path in project.iterdir() if path.name != "__pycache__"] == [
        "test_plain.py"
    ]


def test_loading_the_plugin_imports_nothing_of_weight(installed: Installed) -> None:
    lines = ["import sys, stormbench.pytest_plugin", "print(*sys.modules)"]
    loaded = {
        name.split(".")[0] for name in installed.run("python", "-c", "\n".join(lines)).split()
    }
    heavy = {"serial", "construct", "pydantic", "click", "rich", "plotly", "commshub", "hubwire"}
    assert not loaded & heavy
