"""What waits to go north, in order, while it is not acknowledged: bounded, oldest first.

Where there is no room, what matters least gives way: of the lowest class the oldest. A count that
gives way is not lost as long as its overload goes on: the next report tells the total. Pure; knows
no link. One block of memory holds it all; each item is a head and the payload of its frame.
"""

import struct

from commshub import cobs
from commshub.compat import const, micropython, ptr8

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

# For machine code, which knows no constants of others.
_HEAD_LENGTH = const(13)
_WAN_ALERT = const(0x83)
_PASS_BYTES = const(38)  # a head, and the fields of a WanAlert
_COUNT_AT = _HEAD_BYTES - 4

NORTH_BYTES = 8192  # chosen: 50 alerts of the usual 124 bytes, or the longest message 7 times


class NorthQueue:
    """At most `size_bytes` of items.

    `count` is how many there are; `gave_way` counts by class those that did not stay. `owed` has
    by overload how many suppressed alerts the next report must tell of besides its own;
    `counts_lost` counts those of which no report will tell.
    """

    def __init__(self, size_bytes: int = NORTH_BYTES):
        self.count = 0
        self.gave_way = [0] * CLASSES
        self.owed = {}
        self.counts_lost = 0
        self._arena = bytearray(size_bytes)
        self._size = size_bytes
        self._head = self._tail = 0

    def messages_gave_way(self) -> int:
        """Of all classes but notices: what bears a message."""
        return sum(self.gave_way) - self.gave_way[NOTICE_CLASS]

    @micropython.native
    def put_pass(self, weight, at, taken, tail, start, end, kept) -> bool:  # noqa: PLR0913 (calls)
        """`put` a WanAlert that carries nothing.

        Args:
            at: the arrival of the alert, on the wire's scale.
            taken: the number of the first alert that was not taken by then.
        """
        place = self._tail
        after = place + _PASS_BYTES + end - start
        if after > self._size and not self._make_room(after - place, weight, kept):
            self.gave_way[weight] += 1
            return False
        self._tail = _put_pass(
            self._arena, self._tail, weight, at, at >> 32, taken, tail, start, end - start
        )
        self.count += 1
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
        arena = self._arena
        if self._tail + size > len(arena) and not self._make_room(size, weight, kept):
            self._lose(weight, overload_id, count, is_last)
            return False
        if overload_id and overload_id in self.owed:  # also by what has just made room
            count += self.owed.pop(overload_id)
        at = self._tail
        struct.pack_into(_HEAD, arena, at, size, kind, weight, is_last, overload_id, count)
        at += _HEAD_BYTES
        cobs.copy(payload, 0, arena, at, length)
        cobs.copy(tail, start, arena, at + length, end - start)
        self._tail = at + size - _HEAD_BYTES
        self.count += 1
        return True

    @micropython.native
    def send(self, index: int, seq: int, outbox) -> None:
        """Send the item `index`, from the front, as the frame of number `seq`."""
        arena = self._arena
        at = _walk(arena, self._head, index)
        size = arena[at] | arena[at + 1] << 8
        outbox.send_packed(arena[at + 2], seq, arena, at + _HEAD_BYTES, at + size)

    @micropython.native
    def pop(self, count: int) -> None:
        """Take `count` items from the front."""
        self._head = _walk(self._arena, self._head, count)
        self.count -= count
        if not self.count:
            self._head = self._tail = 0

    @micropython.native
    def _size_at(self, at):
        return self._arena[at] | self._arena[at + 1] << 8

    @micropython.native
    def _place(self, index):
        return _walk(self._arena, self._head, index)

    @micropython.native
    def _make_room(self, size, weight, kept):
        """Let others give way for `size` bytes; False: not even all that may would do."""
        lacking = size - len(self._arena) + self._tail - self._head
        if lacking > self._removable(weight, kept):
            return False
        while len(self._arena) - (self._tail - self._head) < size:
            self._remove_one(weight, kept)
        if len(self._arena) - self._tail < size:
            cobs.copy(self._arena, self._head, self._arena, 0, self._tail - self._head)
            self._tail -= self._head
            self._head = 0
        return True

    def _removable(self, weight, kept):
        """How many bytes those of class `weight` and lower take; 0 where nothing is asked."""
        at = self._place(kept)
        found = 0
        while at < self._tail:
            if self._arena[at + 3] <= weight:
                found += self._size_at(at)
            at += self._size_at(at)
        return found

    def _remove_one(self, weight, kept):
        """Remove the oldest item of the lowest class, no higher than `weight`; there is one."""
        at = victim = self._place(kept)
        least = weight + 1
        while at < self._tail:
            if self._arena[at + 3] < least:
                least = self._arena[at + 3]
                victim = at
            at += self._size_at(at)
        size, _, _, is_last, overload_id, count = struct.unpack_from(_HEAD, self._arena, victim)
        after = victim + size
        cobs.copy(self._arena, after, self._arena, victim, self._tail - after)
        self._tail -= size
        self.count -= 1
        self._lose(least, overload_id, self._left_over(victim, overload_id, count), is_last)

    def _left_over(self, at, overload_id, count):
        """Leave `count` to the next report of the overload, from `at` on; what finds none."""
        while count and at < self._tail:
            size, _, _, _, other, its_own = struct.unpack_from(_HEAD, self._arena, at)
            if other == overload_id:
                struct.pack_into("<I", self._arena, at + _COUNT_AT, its_own + count)
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
        at = self._head
        newest = -1
        while at < self._tail:
            size, _, _, _, other, _ = struct.unpack_from(_HEAD, self._arena, at)
            if other == overload_id:
                newest = at
            at += size
        if newest >= 0:
            self._arena[newest + _IS_LAST_AT] = 1


@micropython.viper
def _walk(arena, at: int, count: int) -> int:
    """The place of the item so many behind the one at `at`."""
    data = ptr8(arena)
    while count > 0:
        at += int(data[at]) | int(data[at + 1]) << 8
        count -= 1
    return at


@micropython.viper
def _put_pass(  # noqa: PLR0913 (calls are what costs most)
    arena, at: int, weight: int, low: int, high: int, taken: int, tail, start: int, length: int
) -> int:
    """An item that is no report, and its WanAlert, which carries nothing; returns its end.

    Of `low` the last 32 bits count.
    """
    write = ptr8(arena)
    read = ptr8(tail)
    size = _PASS_BYTES + length
    write[at] = size & 0xFF
    write[at + 1] = size >> 8
    write[at + 2] = _WAN_ALERT
    write[at + 3] = weight
    place = at + 4
    end = at + _PASS_BYTES
    while place < end:
        write[place] = 0
        place += 1
    place = at + _HEAD_LENGTH
    write[place] = low & 0xFF
    write[place + 1] = low >> 8 & 0xFF
    write[place + 2] = low >> 16 & 0xFF
    write[place + 3] = low >> 24 & 0xFF
    write[place + 4] = high & 0xFF
    write[place + 5] = high >> 8
    write[end - 2] = taken & 0xFF
    write[end - 1] = taken >> 8
    at = end
    end += length
    while at < end:
        write[at] = read[start]
        at += 1
        start += 1
    return end
