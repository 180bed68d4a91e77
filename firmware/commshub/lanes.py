"""The links on which a host may ask for the hub, of which one is served.

A board has one USB cable and up to two ports on it, and whoever says HelloRequest is served, on
the port on which it was said. What else comes on the other one is no conversation: its frames are
counted like those of another boot, and get no answer, because a Hello there would only start one
with somebody who has not asked. Each link has a framer of its own, so that half a frame of one is
never completed by the other.
"""

import select

from commshub import wire
from commshub.compat import micropython
from commshub.framer import DAMAGED, FRAME, NEED_MORE


class Lane:
    """A link, what runs over it (one of wire.TRANSPORT_...), and the framer of its bytes."""

    def __init__(self, transport, link, framer):
        self.transport = transport
        self.link = link
        self.framer = framer


class Lanes:
    """One lane, or two.

    Args:
        first: the one that is served until somebody asks on the other.
        second: None where there is no other.

    Attributes:
        link, framer, transport: of the lane that is served.
        all: the lanes.
        outbox: what has to speak on it; set once there is one.
    """

    def __init__(self, first, second=None):
        self.outbox = None
        self._served = first
        self._aside = second
        self.all = (first, second) if second else (first,)
        if second:
            self._poll = select.poll()
            self._poll.register(first.link.source, select.POLLIN)
            self._poll.register(second.link.source, select.POLLIN)
        self._serve(first)

    @micropython.native
    def wait(self, wait_ms: int) -> bool:
        """Wait up to `wait_ms` (-1: for ever) for bytes; whether some are there, on any lane."""
        if self._aside is None:
            return self.link.wait(wait_ms)
        for _ in self._poll.ipoll(wait_ms):
            return True
        return False

    @micropython.native
    def look_aside(self, app) -> None:
        """See whether somebody asks for the hub on the lane that is not served."""
        lane = self._aside
        if lane is None or not lane.link.is_waiting():
            return
        framer = lane.framer
        if framer.has_room():
            lane.link.receive_without_waiting(framer)
        while True:
            found = framer.next()
            if found == NEED_MORE:
                return
            if found == FRAME and framer.kind == wire.HELLO_REQUEST:
                break
            if found != DAMAGED:
                app.on_stale()
        self._aside = self._served
        self._serve(lane)
        app.on_frame(framer.kind, framer.seq, framer.boot, framer.buffer, framer.start, framer.end)

    def expect(self, header) -> None:
        """Recognise frames of this header, see `Framer.expect`."""
        for lane in self.all:
            lane.framer.expect(header)

    @property
    def damaged(self) -> int:
        """Damaged frames, of all lanes."""
        return sum([lane.framer.damaged for lane in self.all])

    def _serve(self, lane):
        self._served = lane
        self.link = lane.link
        self.framer = lane.framer
        self.transport = lane.transport
        if self.outbox:
            self.outbox.turn_to(lane.link.write, lane.link.can_write)
