"""Whole GBCS messages from what a person gives: digits, a file of either kind, standard input.

A file is binary if it begins with a byte that begins a message, and hexadecimal text otherwise.
"""

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from hubwire.errors import MessageDamaged, NotHex
from hubwire.gbcs import decode
from stormbench.errors import InvalidInput
from stormbench.printable import printable

STDIN = "-"
_FIRST_BYTES = (b"\xdd", b"\xdf")
_HEX = re.compile(r"[0-9A-Fa-f\s]+")
_NOT_HEX = re.compile(r"[^0-9A-Fa-f]")


@dataclass(frozen=True)
class GivenMessage:
    """One message as it was given.

    Attributes:
        source: the digits as given, or the path, or `path:line` if the file holds several.
        content: bytes, or text that should be hexadecimal digits, perhaps with white space.
    """

    source: str
    content: bytes | str

    def message(self) -> bytes:
        """The bytes of the message.

        Raises:
            NotHex: another character than a digit, or an odd number of digits.
        """
        if isinstance(self.content, bytes):
            return self.content
        digits = "".join(self.content.split())
        wrong = _NOT_HEX.search(digits)
        if wrong:
            got = f"character {ord(wrong.group()):04X}"
            raise NotHex("text", wrong.start() // 2, "hexadecimal digits", got)
        if len(digits) % 2:
            raise NotHex("text", len(digits) // 2, "two digits a byte", "one digit")
        return bytes.fromhex(digits)


def read_messages(argument: str) -> list[GivenMessage]:
    """The messages that one argument stands for.

    What is all hexadecimal digits is a message, even if a file is called so; `./` before its name
    makes it a file.

    Raises:
        InvalidInput: neither digits nor a file that can be read, or nothing in it.
    """
    if argument == STDIN:
        return _in_file(STDIN, sys.stdin.buffer.read())
    if _HEX.fullmatch(argument):
        return [GivenMessage(argument, argument)]
    if not os.path.exists(argument):
        text = "expected hexadecimal digits, the name of a file, or -"
        raise InvalidInput(f"{text}, got {argument[:64]!r}")
    try:
        return _in_file(argument, Path(argument).read_bytes())
    except OSError as error:
        raise InvalidInput(f"{printable(argument)}: cannot be read: {error.strerror}") from error


def _in_file(name: str, content: bytes) -> list[GivenMessage]:
    if content.startswith(_FIRST_BYTES):
        return [GivenMessage(name, content)]
    lines = content.decode("utf-8", errors="replace").removeprefix("\ufeff").splitlines()
    filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not filled:
        raise InvalidInput(f"{printable(name)}: expected at least one message, got an empty file")
    if len(filled) == 1 or _is_one_message(lines):
        return [GivenMessage(name, "".join(lines))]
    return [GivenMessage(f"{name}:{number}", line) for number, line in filled]


def _is_one_message(lines: list[str]) -> bool:
    """Whether all lines together are one alert, which some files break into lines."""
    try:
        decode(GivenMessage("", "".join(lines)).message())
    except MessageDamaged:
        return False
    return True
