"""The way back for whoever holds the board and has lost its key: a pin, looked at once, at boot.

Held low, it erases the key, and only then is the board left to its REPL. Where the key cannot be
erased the hub goes on, with its key: the REPL would read it.
"""

from commshub.keystore import FILE


def is_asked_for(board) -> bool:
    """Whether the pin is low and the key is gone, so that the firmware must leave.

    Args:
        board: the module `board`, or what stands in for it.
    """
    if not board.is_recovery_pin_low():
        return False
    try:
        board.file(FILE).erase()
    except OSError:
        return False
    return True
