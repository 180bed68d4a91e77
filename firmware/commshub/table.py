"""A fixed number of entries, found by name; when all are taken the stalest idle one gives way.

Pure. An entry is any object with the attributes of `Entry`. "Stalest" is the one that was counted
least recently in the order of calls, which a clock with equal times could not tell. An entry that
is kept gives way to nobody until it is released, so it has no place in that order.
"""

from commshub.compat import micropython


class Entry:
    """What a table keeps of one device or one key: a place in its order, and a window.

    A window is tumbling: it began at `start` (the time of the first alert it counted, moved on by
    whole lengths), holds `count` alerts so far, and `quiet` is the run of quiet windows before it.
    """

    def __init__(self):
        self.name = None
        self.made = 0  # rank in the order in which entries were made
        self.older = self.newer = self  # in no ring but its own
        self.start = 0
        self.count = 0
        self.quiet = 0

    def count_afresh(self, t: int, length_ms: int) -> None:
        """Count an alert at `t`; a window that is over gives way to a new one anchored at `t`."""
        if t - self.start >= length_ms:
            self.start = t
            self.count = 0
        self.count += 1

    def roll(self, t: int, length_ms: int, quiet_limit: int) -> None:
        """Close every window that ended at or before `t`, in order; the later ones are empty."""
        closed = (t - self.start) // length_ms
        if closed > 0:
            run = self.quiet + closed if self.count <= quiet_limit else closed - 1
            self.quiet = run
            self.start += closed * length_ms
            self.count = 0

    def settles_at(self, length_ms: int, quiet_limit: int, quiet_windows: int) -> int:
        """When the run of quiet windows will be complete, if nothing more is counted."""
        before = self.quiet + 1 if self.count <= quiet_limit else 0
        more = quiet_windows - before if before < quiet_windows else 0
        return self.start + length_ms * (1 + more)

    def window_end(self, now: int, length_ms: int) -> int:
        """The end, after `now`, of the window that is in force at `now`."""
        return self.start + ((now - self.start) // length_ms + 1) * length_ms


class Table:
    """At most `capacity` entries, made once by `make` and used again and again."""

    def __init__(self, capacity: int, make):
        self.capacity = capacity
        self.was_full = False  # whether the last request for a new entry failed
        self._order = Entry()  # ring of what may give way: .newer is the stalest, .older the last
        self._free = [make() for _ in range(capacity)]
        self._by_name = {}
        self._made = 0
        self.find = self._by_name.get  # find(name): the entry of that name, or None

    def take(self, name, t: int):
        """A new entry for `name` whose window begins at `t`, or None where none can give way."""
        if not self._free and self._order.newer is not self._order:
            self.release(self._order.newer)
        self.was_full = not self._free
        if self.was_full:
            return None
        entry = self._free.pop()
        self._made += 1
        entry.name = name
        entry.made = self._made
        entry.start = t
        entry.count = 0
        entry.quiet = 0
        self._by_name[name] = entry
        self._append(entry)
        return entry

    @micropython.native
    def touch(self, entry) -> None:
        """Note that `entry`, which is not kept, was counted just now."""
        if self._order.older is not entry:
            _unlink(entry)
            self._append(entry)

    def keep(self, entry) -> None:
        """Let `entry` give way to nobody until it is released."""
        _unlink(entry)
        entry.older = entry.newer = entry

    def release(self, entry) -> None:
        """Give the place of `entry` back."""
        del self._by_name[entry.name]
        _unlink(entry)
        self._free.append(entry)

    def empty(self) -> None:
        """Give every place back."""
        for entry in self.in_order_made():
            self.release(entry)

    def rank(self, entry, made: int) -> None:
        """Give `entry` the rank by creation that it had before a restart."""
        entry.made = made
        self._made = max(self._made, made)

    def in_order_made(self) -> list:
        """All entries in use, first made first. Allocates a list."""
        return sorted(self._by_name.values(), key=_made)

    def in_order_counted(self) -> list:
        """Those kept, first made first; then the others, counted least recently first: a list."""
        entries = [entry for entry in self.in_order_made() if entry.newer is entry]
        entry = self._order.newer
        while entry is not self._order:
            entries.append(entry)
            entry = entry.newer
        return entries

    def has_room(self) -> bool:
        """Whether a new entry would get a place, if need be that of another."""
        return bool(self._free) or self._order.newer is not self._order

    @micropython.native
    def _append(self, entry):
        last = self._order.older
        last.newer = entry
        entry.older = last
        entry.newer = self._order
        self._order.older = entry


def _unlink(entry):
    entry.older.newer = entry.newer
    entry.newer.older = entry.older


def _made(entry):
    return entry.made
