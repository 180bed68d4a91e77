"""The hub itself, as main.py builds it, with a clock that is handed from stage to stage.

A stage is what runs between two switches of that clock. The loop is the shell's; what happens
within the app is told apart at the methods named in `INNER`, as far as the firmware has them: what
it has not stays in the stage around it. What a switch costs is measured here and taken off.
"""

import gc
from array import array
from time import sleep_ms, ticks_diff, ticks_us

import micropython

micropython.kbd_intr(-1)  # the host's frames are no keyboard

from commshub import board, express, keystore, south
from commshub.app import App
from commshub.clock import Clock
from commshub.compat import const, ptr32
from commshub.framer import EXPECTED, FRAME
from commshub.leaving import STAYS
from commshub.outbox import Outbox
from commshub.store import Store

# Stages.
REST = 0
LINK = 1
FRAMING = 2
APP = 3
READING_MESSAGE = 4
DECISION = 5
NUMBERING = 6
FORWARDING = 7
KEEPING = 8
WRITING = 9
WAITING = 10
COLLECTING = 11
PROBE = 12
STAGES = 13
STAGES_ = const(13)  # for the compiler
TICKS_ = const(0x3FFFFFFF)  # what ticks count up to
NAMES = (
    "time and shell",
    "link: reading bytes",
    "framing: COBS and check sum",
    "app: frames and numbers",
    "reading the message",
    "the decision",
    "acknowledging",
    "forwarding: queue and frame",
    "keeping the last copy",
    "writing bytes",
    "waiting for the host",
    "garbage collection",
)

INNER = (  # module or class, function, stage, how many arguments
    (express, "open_frame", FRAMING, 4),
    (express, "recognise", FRAMING, 5),
    (express, "read_message", READING_MESSAGE, 4),
    (express, "find", DECISION, 6),
    (express, "judge", DECISION, 5),
    (express, "note", NUMBERING, 5),
    (express, "keep_again", KEEPING, 6),
    (express, "take_ack", FORWARDING, 3),
    (express, "put_pass", FORWARDING, 9),
    (south.South, "acknowledge", NUMBERING, 3),
    (Outbox, "send_packed", FORWARDING, 6),
)

APPEARS_MS = 500  # on the USB again, and what is printed leaves before what is served
SETTLING_ALERTS = 40  # before anything is counted
WATCHED_ALERTS = 60  # of which the heap is watched
FILLED = 8, 10  # of the free heap, before it is collected

# Of each stage us, visits, calls of what was wrapped; then the stage it runs for, and since when.
clocks = array("i", bytes(4 * (3 * STAGES + 2)))


@micropython.viper
def switch(stage: int) -> int:
    """The clock runs for `stage` from now on; for which it ran before."""
    words = ptr32(clocks)
    now = int(ticks_us())
    before = words[3 * STAGES_]
    words[before] += (now - words[3 * STAGES_ + 1]) & TICKS_
    words[STAGES_ + before] += 1
    words[3 * STAGES_] = stage
    words[3 * STAGES_ + 1] = now
    return before


def wrap(function, stage, arguments):
    """The function, in a stage of its own; for each number of arguments one, so as to allocate
    nothing.
    """

    @micropython.native
    def of_2(a, b):
        before = switch(stage)
        result = function(a, b)
        clocks[2 * STAGES + stage] += 1
        switch(before)
        return result

    @micropython.native
    def of_3(a, b, c):
        before = switch(stage)
        result = function(a, b, c)
        clocks[2 * STAGES + stage] += 1
        switch(before)
        return result

    @micropython.native
    def of_4(a, b, c, d):
        before = switch(stage)
        result = function(a, b, c, d)
        clocks[2 * STAGES + stage] += 1
        switch(before)
        return result

    @micropython.native
    def of_5(a, b, c, d, e):
        before = switch(stage)
        result = function(a, b, c, d, e)
        clocks[2 * STAGES + stage] += 1
        switch(before)
        return result

    @micropython.native
    def of_6(a, b, c, d, e, f):
        before = switch(stage)
        result = function(a, b, c, d, e, f)
        clocks[2 * STAGES + stage] += 1
        switch(before)
        return result

    @micropython.native
    def of_9(a, b, c, d, e, f, g, h, i):
        before = switch(stage)
        result = function(a, b, c, d, e, f, g, h, i)
        clocks[2 * STAGES + stage] += 1
        switch(before)
        return result

    return {2: of_2, 3: of_3, 4: of_4, 5: of_5, 6: of_6, 9: of_9}[arguments]


def nobody_reads():
    """In the place of `can_send`."""
    return False


def nothing(a, b):
    """Something to wrap."""


@micropython.native
def many(function, count):
    """How long so many calls take, us."""
    before = ticks_us()
    for _ in range(count):
        function(0, 0)
    return ticks_diff(ticks_us(), before)


@micropython.native
def many_switches(count):
    """How long so many switches take, us."""
    before = ticks_us()
    for _ in range(count):
        switch(PROBE)
    return ticks_diff(ticks_us(), before)


@micropython.native
def many_rounds(count):
    """How long an empty loop takes, us."""
    before = ticks_us()
    for _ in range(count):
        pass
    return ticks_diff(ticks_us(), before)


def costs():
    """(1,000 switches, what 1,000 calls of something wrapped take besides theirs), us."""
    count = 500
    switches = many_switches(count) - many_rounds(count)
    extra = many(wrap(nothing, PROBE, 2), count) - many(nothing, count)
    return 2 * switches, 2 * extra - 4 * switches


def clear():
    """All clocks show 0."""
    for place in range(3 * STAGES):
        clocks[place] = 0


class Heap:
    """Collects by itself, in a stage of its own, shortly before the board would.

    `mark` is the number of the alert behind which to look at it again.
    """

    def __init__(self):
        self.mark = SETTLING_ALERTS
        self.per_alert = 0
        self.cleared = 0  # behind how many alerts the clocks showed 0
        self._every = 0
        self._used = 0

    def on_mark(self, served):
        """So many alerts were served. What some allocate is watched first, and then known."""
        if self.mark == SETTLING_ALERTS:
            gc.collect()
            self._used = gc.mem_alloc()
            self.mark += WATCHED_ALERTS
        elif not self._every:
            self.per_alert = (gc.mem_alloc() - self._used) // WATCHED_ALERTS
            gc.collect()
            free = gc.mem_free() * FILLED[0] // FILLED[1]
            self._every = free // self.per_alert if self.per_alert else 1 << 29
            self.mark += self._every
            self.cleared = served
            clear()
        else:
            before = switch(COLLECTING)
            gc.collect()
            switch(before)
            self.mark += self._every


def measure(alerts):
    """Serve until told to leave for the REPL; the clocks of `alerts` alerts."""
    for owner, name, stage, arguments in INNER:
        if hasattr(owner, name):
            setattr(owner, name, wrap(getattr(owner, name), stage, arguments))
    lanes = board.lanes()
    for lane in lanes.all:
        lane.link.write = wrap(lane.link.write, WRITING, 2)
    lanes.outbox = outbox = Outbox(lanes.link.write, lanes.link.can_write)
    saves = Store(board.file("commshub.save"))
    keys = keystore.KeyStore(Store(board.file(keystore.FILE)))
    app = App(outbox, lanes, Clock(*board.ticks()), board, saves, keys)
    switch_us, wrap_us = costs()
    sleep_ms(APPEARS_MS)
    print("serves")
    sleep_ms(APPEARS_MS)
    can_send, outbox.can_send = outbox.can_send, nobody_reads
    app.boot()  # without a word, which would go to the REPL's port
    outbox.can_send = can_send
    heap = Heap()
    found = serve(app, lanes, heap, alerts)
    micropython.kbd_intr(3)
    sleep_ms(200)  # the answer to the command leaves before what is printed
    return {
        "names": NAMES,
        "alerts": found[-1],
        "total_us": found[:STAGES],
        "visits": found[STAGES : 2 * STAGES],
        "wrapped": found[2 * STAGES : 3 * STAGES],
        "switch_us_per_1000": switch_us,
        "wrap_us_per_1000": wrap_us,
        "alloc_bytes_per_alert": heap.per_alert,
        "collected_at": FILLED[0] / FILLED[1],
    }


@micropython.native
def serve(app, lanes, heap, alerts):
    """What the shell does, stage by stage; the clocks of so many alerts."""
    end = SETTLING_ALERTS + WATCHED_ALERTS + alerts
    numbers = app._south.words
    served = 0
    rounds = 0
    found = []  # type: list
    while app.leaves_for == STAYS:
        switch(LINK)
        link = lanes.link
        if link.is_waiting():
            link.receive(lanes.framer)
        else:
            switch(REST)
            app.settle()
            wait_ms = app.wait_ms()
            switch(WAITING)
            has_come = lanes.wait(wait_ms)
            switch(REST)
            app.on_time()
            switch(LINK)
            if has_come and link.is_waiting():
                link.receive(lanes.framer)
            elif has_come:
                lanes.look_aside(app)
        switch(REST)
        rounds += 1
        if rounds == 32:
            rounds = 0
            app.on_time()
            lanes.look_aside(app)
        framer = lanes.framer
        while framer.filled and app.leaves_for == STAYS:
            switch(APP)
            before = numbers[south.SEQ]
            if not app.take_alerts(framer) and framer.filled:
                switch(FRAMING)
                what = framer.next()
                switch(APP)
                if what == EXPECTED:
                    app.on_alert(framer.buffer, framer.start, framer.end)
                elif what == FRAME:
                    kind = framer.kind
                    app.on_frame(
                        kind, framer.seq, framer.boot, framer.buffer, framer.start, framer.end
                    )
                elif what == 0:
                    break
            switch(PROBE)
            taken = (numbers[south.SEQ] - before) & 0xFFFF
            if taken < 256:  # else a session has begun
                served += taken
            if served >= heap.mark:
                heap.on_mark(served)
            if served >= end and not found:
                found = list(clocks)
                found.append(served - heap.cleared)
        switch(REST)
    return found
