"""The wheel of this checkout, and an environment outside the tree with nothing else of it.

The environment has the dependencies of this one: a line in a .pth file adds a folder without
reading the .pth files in it, so the editable checkout stays out.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def build_wheel(folder: Path) -> Path:
    """The wheel of this checkout, built offline."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return path


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

    def run_example_project(self, hub: str, *options: str) -> str:
        """What pytest says of the project of somebody else's on this hub."""
        project = self.home / "example_project"
        shutil.copytree(ROOT / "tests" / "example_project", project)
        given = ["-p", "no:cacheprovider", "--stormbench-hub", hub, *options]
        return self.run("python", "-m", "pytest", *given, str(project))

    def _call(self, *command: str) -> str:
        called = subprocess.run(
            command, cwd=self.home, env=self._environment, capture_output=True, text=True
        )
        assert called.returncode == 0, f"{command} exited {called.returncode}:\n{called.stderr}"
        return called.stdout.strip()
