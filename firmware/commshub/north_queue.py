"""What waits to go north, in order, while it is not acknowledged: bounded, oldest first.

Where there is no room, what matters least gives way: of the lowest class the oldest. A count that
gives way is not lost as long as its overload goes on: the next report tells the total. Pure; knows
no link. One block of memory holds it all; each item is a head and the payload of its frame.
"""

import struct

from commshub import cobs
from commshub.compat import const, make_words, micropython, ptr8, ptr32
from commshub.octets import take_out

PASS_CLASS = 0  # unsigned messages that passed
NOTICE_CLASS = 1
SAMPLE_CLASS = 2  # unsigned samples, and held copies, which bear counts
SIGNED_CLASS = 3  # critical alerts are signed, and nothing else is
CLASSES = 4

# size of the item, kind of its frame, class, whether it is the last report of its overload, that
# overload (0: it is no report), and how many suppressed alerts only it tells of
_HEAD = "<HBBBII"
_HEAD_BYTES = struct.calcsize(_HEAD)
_IS_LAST_AT = 4

# Words: where the items begin and end in the arena, how many there are, and where it ends.
HEAD = 0
TAIL = 1
COUNT = 2
SIZE = 3
QUEUE_WORDS = 4

# For machine code, which knows no constants of others.
_HEAD_AT = const(0)
_TAIL = const(1)
_COUNT = const(2)
_SIZE = const(3)
_HEAD_LENGTH = const(13)
_WAN_ALERT = const(0x83)
_PASS_BYTES = const(38)  # a head, and the fields of a WanAlert
_COUNT_AT = _HEAD_BYTES - 4

NORTH_BYTES = 4352  # chosen: 26 alerts of the usual 124 bytes, or the longest message 4 times


class NorthQueue:
    """At most `size_bytes` of items.

    Args:
        words: how many words it has, with those of its owner.

    `arena` has the items, `words` says where; see above. `gave_way` counts by class those that did
    not stay. `owed` has by overload how many suppressed alerts the next report must tell of
    besides its own; `counts_lost` counts those of which no report will tell.
    """

    def __init__(self, size_bytes: int = NORTH_BYTES, words: int = QUEUE_WORDS):
        self.words = make_words(words)
        self.words[SIZE] = size_bytes
        self.gave_way = [0] * CLASSES
        self.owed = {}
        self.counts_lost = 0
        self.arena = bytearray(size_bytes)

    @property
    def count(self) -> int:
        """How many items there are."""
        return self.words[COUNT]

    def messages_gave_way(self) -> int:
        """Of all classes but notices: what bears a message."""
        return sum(self.gave_way) - self.gave_way[NOTICE_CLASS]

    def put_pass(self, weight, at, taken, tail, start, end, kept) -> bool:  # noqa: PLR0913 (calls)
        """`put` a WanAlert that carries nothing.

        Args:
            at: the arrival of the alert, on the wire's scale.
            taken: the number of the first alert that was not taken by then.
        """
        length = end - start
        item = weight, at, at >> 32, taken, length
        place = put_pass(self.words, self.arena, *item)
        if not place:
            if not self._make_room(_PASS_BYTES + length, weight, kept):
                self.gave_way[weight] += 1
                return False
            place = put_pass(self.words, self.arena, *item)
        take_out(tail, start, length | place << 14, self.arena)
        return True

    @micropython.native
    def put(self, label, payload, tail, start, end, kept) -> bool:
        """Append an item: a frame with `payload` and `tail[start:end]`.

        Args:
            label: (kind of the frame, class, report); of a report (overload_id, count, is_last),
                else None.
            kept: how many items from the front must stay, because they were sent already.

        Returns: False where it gave way itself: all that could have made room matters more.
        """
        kind, weight, report = label
        overload_id, count, is_last = report or (0, 0, False)
        length = len(payload)
        size = _HEAD_BYTES + length + end - start
        arena = self.arena
        if self.words[TAIL] + size > len(arena) and not self._make_room(size, weight, kept):
            self._lose(weight, overload_id, count, is_last)
            return False
        if overload_id and overload_id in self.owed:  # also by what has just made room
            count += self.owed.pop(overload_id)
        at = self.words[TAIL]
        struct.pack_into(_HEAD, arena, at, size, kind, weight, is_last, overload_id, count)
        at += _HEAD_BYTES
        cobs.copy(payload, 0, arena, at, length)
        cobs.copy(tail, start, arena, at + length, end - start)
        self.words[TAIL] = at + size - _HEAD_BYTES
        self.words[COUNT] += 1
        return True

    @micropython.native
    def send(self, index: int, seq: int, outbox) -> None:
        """Send the item `index`, from the front, as the frame of number `seq`."""
        arena = self.arena
        at = _walk(arena, self.words[HEAD], index)
        size = arena[at] | arena[at + 1] << 8
        outbox.send_packed(arena[at + 2], seq, arena, at + _HEAD_BYTES, at + size)

    @micropython.native
    def pop(self, count: int) -> None:
        """Take `count` items from the front."""
        pop(self.words, self.arena, count)

    @micropython.native
    def _size_at(self, at):
        return self.arena[at] | self.arena[at + 1] << 8

    @micropython.native
    def _place(self, index):
        return _walk(self.arena, self.words[HEAD], index)

    @micropython.native
    def _make_room(self, size, weight, kept):
        """Let others give way for `size` bytes; False: not even all that may would do."""
        lacking = size - len(self.arena) + self.words[TAIL] - self.words[HEAD]
        if lacking > self._removable(weight, kept):
            return False
        while len(self.arena) - (self.words[TAIL] - self.words[HEAD]) < size:
            self._remove_one(weight, kept)
        if len(self.arena) - self.words[TAIL] < size:
            in_use = self.words[TAIL] - self.words[HEAD]
            take_out(self.arena, self.words[HEAD], in_use, self.arena)
            self.words[TAIL] -= self.words[HEAD]
            self.words[HEAD] = 0
        return True

    def _removable(self, weight, kept):
        """How many bytes those of class `weight` and lower take; 0 where nothing is asked."""
        at = self._place(kept)
        found = 0
        while at < self.words[TAIL]:
            if self.arena[at + 3] <= weight:
                found += self._size_at(at)
            at += self._size_at(at)
        return found

    def _remove_one(self, weight, kept):
        """Remove the oldest item of the lowest class, no higher than `weight`; there is one."""
        at = victim = self._place(kept)
        least = weight + 1
        while at < self.words[TAIL]:
            if self.arena[at + 3] < least:
                least = self.arena[at + 3]
                victim = at
            at += self._size_at(at)
        size, _, _, is_last, overload_id, count = struct.unpack_from(_HEAD, self.arena, victim)
        after = victim + size
        cobs.copy(self.arena, after, self.arena, victim, self.words[TAIL] - after)
        self.words[TAIL] -= size
        self.words[COUNT] -= 1
        self._lose(least, overload_id, self._left_over(victim, overload_id, count), is_last)

    def _left_over(self, at, overload_id, count):
        """Leave `count` to the next report of the overload, from `at` on; what finds none."""
        while count and at < self.words[TAIL]:
            size, _, _, _, other, its_own = struct.unpack_from(_HEAD, self.arena, at)
            if other == overload_id:
                struct.pack_into("<I", self.arena, at + _COUNT_AT, its_own + count)
                return 0
            at += size
        return count

    def _lose(self, weight, overload_id, count, is_last):
        self.gave_way[weight] += 1
        if overload_id in self.owed:
            count += self.owed.pop(overload_id)
        if is_last:
            self.counts_lost += count
            self._mark_last(overload_id)
        elif count:
            self.owed[overload_id] = count

    def _mark_last(self, overload_id):
        """No report follows the newest one that is left of this overload: it is the last now."""
        at = self.words[HEAD]
        newest = -1
        while at < self.words[TAIL]:
            size, _, _, _, other, _ = struct.unpack_from(_HEAD, self.arena, at)
            if other == overload_id:
                newest = at
            at += size
        if newest >= 0:
            self.arena[newest + _IS_LAST_AT] = 1


@micropython.viper
def _walk(arena, at: int, count: int) -> int:
    """The place of the item so many behind the one at `at`."""
    data = ptr8(arena)
    while count > 0:
        at += int(data[at]) | int(data[at + 1]) << 8
        count -= 1
    return at


@micropython.viper
def pop(words, arena, count: int):
    """Take `count` items from the front."""
    word = ptr32(words)
    data = ptr8(arena)
    at = word[_HEAD_AT]
    word[_COUNT] = word[_COUNT] - count
    while count > 0:
        at += int(data[at]) | int(data[at + 1]) << 8
        count -= 1
    if word[_COUNT] == 0:
        at = 0
        word[_TAIL] = 0
    word[_HEAD_AT] = at


@micropython.viper
def put_pass(  # noqa: PLR0913 (calls are what costs most)
    words, arena, weight: int, low: int, high: int, taken: int, length: int
) -> int:
    """Append an item that is no report, and its WanAlert, which carries nothing.

    Of `low` the last 32 bits count.

    Returns: where in the arena its message of that length has to be put; 0, and nothing is done,
        without room at the end.
    """
    word = ptr32(words)
    at = word[_TAIL]
    if at + _PASS_BYTES + length > word[_SIZE]:
        return 0
    write = ptr8(arena)
    size = _PASS_BYTES + length
    write[at] = size & 0xFF
    write[at + 1] = size >> 8
    write[at + 2] = _WAN_ALERT
    write[at + 3] = weight
    end = at + _PASS_BYTES
    place = at + 4
    while place < at + _HEAD_LENGTH:  # the rest of the head; what it carries, in two halves
        write[place] = 0
        write[place + 15] = 0
        write[place + 23] = 0
        place += 1
    write[place] = low & 0xFF
    write[place + 1] = low >> 8 & 0xFF
    write[place + 2] = low >> 16 & 0xFF
    write[place + 3] = low >> 24 & 0xFF
    write[place + 4] = high & 0xFF
    write[place + 5] = high >> 8
    write[end - 2] = taken & 0xFF
    write[end - 1] = taken >> 8
    word[_TAIL] = end + length
    word[_COUNT] = word[_COUNT] + 1
    return end
