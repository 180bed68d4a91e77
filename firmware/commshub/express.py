"""Alerts that need nothing but to be counted, from bytes to verdict in one go: the most frequent.

A call costs more on the board than what most functions here do, so that for these alerts machine
code calls machine code, and nothing else is between. What is not just the alert that is due, or
asks for more than a count, is left as it is to the longer way: `Framer.next`, `App.on_alert`.
"""

from commshub import octets
from commshub.compat import const, make_words, micropython, ptr8, ptr32
from commshub.framer import recognise
from commshub.gbcs import read_message
from commshub.held import keep_again
from commshub.octets import open_frame
from commshub.places import find
from commshub.quick import judge, silenced_id
from commshub.south import note

# What comes next.
OTHER = 0  # something else is there, or nothing that is whole
ALERT = 1  # the alert that is due has to be judged
PASSED = 2  # it was judged, and its message has to go north
SILENCED = 3  # it was judged, and its message has to be held
ENOUGH = 4  # so many verdicts are unsaid that they have to be said

# Words of a run.
READ = 0  # where the next frame begins
OPENED = 1  # where the frame there ends, if it was opened; else 0
START = 2  # of the message of the alert that is there
END = 3
NORTH_NEXT = 4  # what the host has not had yet, as it told last
ENOUGH_UNSAID = 5
_WORDS = 6

# The same to machine code, which knows no constants of others.
_OTHER = const(0)
_ALERT = const(1)
_PASSED = const(2)
_SILENCED = const(3)
_ENOUGH = const(4)
_READ = const(0)
_OPENED = const(1)
_START = const(2)
_END = const(3)
_NORTH_NEXT = const(4)
_ENOUGH_UNSAID = const(5)
_TO_MESSAGE = const(17)  # of an opened frame: a code, its header, the fields of a HanAlert
_CHECK_BYTES = const(4)
_MAX_MESSAGE_BYTES = const(1024)
_IS_ALERT = const(0)
_IS_EXPECTED = const(1)
_RULES = const(-1)
_NOW = const(0)
_PASS = const(0)


class Express:
    """The quick way from a framer to verdicts.

    Args:
        reader: an `AlertReader`.
        south: a `South`, which notes the verdicts.
        held: `HeldMessages`.
        enough: with how many verdicts unsaid it stops.

    `run` has the words of the last run, see above.
    """

    def __init__(self, reader, south, held, enough: int):
        self.run = make_words(_WORDS)
        self._enough = enough
        # In one, because machine code takes few arguments.
        self._parts = (
            reader.found,
            south.words,
            south.entries,
            held.words,
            held.rooms,
            octets.TABLE,
        )

    @micropython.native
    def go(self, framer, throttle, t: int, at: int) -> int:
        """Judge the alerts that are there, up to one of which something comes; what, see above.

        Args:
            t, at: when they arrived, on the throttle's clock and on the wire's scale.

        Allocates: nothing.
        """
        if framer.skipping:
            return OTHER
        run = self.run
        run[READ] = framer.read
        run[OPENED] = 0
        run[ENOUGH_UNSAID] = self._enough
        parts = throttle.parts
        found = _go(run, framer.buffer, framer.filled, self._parts, parts, t, at, at >> 32)
        if run[READ] < framer.filled:
            framer.read = run[READ]
            framer.opened = run[OPENED]
        else:
            framer.read = framer.filled = 0
        return found


@micropython.viper
def _go(  # noqa: C901, PLR0913, PLR0915 (see above)
    run, buffer, filled: int, parts, of_throttle, t: int, at: int, at_high: int
) -> int:
    """See `Express.go`; of `at` the last 32 bits count."""
    r = ptr32(run)
    found = parts[0]
    header = parts[1]
    entries = parts[2]
    table = parts[5]
    state = of_throttle[0]
    devices = of_throttle[1]
    keys = of_throttle[2]
    names = of_throttle[3]
    excluded = ptr32(of_throttle[4])
    now = ptr32(state)[_NOW]
    if t < now:  # it has to wait for the throttle's time, which never runs backwards
        at += now - t
        t = now
    data = ptr8(buffer)
    where = ptr32(found)
    read = r[_READ]
    while read < filled:
        place = int(open_frame(buffer, read, filled, table))
        if place == 0:
            return _OTHER
        answer = int(recognise(buffer, read, place, filled, header))
        if answer & _IS_EXPECTED == 0:
            r[_OPENED] = place
            return _OTHER
        start = read + _TO_MESSAGE
        end = place - _CHECK_BYTES
        read = answer >> 1
        r[_READ] = read
        r[_START] = start
        r[_END] = end
        if start > end or end - start > _MAX_MESSAGE_BYTES:
            return _ALERT
        r[_NORTH_NEXT] = data[start - 2] | data[start - 1] << 8
        if int(read_message(buffer, start, end, found)) != _IS_ALERT:
            return _ALERT
        find(state, devices, keys, names, buffer, found)
        code = where[2]
        is_excluded = 0
        place = excluded[0]
        while place > 0:
            if excluded[place] == code:
                is_excluded = 1
            place -= 1
        verdict = int(judge(state, devices, keys, t, is_excluded))
        if verdict == _RULES:
            return _ALERT
        unsaid = int(note(header, entries, verdict, at, at_high))
        if verdict == _PASS:
            return _PASSED
        id_at = int(silenced_id(state, keys))
        if int(keep_again(parts[3], parts[4], id_at, buffer, start, end - start)) == 0:
            return _SILENCED
        if unsaid >= r[_ENOUGH_UNSAID]:
            return _ENOUGH
    return _OTHER
