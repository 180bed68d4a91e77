"""The board's file of saves on a real littlefs, under MicroPython's Unix port."""

import subprocess
from pathlib import Path

import pytest

from stormbench.hub.unix import interpreter

SCRIPT = Path(__file__).parent / "scripts" / "littlefs_store.py"
FIRMWARE = Path(__file__).parents[2] / "firmware"
WAYS = {  # how a save fails, and what is found afterwards
    "nothing fails": ["found 1 b'new'"],
    "memory ends before anything is written": ["raised MemoryError", "found 1 b'old'"],
    "memory ends midway": ["raised MemoryError", "found 1 b'old'"],
    "the flash is full": ["raised OSError", "found 1 b'old'"],
}


@pytest.fixture(scope="module")
def said() -> list[str]:
    """What the script prints."""
    ran = subprocess.run(
        [interpreter(), str(SCRIPT)],
        capture_output=True,
        text=True,
        env={"MICROPYPATH": str(FIRMWARE)},
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


@pytest.mark.parametrize("number", range(len(WAYS)), ids=list(WAYS))
def test_save_is_the_new_one_or_the_old_one_however_it_fails(said: list[str], number: int) -> None:
    expected = ["first (0, None)", *list(WAYS.values())[number]]
    assert [line[2:] for line in said if line.startswith(f"{number} ")] == expected
