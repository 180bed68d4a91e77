"""A fixed number of entries; when all are taken the stalest idle one gives way.

Pure. Entries are words of one array (see `entries`), and each is in one of three rings: free, idle
or kept. "Stalest" is the idle one that was counted least recently in the order of calls, which a
clock with equal times could not tell. One that is kept gives way to nobody until it is released.
"""

from commshub.compat import const, make_words, micropython, ptr32
from commshub.entries import MADE, NEWER, NOBODY, OLDER, START

_MADE = const(0)  # as in `entries`: machine code knows no constants of others
_OLDER = const(1)
_NEWER = const(2)
_START = const(3)
_COUNT = const(4)
_QUIET = const(5)

# Of the head of the free ring.
WAS_FULL = START  # see `Table.was_full`
LAST_MADE = MADE  # the highest rank by creation so far
_WAS_FULL = const(3)
_LAST_MADE = const(0)

IDLE = 0  # the place of the idle ring's head: its NEWER is the stalest; 0 in every table
_RINGS = 3


class Table:
    """At most `capacity` entries of `size` words each.

    Args:
        forget: called as forget(at) before an entry is given back, for its name.

    `kept` is the place of the head of the ring of those that are kept, in which the NEWER of each
    is the next one, in the order in which they came to be kept.
    """

    def __init__(self, capacity: int, size: int, forget):
        self.capacity = capacity
        self.words = make_words((_RINGS + capacity) * size)
        self.kept = size
        self._free = 2 * size
        self._forget = forget
        for ring in range(0, _RINGS * size, size):
            self.words[ring + OLDER] = self.words[ring + NEWER] = ring
        for at in range(_RINGS * size, (_RINGS + capacity) * size, size):
            self.words[at + OLDER] = self.words[at + NEWER] = at
            move(self.words, at, self._free)

    @property
    def was_full(self) -> bool:
        """Whether the last request for a new entry failed."""
        return self.words[self._free + WAS_FULL] != 0

    @was_full.setter
    def was_full(self, was_full: bool) -> None:
        self.words[self._free + WAS_FULL] = was_full

    @micropython.native
    def take(self, t: int) -> int:
        """A new idle entry whose window begins at `t`, or NOBODY where none can give way."""
        words, free = self.words, self._free
        at = next_place(words, free)
        if at == NOBODY:
            words[free + WAS_FULL] = 1
            return NOBODY
        if at != words[free + NEWER]:
            self._forget(at)
        renew(words, at, free, t)
        return at

    @micropython.native
    def touch(self, at: int) -> None:
        """Note that this entry, which is not kept, was counted just now."""
        move(self.words, at, IDLE)

    @micropython.native
    def keep(self, at: int) -> None:
        """Let this entry give way to nobody until it is released."""
        move(self.words, at, self.kept)

    @micropython.native
    def release(self, at: int) -> None:
        """Give the place of this entry back."""
        self._forget(at)
        move(self.words, at, self._free)

    def empty(self) -> None:
        """Give every place back."""
        for at in self.in_order_made():
            self.release(at)

    def rank(self, at: int, made: int) -> None:
        """Give this entry the rank by creation that it had before a restart."""
        words = self.words
        words[at + MADE] = made
        words[self._free + LAST_MADE] = max(words[self._free + LAST_MADE], made)

    @micropython.native
    def is_any_kept(self) -> bool:
        """Whether one is."""
        return self.words[self.kept + NEWER] != self.kept

    def all_kept(self) -> list:
        """Those kept, in the order in which they came to be. Allocates a list."""
        return self._ring(self.kept)

    def in_order_made(self) -> list:
        """All entries in use, first made first. Allocates lists."""
        return self._by_made(self._ring(IDLE) + self._ring(self.kept))

    def in_order_counted(self) -> list:
        """Those kept, first made first; then the others, counted least recently first: a list."""
        return self._by_made(self._ring(self.kept)) + self._ring(IDLE)

    def has_room(self) -> bool:
        """Whether a new entry would get a place, if need be that of another."""
        words = self.words
        return words[self._free + NEWER] != self._free or words[IDLE + NEWER] != IDLE

    def _ring(self, head):
        found = []
        at = self.words[head + NEWER]
        while at != head:
            found.append(at)
            at = self.words[at + NEWER]
        return found

    def _by_made(self, places):
        words = self.words
        return sorted(places, key=lambda at: words[at + MADE])


@micropython.viper
def move(words, at: int, ring: int):
    """Take the entry out of its ring, and make it the newest of that of this head."""
    word = ptr32(words)
    older = word[at + _OLDER]
    newer = word[at + _NEWER]
    word[older + _NEWER] = newer
    word[newer + _OLDER] = older
    last = word[ring + _OLDER]
    word[last + _NEWER] = at
    word[at + _OLDER] = last
    word[at + _NEWER] = ring
    word[ring + _OLDER] = at


@micropython.viper
def next_place(words, free: int) -> int:
    """The place that a new entry gets: a free one, else the stalest idle one's; else NOBODY.

    Args:
        free: the place of the head of the free ring.
    """
    word = ptr32(words)
    at = word[free + _NEWER]
    return at if at != free else word[_NEWER]


@micropython.viper
def renew(words, at: int, free: int, t: int):
    """Make an idle entry of this place, with a window that begins at `t`."""
    word = ptr32(words)
    word[free + _WAS_FULL] = 0
    made = word[free + _LAST_MADE] + 1
    word[free + _LAST_MADE] = made
    word[at + _MADE] = made
    word[at + _START] = t
    word[at + _COUNT] = 0
    word[at + _QUIET] = 0
    move(words, at, 0)
