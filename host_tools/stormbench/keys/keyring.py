"""The keys that this user has for hubs, by the board's unique id, in a file that none else reads.

The file is JSON: {"unique id": {"key": hex, "next": hex or null}}. `next` is a key that was sent
to a hub whose answer never came. It knows no link.
"""

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from hubwire.frames import KEY_BYTES
from stormbench.errors import InvalidInput
from stormbench.printable import printable

PATH_VARIABLE = "STORMBENCH_KEYS"

_OWNER_ONLY = 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class HubKey:
    """What is kept for one hub: its key, and the one that a change of key may have put there."""

    key: bytes
    next: bytes | None = None


class Keyring:
    """The keys in one file; read at each call, written whole.

    Args:
        path: None: where STORMBENCH_KEYS says, else in the user's own configuration.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or _default_path()

    def find(self, unique_id: str) -> HubKey | None:
        """The key for the board of that id, in 16 hex digits.

        Raises:
            InvalidInput: the file is not as it should be, or others may read it.
        """
        return self.all().get(unique_id.upper())

    def all(self) -> Mapping[str, HubKey]:
        """Every key, by unique id, in the order of the ids.

        Raises:
            InvalidInput: as `find`.
        """
        try:
            refuse_if_others_read(self.path)
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput(f"{self.path}: cannot be read: {error}") from error
        return self._parsed(text)

    def put(self, unique_id: str, key: HubKey) -> None:
        """Keep this for a board, instead of what was kept; on the disk when it returns.

        Raises:
            InvalidInput: as `find`, or the file cannot be written.
        """
        self._write({**self.all(), unique_id.upper(): key})

    def forget(self, unique_id: str) -> HubKey | None:
        """Take away what is kept for a board; what it was, None where there was nothing.

        Raises:
            InvalidInput: as `put`.
        """
        keys = dict(self.all())
        found = keys.pop(unique_id.upper(), None)
        if found is not None:
            self._write(keys)
        return found

    def _parsed(self, text: str) -> dict[str, HubKey]:
        try:
            found = {
                unique_id.upper(): HubKey(key_of(entry["key"]), _optional(entry.get("next")))
                for unique_id, entry in json.loads(text).items()
            }
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # Not the error's own text: it may quote what is in the file.
            raise InvalidInput(
                f"{self.path}: expected a JSON object with a key of {2 * KEY_BYTES} hex digits "
                f"for each unique id, got something else ({type(error).__name__}); mend it, or "
                "move it away and set the keys again"
            ) from None
        return dict(sorted(found.items()))

    def _write(self, keys: Mapping[str, HubKey]) -> None:
        """Another file takes the place of this one, so that a cut leaves the old or the new."""
        entries = {
            unique_id: {"key": each.key.hex(), "next": each.next.hex() if each.next else None}
            for unique_id, each in sorted(keys.items())
        }
        new = self.path.with_name(f"{self.path.name}.{os.getpid()}.new")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
            try:
                with open(handle, "w", encoding="utf-8") as file:
                    file.write(json.dumps(entries, indent=2) + "\n")
                    file.flush()
                    os.fsync(handle)
                os.replace(new, self.path)
            except BaseException:
                new.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise InvalidInput(f"{self.path}: cannot be written: {error.strerror}") from error


def refuse_if_others_read(path: Path) -> None:
    """Go on only if a file that holds a key is for its owner alone; Windows has no such bits.

    Raises:
        InvalidInput: others may read or write it.
        OSError: it cannot be looked at.
    """
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & _OTHERS:
        raise InvalidInput(
            f"{path}: holds keys, and others may read or write it (mode {mode:04o}, expected "
            f"{_OWNER_ONLY:04o}): `chmod 600 {path}`, and change the keys if somebody may have "
            "read them"
        )


def key_of(text: str) -> bytes:
    """The key that 64 hex digits stand for.

    Raises:
        ValueError: they are none, or all zeros; the text never quotes them.
    """
    try:
        key = bytes.fromhex(text)
    except ValueError:
        raise ValueError("not hex digits") from None
    if len(key) != KEY_BYTES or not any(key):
        raise ValueError(f"{len(key)} bytes or all zeros, expected {KEY_BYTES} bytes")
    return key


def read_key_file(path: Path) -> bytes:
    """The key in a file of 64 hex digits.

    Raises:
        InvalidInput: it cannot be read, others may read it, or it holds no key.
    """
    try:
        refuse_if_others_read(path)
        return key_of(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise InvalidInput(
            printable(
                f"{path}: expected a key of {2 * KEY_BYTES} hex digits that are not all zeros: "
                f"{why}; `openssl rand -hex {KEY_BYTES}` makes one"
            )
        ) from None


def _optional(text: str | None) -> bytes | None:
    return None if text is None else key_of(text)


def _default_path() -> Path:
    named = os.environ.get(PATH_VARIABLE)
    return Path(named) if named else platformdirs.user_config_path("stormbench") / "keys.json"
