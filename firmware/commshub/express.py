"""Alerts that only have to be counted or passed on, from bytes to verdict in one go.

A call costs more on the board than what most functions here do, so that for these alerts machine
code calls machine code, and nothing else is between. What is not just the alert that is due, or
asks for more than that, is left as it is to the longer way: `Framer.next`, `App.on_alert`.
"""

from commshub import octets
from commshub.compat import const, make_words, micropython, ptr8, ptr32
from commshub.courier import take_ack
from commshub.gbcs import read_message
from commshub.held import keep_again
from commshub.north_queue import put_pass
from commshub.octets import open_frame, take_out
from commshub.places import find
from commshub.quick import judge
from commshub.south import note

# What comes next.
OTHER = 0  # something else is there, or nothing that is whole
ALERT = 1  # the alert that is due has to be judged
PASSED = 2  # it was judged, and others have to give way before its message goes north
SILENCED = 3  # it was judged, and its message has to be held
SAMPLED = 4  # it was judged, and its message has to go north with the numbers of its key
ENOUGH = 5  # so many verdicts are unsaid that they have to be said
BEGUN = 6  # it was judged, and `Throttle.suppress_first` has to be called

# Words of a run.
READ = 0  # where the next frame begins
OPENED = 1  # where the frame there ends, if it was opened; else 0
START = 2  # of the message of the alert that is there
END = 3
ENOUGH_UNSAID = 4
MAY_SEND = 5  # whether the port takes frames
ACKED = 6  # whether the host has had more of what went north
SENT = 7  # whether anything was sent north
_WORDS = 8

# The same to machine code, which knows no constants of others.
_OTHER = const(0)
_ALERT = const(1)
_PASSED = const(2)
_SILENCED = const(3)
_SAMPLED = const(4)
_ENOUGH = const(5)
_BEGUN = const(6)
_READ = const(0)
_OPENED = const(1)
_START = const(2)
_END = const(3)
_ENOUGH_UNSAID = const(4)
_MAY_SEND = const(5)
_ACKED = const(6)
_SENT = const(7)
_NOT_KNOWN = const(2)  # whether the port takes frames: asked once, where something passes
_WAN_ALERT = const(0x83)
_FIELDS_BYTES = const(25)  # of a WanAlert, before its message
_TAIL = const(1)  # of the words of the queue, and of the courier
_COUNT = const(2)
_COURIER_SENT = const(4)
_FLOWN = const(5)
_BASE = const(6)
_WINDOW = const(7)
_PASS_CLASS = const(0)
_SIGNED_CLASS = const(3)
_IS_SIGNED = const(3)  # of what is found
_TO_MESSAGE = const(17)  # of an opened frame: a code, its header, the fields of a HanAlert
_CHECK_BYTES = const(4)
_MAX_MESSAGE_BYTES = const(1024)
_IS_ALERT = const(0)
_KIND = const(0)
_SEQ = const(1)
_BOOT = const(2)
_VERSION = const(0x23)
_FIRST = const(3)
_RULES = const(4)
_NOW = const(0)
_KEY_AT = const(4)
_OVERLOAD_ID = const(9)
_PASS = const(0)
_SAMPLE = const(1)


class Express:
    """The quick way from a framer to verdicts.

    Args:
        reader: an `AlertReader`.
        south: a `South`, which notes the verdicts.
        held: `HeldMessages`.
        courier: a `Courier`, which takes north what passes.
        outbox: an `Outbox`, which sends it.
        enough: with how many verdicts unsaid it stops.

    `run` has the words of the last run, see above.
    """

    def __init__(self, reader, south, held, courier, outbox, enough: int):
        self.run = make_words(_WORDS)
        self._courier = courier
        self.run[ENOUGH_UNSAID] = enough
        # In one, because machine code takes few arguments.
        self._parts = (
            reader.found,
            south.words,
            south.entries,
            held.words,
            held.arena,
            octets.TABLE,
            courier.words,
            courier.queue.arena,
            outbox,
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
        filled = framer.filled
        found = _go(run, framer.buffer, filled, self._parts, throttle.parts, t, at, at >> 32)
        read = run[READ]
        if read < filled:
            framer.read = read
            framer.opened = run[OPENED]
        else:
            framer.read = framer.filled = 0
        if run[ACKED]:
            self._courier.after_acks()
        if run[SENT]:
            self._courier.after_sending()
        return found


@micropython.viper
def _go(  # noqa: C901, PLR0913, PLR0915 (see above)
    run, buffer, filled: int, parts, of_throttle, t: int, at: int, at_high: int
) -> int:
    """See `Express.go`; of `at` the last 32 bits count."""
    r = ptr32(run)
    found = parts[0]
    header = parts[1]
    h = ptr32(header)
    entries = parts[2]
    table = parts[5]
    north = parts[6]
    n = ptr32(north)
    arena = parts[7]
    outbox = parts[8]
    r[_OPENED] = 0
    r[_ACKED] = 0
    r[_SENT] = 0
    r[_MAY_SEND] = _NOT_KNOWN
    state = of_throttle[0]
    s = ptr32(state)
    devices = of_throttle[1]
    keys = of_throttle[2]
    k = ptr32(keys)
    names = of_throttle[3]
    excluded = ptr32(of_throttle[4])
    now = s[_NOW]
    if t < now:  # it has to wait for the throttle's time, which never runs backwards
        at += now - t
        t = now
    data = ptr8(buffer)
    where = ptr32(found)
    # A name of the module is looked up each time, a local one is not. In pairs: more would be a
    # tuple, which is an allocation.
    opens, reads = open_frame, read_message
    finds, judges = find, judge
    notes, keeps = note, keep_again
    puts, copies = put_pass, take_out
    takes_ack = take_ack
    read = r[_READ]
    while read < filled:
        place = int(opens(buffer, read, filled, table))
        if place == 0:
            return _OTHER
        # As `recognise` does it, without a call.
        seq = int(data[read + 5]) | int(data[read + 6]) << 8
        boot = int(data[read + 7]) | int(data[read + 8]) << 8
        if (
            seq != h[_SEQ]
            or boot != h[_BOOT]
            or int(data[read + 4]) != h[_KIND]
            or int(data[read + 1]) != _VERSION
        ):
            r[_OPENED] = place
            return _OTHER
        start = read + _TO_MESSAGE
        end = place - _CHECK_BYTES
        read = place + 1
        while read < filled and data[read] == 0:
            read += 1
        r[_READ] = read
        r[_START] = start
        r[_END] = end
        if start > end or end - start > _MAX_MESSAGE_BYTES:
            return _ALERT
        north_next = int(data[start - 2]) | int(data[start - 1]) << 8
        if north_next != n[_BASE] and int(takes_ack(north, arena, north_next)) != 0:
            r[_ACKED] = 1
        if int(reads(buffer, start, end, found)) != _IS_ALERT:
            return _ALERT
        finds(state, devices, keys, names, buffer, found)
        code = where[2]
        is_excluded = 0
        place = excluded[0]
        while place > 0:
            if excluded[place] == code:
                is_excluded = 1
            place -= 1
        verdict = int(judges(state, devices, keys, t, is_excluded))
        if verdict >= _FIRST:
            return _BEGUN if verdict == _FIRST else _ALERT
        unsaid = int(notes(header, entries, verdict, at, at_high))
        if verdict == _PASS:
            weight = _SIGNED_CLASS if where[_IS_SIGNED] == 1 else _PASS_CLASS
            to = int(puts(north, arena, weight, at, at_high, h[_SEQ], end - start))
            if to == 0:
                return _PASSED
            copies(buffer, start, end - start | to << 14, arena)
            if r[_MAY_SEND] == _NOT_KNOWN:
                r[_MAY_SEND] = 1 if outbox.can_send() else 0
            sent = n[_COURIER_SENT] + 1
            if r[_MAY_SEND] != 0 and sent == n[_COUNT] and sent <= n[_WINDOW]:
                n[_COURIER_SENT] = sent
                n[_FLOWN] = sent  # which is never more than there are
                r[_SENT] = 1
                place = to - _FIELDS_BYTES
                seq = n[_BASE] + sent - 1 & 0xFFFF
                outbox.send_packed(_WAN_ALERT, seq, arena, place, n[_TAIL])
        elif verdict == _SAMPLE:
            return _SAMPLED
        else:
            overload_id = k[s[_KEY_AT] + _OVERLOAD_ID]
            if int(keeps(parts[3], parts[4], overload_id, buffer, start, end - start)) == 0:
                return _SILENCED
        if unsaid >= r[_ENOUGH_UNSAID]:
            return _ENOUGH
    return _OTHER
