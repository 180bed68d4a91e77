"""The last copies: of each overloaded key the newest message that was suppressed.

When a count is reported after the storm there is no alert for it to travel on; the held message
carries it, and shows the newest state. A fixed number of places in one block of memory; where
either is taken, the message that was renewed least recently gives way to the newer one.
"""

from commshub import cobs
from commshub.compat import const, make_words, micropython, ptr32
from commshub.octets import take_out

HELD_MESSAGES = 8
HELD_BYTES = 1152  # chosen: 8 messages of 144 bytes, and the usual critical one has 124

# Of each place: for which overload (0, of none: they are numbered from 1), when it was renewed,
# and where in the arena it has how much room, of which so much is taken.
ID = 0
RENEWED = 1
AT = 2
ROOM = 3
LENGTH = 4
_WORDS = const(5)
_FIRST = const(2)  # before the places stands how often any was renewed, and where they end

_END = const(1)

_RENEWED = const(1)  # the same to machine code
_AT = const(2)
_ROOM = const(3)
_LENGTH = const(4)


class HeldMessages:
    """At most `places` messages of `size_bytes` in all, each kept for an overload's id.

    `arena` has the messages, `words` says where.
    """

    def __init__(self, size_bytes: int = HELD_BYTES, places: int = HELD_MESSAGES):
        self.arena = bytearray(size_bytes)
        self.words = make_words(_FIRST + places * _WORDS)
        self.words[_END] = len(self.words)
        self._end = 0  # of what is in use

    @micropython.native
    def keep(self, overload_id: int, buffer, start: int, end: int) -> None:
        """Keep `buffer[start:end]` for this overload, instead of what was kept for it."""
        length = end - start
        if not keep_again(self.words, self.arena, overload_id, buffer, start, length):
            self._make_place(overload_id, length)
            keep_again(self.words, self.arena, overload_id, buffer, start, length)

    def take(self, overload_id: int):
        """(start, end) in `arena` of what is kept for this overload, or None; then it is free.

        What is there is good until the next `keep`.
        """
        words = self.words
        for place in self._places():
            if words[place + ID] == overload_id:
                words[place + ID] = words[place + RENEWED] = 0
                return words[place + AT], words[place + AT] + words[place + LENGTH]
        return None

    def _places(self):
        return range(_FIRST, len(self.words), _WORDS)

    def _make_place(self, overload_id, length):
        """Give the place that is to give way, or its own, to this overload, with enough room."""
        words = self.words
        taken = [place for place in self._places() if words[place + ID] == overload_id]
        place = taken[0] if taken else min(self._places(), key=self._renewed)
        words[place + ID] = overload_id
        if length > words[place + ROOM]:
            words[place + ROOM] = 0
            self._make_room(place, length)
            words[place + AT] = self._end
            words[place + ROOM] = length
            self._end += length

    def _make_room(self, place, length):
        """Let others give way until there are so many bytes behind all that are in use."""
        words = self.words
        if len(self.arena) - self._end >= length:
            return
        free = len(self.arena) - sum([words[other + ROOM] for other in self._places()])
        for other in sorted(self._places(), key=self._renewed):
            if free >= length:
                break
            if other != place:
                free += words[other + ROOM]
                for word in (ID, RENEWED, ROOM):
                    words[other + word] = 0
        self._end = 0
        for other in sorted(self._places(), key=lambda other: words[other + AT]):
            cobs.copy(self.arena, words[other + AT], self.arena, self._end, words[other + ROOM])
            words[other + AT] = self._end
            self._end += words[other + ROOM]

    def _renewed(self, place):
        return self.words[place + RENEWED]


@micropython.viper
def keep_again(words, arena, overload_id: int, buffer, start: int, length: int) -> int:
    """Keep `buffer[start:][:length]` where this overload has a place with room already; else 0."""
    word = ptr32(words)
    place = _FIRST
    while place < word[_END]:
        if word[place] == overload_id:
            if length > word[place + _ROOM]:
                return 0
            word[0] = word[0] + 1
            word[place + _RENEWED] = word[0]
            word[place + _LENGTH] = length
            take_out(buffer, start, length | word[place + _AT] << 14, arena)
            return 1
        place += _WORDS
    return 0
