"""When a build folder is used again, and when it is emptied."""

from pathlib import Path

import pytest

from stormbench.image.build_folder import build_folder


def built_in(folder: Path, surroundings: str) -> bool:
    """Build, and tell whether something of the build before was there."""
    with build_folder(folder, surroundings):
        was_there = (folder / "main.o").exists()
        (folder / "main.o").write_bytes(b"compiled")
    return was_there


def test_folder_is_made_where_there_is_none(tmp_path: Path) -> None:
    assert not built_in(tmp_path / "a" / "b", "s1")


def test_folder_is_used_again_while_the_surroundings_are_the_same(tmp_path: Path) -> None:
    built_in(tmp_path, "s1")
    assert built_in(tmp_path, "s1")


def test_folder_is_emptied_when_the_surroundings_changed(tmp_path: Path) -> None:
    built_in(tmp_path, "s1")
    assert not built_in(tmp_path, "s2")


def test_folder_is_used_again_after_a_build_that_failed(tmp_path: Path) -> None:
    built_in(tmp_path, "s1")
    with pytest.raises(ValueError), build_folder(tmp_path, "s1"):
        raise ValueError
    assert built_in(tmp_path, "s1")


def test_folder_is_emptied_after_a_build_that_was_killed(tmp_path: Path) -> None:
    built_in(tmp_path, "s1")
    killed = build_folder(tmp_path, "s1")
    killed.__enter__()
    assert not built_in(tmp_path, "s1")
