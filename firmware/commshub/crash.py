"""The end of a hub that cannot go on: its last words are kept, and the board starts anew.

Needed by a crash and by the boot behind it, so it is imported only then. The words are in a file:
the registers that outlive a reset hold 32 bytes, and MicroPython's start clears the RAM. The flash
is written once for the crash and once when the words were told; where nobody hears them the next
crash adds nothing. Crashes within a minute of the start count as a row, and each waits twice as
long as the one before to start anew: a hub that cannot start comes to 84 such crashes a day. The
fourth of a row takes the save along, because that is what each boot reads again.
"""

import time

try:
    import machine
except ImportError:
    machine = None

from commshub import recovery, wire
from commshub.compat import const, micropython, traceback

WELL_MS = const(60000)  # what has run for so long has started
_LONGEST_ROW = const(12)  # then it waits 1,024 s, 17 minutes
_SUSPECT = const(4)  # three may be the storm's: the save is wanted most when it goes on
_WORDS_BYTES = 400  # as the longest Log


def end(board, fault: BaseException, file, save) -> None:
    """Keep what `fault` says for the next boot, and start the board anew.

    Args:
        board: the module `board`, or what stands in for it.
        file: where the words are kept.
        save: the file of what outlives a restart; the key is in another, and stays.

    Raises:
        BaseException: `fault`, where there is no board. KeyboardInterrupt: somebody wants the REPL
            of a board without a key; Ctrl-C is heard here, too.
    """
    micropython.kbd_intr(-1)
    is_free = recovery.is_free(board)
    if is_free and isinstance(fault, KeyboardInterrupt):
        raise fault
    text = traceback(fault)
    if not board.has_repl():
        _keep(file, 1, False, text)
        raise fault
    crashes = _count(board)
    _keep(file, crashes, crashes == _SUSPECT and _is_gone(save), text)
    pause_s = pause_of(crashes)
    print(text)
    if is_free:
        print("Ctrl-C within %d s leads to the REPL" % pause_s)
        recovery.let_interrupt()
    else:
        print("the hub starts anew in %d s" % pause_s)
    time.sleep(pause_s)
    machine.reset()


def pause_of(crashes: int) -> int:
    """How long the last of so many crashes in a row waits to start anew, s."""
    return (1 << min(crashes, _LONGEST_ROW)) >> 2


def _count(board):
    """How many crashes in a row there were with this one; where nothing remembers them, one."""
    if not board.is_rp2040():
        return 1
    from commshub import watchdog

    row = 0 if time.ticks_ms() >= WELL_MS else watchdog.crashes()
    return watchdog.crashes(row + 1)


def _is_gone(save):
    """Erase the save; whether there was one, and is none any more."""
    try:
        if not save.read():
            return False
        save.erase()
        return True
    except OSError:
        return False  # nothing can be done about it here


def _keep(file, crashes, is_save_gone, text):
    """As the first of a row has them, or that which cost the save."""
    anew = b"anew, without what it had saved" if is_save_gone else b"anew"
    head = b"the hub crashed, %d in a row, and started %s:\n" % (crashes, anew)
    tail = text.encode()[len(head) - _WORDS_BYTES :]
    try:
        if is_save_gone or not file.read():
            file.replace([head, tail])
    except OSError:
        pass  # nothing can be done about it here


class LastWords:
    """What the hub said last, before it crashed; to be told once.

    Args:
        file: where they are kept.
        octets: what it holds.
    """

    def __init__(self, file, octets):
        self._file = file
        self._octets = octets

    def tell(self, outbox) -> bool:
        """Say them in a Log, if the port takes it, and forget them; whether that was done."""
        if not outbox.can_send():
            return False
        outbox.send_with(self._octets, 0, min(len(self._octets), _WORDS_BYTES), wire.LOG, "<")
        try:
            self._file.erase()
        except OSError:
            pass  # then the next boot tells them again
        return True
