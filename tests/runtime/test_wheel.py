"""The wheel, installed where there is no checkout: what it carries, and that it runs."""

import json
import zipfile
from pathlib import Path

import pytest

from installed_wheel import ROOT, Installed, build_wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built offline."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


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
    records = installed.home / "records"
    where = ["--stormbench-records", str(records), "--junitxml", str(installed.home / "junit.xml")]
    shown = installed.run_example_project("sim", "--stormbench-keep", "all", *where)
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
