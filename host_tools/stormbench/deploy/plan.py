"""What has to be done to a board's files, and in which order. Pure: names, hashes and sizes.

main.py goes first and comes last: while anything else differs there is none, so a board that is
cut off half-way starts its REPL and never half a firmware, and the same can be begun again.
"""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from stormbench.deploy.firmware import MAIN

PART = "main.part"
"""What main.py is called until all of it is there: a rename is one step on littlefs."""

PACKAGES = ("commshub", "commshub_identity")
"""Folders in which nothing else may be: a module's source goes before its .mpy."""


class OnBoard(NamedTuple):
    """A file of the board."""

    sha256: bytes
    size_bytes: int


class Plan(NamedTuple):
    """What to do, in this order. Paths are the board's."""

    remove: tuple[str, ...]
    write: tuple[str, ...]
    kept: int
    """How many files are there already, and stay."""

    @property
    def is_done(self) -> bool:
        """Nothing has to be done."""
        return not self.remove and not self.write


def plan(wanted: Mapping[str, bytes], present: Mapping[str, OnBoard]) -> Plan:
    """Plan the way from what is there to what is wanted.

    Args:
        wanted: every file of the firmware; MAIN is one of them.
        present: MAIN, PART, and everything below PACKAGES, as far as it is there.
    """
    stale = sorted(set(present) - set(wanted))
    changed = sorted(
        name
        for name, content in wanted.items()
        if name != MAIN and not _is_there(content, present.get(name))
    )
    is_started = MAIN in present and bool(stale or changed)
    remove = (MAIN, *stale) if is_started else tuple(stale)
    starts_anew = is_started or not _is_there(wanted[MAIN], present.get(MAIN))
    write = (*changed, MAIN) if starts_anew else tuple(changed)
    return Plan(remove, write, len(wanted) - len(write))


def _is_there(content: bytes, found: OnBoard | None) -> bool:
    return found is not None and found.sha256 == hashlib.sha256(content).digest()


def blocks_needed(
    steps: Plan, wanted: Mapping[str, bytes], present: Mapping[str, OnBoard], block_bytes: int
) -> int:
    """How many more blocks of the board's file system are taken once a plan is done.

    littlefs gives a file whole blocks, and a folder two.
    """

    def blocks(size_bytes: int) -> int:
        return -(-size_bytes // block_bytes)

    going = {*steps.remove, *steps.write} & set(present)
    freed = sum(blocks(present[name].size_bytes) for name in going)
    taken = sum(blocks(len(wanted[name])) for name in steps.write)
    folders = {name.partition("/")[0] for name in steps.write if "/" in name}
    folders -= {name.partition("/")[0] for name in present}
    return taken + 2 * len(folders) - freed
