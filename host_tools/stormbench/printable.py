"""Text that is not ours, made safe for a terminal."""

import unicodedata


def printable(text: str) -> str:
    """The text without control characters, so that it can neither move the cursor nor hide."""
    return "".join(char for char in text if unicodedata.category(char)[0] != "C")
