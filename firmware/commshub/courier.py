"""Takes what is queued north to the host, in order, until the host has acknowledged it.

A window of frames is on its way at once. Where no acknowledgement comes the oldest is sent again,
alone and less and less often: nobody may be there. Knows nothing of what it carries.
"""

from commshub import wire
from commshub.compat import const, micropython, ptr32
from commshub.north_queue import COUNT, NorthQueue, pop

# Words, behind those of the queue: how many items from the front were sent, since it last began
# there; how many the host may have, which have their numbers for good; the number of the first;
# how many may be on their way; whether it went back to the first since the host last had more.
SENT = 4
FLOWN = 5
BASE = 6
WINDOW = 7
HAS_GONE_BACK = 8
_WORDS = 9

# The same to machine code, which knows no constants of others.
_COUNT = const(2)
_SENT = const(4)
_FLOWN = const(5)
_BASE = const(6)
_WINDOW = const(7)
_HAS_GONE_BACK = const(8)
_FULL_WINDOW = const(16)


class Courier:
    """The way north of one hub.

    Args:
        outbox: an `Outbox`.
        retry: a `Retry`.

    `words` has what changes with each frame, see above; `repeats` counts frames that were sent
    once more.
    """

    def __init__(self, outbox, retry):
        self.queue = NorthQueue(words=_WORDS)
        self.words = self.queue.words
        self.words[WINDOW] = wire.WINDOW
        self.repeats = 0
        self._outbox = outbox
        self._retry = retry

    @property
    def base(self) -> int:
        """The number of the oldest frame that is not acknowledged."""
        return self.words[BASE]

    @micropython.native
    def made(self) -> int:
        """The number of the next frame to come, if none gives way before it is sent."""
        return (self.words[BASE] + self.words[COUNT]) & 0xFFFF

    @micropython.native
    def take(self, label, payload, tail, start, end) -> None:
        """Queue a frame, see `NorthQueue.put`, and send it if there is room in the window."""
        if self.queue.put(label, payload, tail, start, end, self.words[FLOWN]):
            self._pump()

    @micropython.native
    def take_pass(self, weight, at, taken, tail, start, end) -> None:
        """`take` a message that carries nothing, see `NorthQueue.put_pass`."""
        if self.queue.put_pass(weight, at, taken, tail, start, end, self.words[FLOWN]):
            self._pump()

    @micropython.native
    def on_ack(self, number: int) -> bool:
        """The host has all frames before `number`. False: it had said so before, or is wrong."""
        if not take_ack(self.words, self.queue.arena, number):
            return False
        self.after_acks()
        return True

    @micropython.native
    def after_acks(self) -> None:
        """The host had more, see `take_ack`: wait anew for what is left, and send on."""
        words = self.words
        self._retry.begin_again(words[FLOWN] > 0)
        if words[SENT] < words[COUNT]:
            self._pump()

    @micropython.native
    def after_sending(self) -> None:
        """Frames were sent: they are waited for."""
        if not self._retry.is_running and self.words[COUNT]:
            self._retry.start()

    def on_missing(self) -> None:
        """The host has nothing newer than `base`: begin there again, once."""
        if not self.words[HAS_GONE_BACK]:
            self.words[HAS_GONE_BACK] = 1
            self.begin_again()

    def begin_again(self) -> None:
        """A host is there: send what is not acknowledged."""
        self._retry.stop()
        self.words[SENT] = 0
        self.words[WINDOW] = wire.WINDOW
        self._pump()

    @micropython.native
    def on_time(self) -> None:
        """Send the oldest again if it is time."""
        if self._retry.is_running and self._retry.left_ms() == 0:
            self.words[WINDOW] = 1
            self.words[SENT] = 0
            self._retry.back_off()
            self._pump()

    @micropython.native
    def is_waiting(self) -> bool:
        """Whether something may have to be sent again."""
        return self._retry.is_running

    def wait_ms(self) -> "int | None":
        """How long until there is something to send again; None: nothing is."""
        return self._retry.left_ms()

    @micropython.native
    def _pump(self):
        queue = self.queue
        outbox = self._outbox
        words = self.words
        sent = words[SENT]
        end = min(words[WINDOW], words[COUNT])
        while sent < end and outbox.can_send():
            queue.send(sent, (words[BASE] + sent) & 0xFFFF, outbox)
            sent += 1
            words[SENT] = sent
            if sent > words[FLOWN]:
                words[FLOWN] = sent
            else:
                self.repeats += 1
        self.after_sending()


@micropython.viper
def take_ack(words, arena, number: int) -> int:
    """The host has all frames before `number`: forget them; how many they are.

    0 where it had said so before, or is wrong.
    """
    word = ptr32(words)
    count = number - word[_BASE] & 0xFFFF
    flown = word[_FLOWN]
    if count == 0 or count > flown:
        return 0
    pop(words, arena, count)
    word[_BASE] = number
    word[_FLOWN] = flown - count
    sent = word[_SENT] - count
    word[_SENT] = sent if sent > 0 else 0
    word[_HAS_GONE_BACK] = 0
    word[_WINDOW] = _FULL_WINDOW
    return count
