"""A copy of the checkout, to be changed and run by itself."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
_FOLDERS = ("boards", "firmware", "host_tools", "protocol")


class TreeCopy:
    """A copy of the checkout's shipped folders, to be changed and run by itself."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in _FOLDERS:
            shutil.copytree(
                CHECKOUT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__")
            )

    def stormbench(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run this copy's `stormbench`, not the checkout's."""
        path = os.pathsep.join(str(self.root / folder) for folder in _FOLDERS[1:])
        return subprocess.run(
            [sys.executable, "-m", "stormbench", *arguments],
            env={**os.environ, "PYTHONPATH": path},
            cwd=self.root,
            capture_output=True,
            text=True,
        )

    def change(self, file: str, before: str, after: str) -> None:
        """Replace the one place where `before` stands in a file."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in {file}"
        path.write_text(text.replace(before, after), encoding="utf-8")

    def build(self) -> Path:
        """Build this copy's image; its path in the cache."""
        built = self.stormbench("firmware", "build", "--json")
        assert built.returncode == 0, built.stderr
        return Path(json.loads(built.stdout)["path"])
