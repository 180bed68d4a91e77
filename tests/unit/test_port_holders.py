"""Who has a port open, read from a /proc in a folder."""

import os
from pathlib import Path

from stormbench.attached.holders import Holder, holders_of, processes


def process(proc: Path, pid: int, program: str, *files: str) -> None:
    folder = proc / str(pid)
    (folder / "fd").mkdir(parents=True)
    (folder / "comm").write_text(f"{program}\n")
    for number, file in enumerate(files):
        (folder / "fd" / str(number)).symlink_to(file)


def test_program_that_has_the_port_open_is_named(tmp_path: Path) -> None:
    process(tmp_path, 9, "mpremote", "/dev/null", "/dev/ttyACM0")
    process(tmp_path, 80, "minicom", "/dev/ttyACM0")
    process(tmp_path, 7, "bash", "/dev/ttyACM1")
    found = holders_of("/dev/ttyACM0", tmp_path)
    assert found == [Holder(9, "mpremote"), Holder(80, "minicom")]


def test_port_by_another_name_is_the_same_port(tmp_path: Path) -> None:
    port, alias = tmp_path / "ttyACM0", tmp_path / "by-id"
    port.touch()
    alias.symlink_to(port)
    process(tmp_path / "proc", 9, "thonny", str(port))
    assert holders_of(str(alias), tmp_path / "proc") == [Holder(9, "thonny")]


def test_this_process_holds_nothing_from_itself(tmp_path: Path) -> None:
    process(tmp_path, os.getpid(), "python", "/dev/ttyACM0")
    assert holders_of("/dev/ttyACM0", tmp_path) == []


def test_process_that_ended_meanwhile_or_is_not_ours_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "12").mkdir()
    process(tmp_path, 13, "screen", "/dev/ttyACM0")
    assert holders_of("/dev/ttyACM0", tmp_path) == [Holder(13, "screen")]


def test_where_there_is_no_proc_nobody_is_known(tmp_path: Path) -> None:
    assert processes(tmp_path / "nowhere") == []
