"""The ways back to the REPL for whoever holds the board: needed at the start, and let go then.

With a key there is one, for who has lost it: a pin, looked at once, at boot. Held low, it erases
the key, and only then is the board left to its REPL. Where the key cannot be erased the hub goes
on, with its key: the REPL would read it.

Without a key there is nothing to guard, and a firmware that does not work must not lock anybody
out: Ctrl-C on MicroPython's own port stops it, while it starts and a while longer.
"""

from commshub.compat import const, micropython
from commshub.keystore import FILE

# Counted from the last coming of the USB port, of which a PC takes about a second to make one of
# its own; who waits for that has the rest to open it and to press a key. Longer would only give
# somebody's stray 03 longer to stop a hub.
GRACE_MS = const(3000)

_CTRL_C = const(3)
_NONE = const(-1)


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


def is_free(board) -> bool:
    """Whether there is a REPL to leave to, and no key that it would give away.

    Args:
        board: the module `board`, or what stands in for it.
    """
    if not board.has_repl():
        return False
    try:
        return not board.file(FILE).read()
    except OSError:
        return False  # it may be one


def let_interrupt() -> None:
    """From now on Ctrl-C raises KeyboardInterrupt, wherever the hub is."""
    micropython.kbd_intr(_CTRL_C)


def let_not_interrupt() -> None:
    """From now on 03 is a byte like any other.

    Raises:
        KeyboardInterrupt: it had come before, and waited for a moment to be raised: now, and not
            in the middle of something that must be whole.
    """
    micropython.kbd_intr(_NONE)
    for _ in (None,):  # MicroPython raises it where bytecode jumps
        pass


class Grace:
    """A while in which Ctrl-C still leads to the REPL, though the hub serves whoever asks.

    It ends by itself, or with the first good frame: who speaks to the hub may send a 03 that is no
    Ctrl-C. A HelloRequest, which comes before all else, has none. Ctrl-C is heard only while the
    hub waits, so that nothing that it does is ever left half done.

    Args:
        lanes: the `Lanes`, whose `wait` this one stands before meanwhile.
        ticks_ms, ticks_diff: of the board's `time`.

    Raises:
        KeyboardInterrupt: see `let_not_interrupt`.
    """

    def __init__(self, lanes, ticks_ms, ticks_diff):
        self._lanes = lanes
        self._wait = lanes.wait
        self._ticks_ms = ticks_ms
        self._ticks_diff = ticks_diff
        self._begun = ticks_ms()
        lanes.wait = self.wait
        let_not_interrupt()

    def wait(self, wait_ms: int) -> bool:
        """As `Lanes.wait`, but no longer than the grace is.

        Raises:
            KeyboardInterrupt: somebody wants the REPL.
        """
        left_ms = GRACE_MS - self._ticks_diff(self._ticks_ms(), self._begun)
        if left_ms <= 0 or self._lanes.framer.kind:
            del self._lanes.wait
            return self._wait(wait_ms)
        if 0 <= wait_ms < left_ms:
            left_ms = wait_ms
        let_interrupt()
        try:
            return self._wait(left_ms)
        finally:
            let_not_interrupt()
