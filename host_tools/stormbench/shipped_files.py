"""Files that come with stormbench and are named by a word instead of a path.

A text without a suffix and without a folder, `tamper_cautious`, is a shipped file; any other,
`mine.toml` or `./mine`, is a path. So what lies in the current folder never decides.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from stormbench.errors import InvalidInput
from stormbench.printable import printable

_SEPARATORS = tuple(filter(None, (os.sep, os.altsep)))


@dataclass(frozen=True)
class ShippedFiles:
    """The TOML files of one folder; `noun` says in errors what they are."""

    folder: Path
    noun: str

    def names(self) -> list[str]:
        """The words that stand for a file."""
        return sorted(path.stem for path in self.folder.glob("*.toml"))

    def path(self, text: str) -> Path:
        """The file that `text` names; one that is not shipped need not be there.

        Raises:
            InvalidInput: it is a word, and no shipped file is called that.
        """
        if not is_word(text):
            return Path(text)
        names = self.names()
        if text not in names:
            shown = printable(text[:64])
            raise InvalidInput(
                f"no {self.noun} that comes with stormbench is called {shown!r}; there are "
                f"{', '.join(names)}; a file of that name is given as ./{shown}"
            )
        return self.folder / f"{text}.toml"


def is_word(text: str) -> bool:
    """Whether a text names a shipped file, if there is one of that name."""
    return (
        Path(text).name == text != ".."
        and not Path(text).suffix
        and not any(sign in text for sign in _SEPARATORS)
    )
