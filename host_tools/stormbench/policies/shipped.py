"""Policy files that are named by a word instead of a path.

A text without a suffix and without a folder, `tamper_cautious`, is a policy of this folder; any
other, `mine.toml` or `./mine`, is a file. So what lies in the current folder never decides.
"""

import os
from pathlib import Path

from stormbench.errors import InvalidInput
from stormbench.printable import printable

_FOLDER = Path(__file__).parent
_SEPARATORS = tuple(filter(None, (os.sep, os.altsep)))

DEFAULT = "default"
"""The one that holds every field at its default."""


def shipped_names() -> list[str]:
    """What `policy_path` takes for a shipped policy."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def policy_path(text: str) -> Path:
    """The policy file that `text` names; one that is not shipped need not be there.

    Raises:
        InvalidInput: it is a word, and no shipped policy is called that.
    """
    is_word = (
        Path(text).name == text != ".."
        and not Path(text).suffix
        and not any(sign in text for sign in _SEPARATORS)
    )
    if not is_word:
        return Path(text)
    names = shipped_names()
    if text not in names:
        shown = printable(text[:64])
        raise InvalidInput(
            f"no policy that comes with stormbench is called {shown!r}; there are "
            f"{', '.join(names)}; a file of that name is given as ./{shown}"
        )
    return _FOLDER / f"{text}.toml"
