"""On which line of a TOML file a field stands, for errors that come after it was read.

No parser that is kept well tells it: tomllib has no positions, and tomlkit's are not public. So
this finds where statements begin and leaves their keys to tomllib. It expects a text that tomllib
has read, and knows no field of anything.
"""

import re
import sys
from collections.abc import Iterator

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Place = tuple[str | int, ...]
"""The way to a value from the top: keys of tables, numbers in lists."""

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[][{}=\n]"
    r"|[^][{}=\n\"'\#]+",
    re.DOTALL,
)
"""A string of any kind, a comment, a sign that parts statements, or anything else."""


class TomlLines:
    """The lines of one text's fields, counted from 1."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Place, int] = {}
        self._last_in: dict[Place, int] = {}
        table: Place = ()
        for line, head in _statements(text):
            if head.startswith("["):
                table = self._table(head)
                self._lines.setdefault(table, line)
            else:
                self._note(table, _keys(head), line)

    def line_of(self, place: Place) -> int | None:
        """The line of a field; of what it is in, where it is not there or not on a line of its
        own; None for one that belongs on top and is not there."""
        for length in range(len(place), 0, -1):
            if place[:length] in self._lines:
                return self._lines[place[:length]]
        return None

    def _table(self, head: str) -> Place:
        """The place of a table by its header; one more of a list, where that is doubled."""
        *parents, last = _keys(head.strip("[] \t"))
        place: Place = ()
        for key in parents:
            place = self._entered((*place, key))
        place = (*place, last)
        if head.startswith("[["):
            self._last_in[place] = self._last_in.get(place, -1) + 1
        return self._entered(place)

    def _entered(self, place: Place) -> Place:
        return (*place, self._last_in[place]) if place in self._last_in else place

    def _note(self, table: Place, keys: list[str], line: int) -> None:
        place = table
        for key in keys:
            place = (*place, key)
            self._lines.setdefault(place, line)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The line of each statement, and its head: a header, or what is before the first `=`."""
    line, began, depth = 1, 1, 0
    head, is_head = "", True
    for token in _TOKEN.findall(text + "\n"):
        if token == "\n" and depth == 0:
            if head.strip():
                yield began, head.strip()
            head, is_head = "", True
        elif token == "=" and depth == 0:
            is_head = False
        elif is_head and not token.startswith("#"):
            began = began if head.strip() else line
            head += token
        depth += (token in ("[", "{")) - (token in ("]", "}"))
        line += token.count("\n")


def _keys(text: str) -> list[str]:
    """The parts of a key, `a."b c".d` say; tomllib knows how they are quoted."""
    keys = []
    value = tomllib.loads(f"{text} = 0")
    while isinstance(value, dict):
        ((key, value),) = value.items()
        keys.append(key)
    return keys
