"""Takes what is queued north to the host, in order, until the host has acknowledged it.

A window of frames is on its way at once. Where no acknowledgement comes the oldest is sent again,
alone and less and less often: nobody may be there. Knows nothing of what it carries.
"""

from commshub import wire
from commshub.compat import micropython
from commshub.north_queue import NorthQueue

_WINDOW = wire.WINDOW


class Courier:
    """The way north of one hub.

    Args:
        outbox: an `Outbox`.
        retry: a `Retry`.

    `base` is the number of the oldest frame that is not acknowledged; `repeats` counts frames that
    were sent once more.
    """

    def __init__(self, outbox, retry):
        self.queue = NorthQueue()
        self.base = self.repeats = 0
        self._outbox = outbox
        self._retry = retry
        self._sent = 0  # from the front, since it last began there
        self._flown = 0  # from the front, that the host may have: these have their numbers
        self._window = _WINDOW
        self._has_gone_back = False

    @micropython.native
    def made(self) -> int:
        """The number of the next frame to come, if none gives way before it is sent."""
        return (self.base + self.queue.count) & 0xFFFF

    @micropython.native
    def take(self, label, payload, tail, start, end) -> None:
        """Queue a frame, see `NorthQueue.put`, and send it if there is room in the window."""
        if self.queue.put(label, payload, tail, start, end, self._flown):
            self._pump()

    @micropython.native
    def take_pass(self, weight, at, taken, tail, start, end) -> None:
        """`take` a message that carries nothing, see `NorthQueue.put_pass`."""
        if self.queue.put_pass(weight, at, taken, tail, start, end, self._flown):
            self._pump()

    @micropython.native
    def on_ack(self, number: int) -> bool:
        """The host has all frames before `number`. False: it had said so before, or is wrong."""
        count = (number - self.base) & 0xFFFF
        if not 0 < count <= self._flown:
            return False
        self.queue.pop(count)
        self.base = number
        self._flown -= count
        self._sent = max(0, self._sent - count)
        self._has_gone_back = False
        self._window = _WINDOW
        self._retry.begin_again(self._flown > 0)
        if self._sent < self.queue.count:
            self._pump()
        return True

    def on_missing(self) -> None:
        """The host has nothing newer than `base`: begin there again, once."""
        if not self._has_gone_back:
            self._has_gone_back = True
            self.begin_again()

    def begin_again(self) -> None:
        """A host is there: send what is not acknowledged."""
        self._retry.stop()
        self._sent = 0
        self._window = _WINDOW
        self._pump()

    def on_time(self) -> None:
        """Send the oldest again if it is time."""
        if self._retry.left_ms() == 0:
            self._window = 1
            self._sent = 0
            self._retry.back_off()
            self._pump()

    def wait_ms(self) -> "int | None":
        """How long until there is something to send again; None: nothing is."""
        return self._retry.left_ms()

    @micropython.native
    def _pump(self):
        queue = self.queue
        outbox = self._outbox
        sent = self._sent
        end = min(self._window, queue.count)
        while sent < end and outbox.can_send():
            queue.send(sent, (self.base + sent) & 0xFFFF, outbox)
            sent += 1
            self._sent = sent
            if sent > self._flown:
                self._flown = sent
            else:
                self.repeats += 1
        if queue.count and not self._retry.is_running:
            self._retry.start()
