"""The hash that Hello and the tree are compared by, and the module that carries it."""

import hashlib
from pathlib import Path

import pytest

from stormbench.image.identity import (
    Identity,
    find_identity,
    firmware_sha256,
    firmware_version,
    identity_module,
)

SHA256 = "0123456789abcdef" * 4


def written(folder: Path, **contents: bytes) -> dict[str, Path]:
    sources = {}
    for name, content in contents.items():
        path = folder / f"{name}.py"
        path.write_bytes(content)
        sources[f"{name}.py"] = path
    return sources


def test_hash_is_over_name_length_and_content_in_the_order_of_names(tmp_path: Path) -> None:
    sources = written(tmp_path, main=b"run()\n", app=b"")
    expected = hashlib.sha256(b"app.py\x000\x00" + b"main.py\x006\x00run()\n").hexdigest()
    assert firmware_sha256(sources) == expected


def test_hash_does_not_depend_on_where_the_files_lie(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    assert firmware_sha256(written(here, main=b"1")) == firmware_sha256(written(there, main=b"1"))


@pytest.mark.parametrize(
    "other",
    [{"main": b"ab", "app": b"d"}, {"main": b"ab", "app": b""}, {"main": b"ab", "apq": b"c"}],
)
def test_hash_changes_with_any_content_and_any_name(
    tmp_path: Path, other: dict[str, bytes]
) -> None:
    before = firmware_sha256(written(tmp_path, main=b"ab", app=b"c"))
    assert firmware_sha256(written(tmp_path, **other)) != before


def test_byte_that_moves_from_one_file_to_the_next_changes_the_hash(tmp_path: Path) -> None:
    before = firmware_sha256(written(tmp_path, a=b"xy", b=b"z"))
    assert firmware_sha256(written(tmp_path, a=b"x", b=b"yz")) != before


def test_generated_module_has_the_hash_and_the_version() -> None:
    constants: dict[str, object] = {}
    exec(identity_module(Identity((1, 20, 3), SHA256)), constants)
    assert constants["SOURCE_SHA256"] == SHA256
    assert constants["VERSION"] == (1, 20, 3)


def test_generated_module_is_found_among_other_bytes() -> None:
    image = b"\xff" * 1000 + identity_module(Identity((1, 20, 3), SHA256)) + b"\0" * 10
    assert find_identity(image) == Identity((1, 20, 3), SHA256)


@pytest.mark.parametrize(
    "image", [b"", b"stormbench-firmware:1.0.0:" + b"0" * 63, b"stormbench-firmware:"]
)
def test_image_without_a_whole_marker_has_no_identity(image: bytes) -> None:
    assert find_identity(image) is None


def test_version_is_the_one_of_the_tree() -> None:
    assert firmware_version() >= (0, 1, 0)
