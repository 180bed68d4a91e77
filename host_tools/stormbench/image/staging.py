"""Folders that are made equal to a set of files, touching only what differs.

make judges by the time of a file, so a file that stays the same has to stay untouched.
"""

from collections.abc import Mapping
from pathlib import Path


def mirror(contents: Mapping[str, bytes], folder: Path) -> bool:
    """Make a folder hold exactly these files.

    Args:
        contents: The files by their path in the folder, with forward slashes.
        folder: Is made if it is not there; any other file in it is removed.

    Returns:
        Whether anything had to be changed.
    """
    present = {path for path in folder.rglob("*") if path.is_file()}
    surplus = present - {folder / name for name in contents}
    changed = {
        name: content
        for name, content in contents.items()
        if folder / name not in present or (folder / name).read_bytes() != content
    }
    for path in surplus:
        path.unlink()
    for name, content in changed.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return bool(surplus or changed)
