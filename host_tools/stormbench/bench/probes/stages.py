"""The hub itself, as main.py builds it, with a clock that is handed from stage to stage.

The shell, the app and all else run as they are. A stage is what runs within the functions that are
wrapped for it, see `WRAPPED`, calls of them included, and not within those of another stage; one
that a firmware has not stays in the stage around it. What a wrapper adds depends on how many
arguments it hands on: for each number of them that is measured here, with a function that does
nothing. One part falls into the stage and one into that of the caller, to be taken off there.
"""

import gc
from array import array
from time import sleep_ms, ticks_diff, ticks_us

import micropython
from uctypes import addressof

micropython.kbd_intr(-1)  # the host's frames are no keyboard

from commshub import board, express, keystore, shell, south
from commshub.app import App
from commshub.clock import Clock
from commshub.courier import Courier
from commshub.framer import Framer
from commshub.lanes import Lanes
from commshub.outbox import Outbox
from commshub.store import Store

# Stages.
SHELL = 0
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

WRAPPED = (  # module or class, function, stage, how many arguments
    (Lanes, "wait", WAITING, 2),
    (Framer, "next", FRAMING, 1),
    (App, "take_alerts", APP, 2),
    (App, "on_alert", APP, 4),
    (App, "on_frame", APP, 7),
    (express, "open_frame", FRAMING, 4),
    (express, "read_message", READING_MESSAGE, 4),
    (express, "find", DECISION, 6),
    (express, "judge", DECISION, 5),
    (express, "note", NUMBERING, 5),
    (express, "keep_again", KEEPING, 6),
    (express, "take_ack", FORWARDING, 3),
    (express, "put_pass", FORWARDING, 7),
    (express, "take_out", FORWARDING, 4),
    (Courier, "after_acks", FORWARDING, 1),
    (Courier, "after_sending", FORWARDING, 1),
    (south.South, "acknowledge", NUMBERING, 3),
    (Outbox, "send_packed", FORWARDING, 6),
)
WRAPPED_OF_LINK = (
    ("is_waiting", LINK, 1),
    ("receive", LINK, 2),
    ("can_write", WRITING, 1),
    ("write", WRITING, 3),
)

APPEARS_MS = 500  # on the USB again, and what is printed leaves before what is served
SETTLING_ALERTS = 40  # before anything is counted
WATCHED_ALERTS = 60  # of which the heap is watched
FILLED = 8, 10  # of the free heap, before it is collected
TIMER_AT = 0x40054028  # TIMERAWL of the RP2040: microseconds, without a call
CALLS = 250  # that are timed
NS_PER_US_OF_CALLS = 1_000 // CALLS  # each then took

# Of each stage us, and ns that wrappers took of them; the stage that runs, and since when.
clocks = array("i", bytes(4 * (2 * STAGES + 2)))

WRAPPER = """
@micropython.viper
def made({names}):
    words = ptr32({words})
    timer = ptr32({timer})
    before = words[{runs}]
    now = timer[0]
    words[before] += now - words[{since}]
    words[{runs}] = {stage}
    words[{since}] = now
    result = function({names})
    now = timer[0]
    words[{stage}] += now - words[{since}]
    words[{runs}] = before
    words[{since}] = now
    words[{stage_ns}] += {within_ns}
    words[{stages} + before] += {around_ns}
    return result
"""
EMPTY = """
@micropython.viper
def made({names}):
    pass
"""
CALLER = """
@micropython.native
def made(function):
    before = ticks_us()
    for _ in range({calls}):
        {call}
    return ticks_diff(ticks_us(), before)
"""


def make(source, **names):
    """The function of that source, which may use the names."""
    names["micropython"] = micropython
    exec(source, names)
    return names["made"]


def named(arguments):
    """Names of so many arguments."""
    return ", ".join(["a%d" % place for place in range(arguments)])


def wrap(function, stage, arguments, cost):
    """The function, in a stage of its own; `cost` is of `cost_of`. Allocates nothing."""
    within_ns, around_ns = cost
    source = WRAPPER.format(
        names=named(arguments),
        words=addressof(clocks),
        timer=TIMER_AT,
        runs=2 * STAGES,
        since=2 * STAGES + 1,
        stage=stage,
        stage_ns=STAGES + stage,
        stages=STAGES,
        within_ns=within_ns,
        around_ns=around_ns,
    )
    return make(source, function=function)


def many(call):
    """A function that does so often what `call` says."""
    source = CALLER.format(calls=CALLS, call=call)
    return make(source, ticks_us=ticks_us, ticks_diff=ticks_diff)


def cost_of(arguments):
    """What a wrapper adds to a call with so many arguments, ns: in its stage, in the caller's."""
    empty = make(EMPTY.format(names=named(arguments)))
    wrapped = wrap(empty, PROBE, arguments, (0, 0))
    call = many("function(%s)" % ", ".join(["0"] * arguments))
    rounds_us = many("pass")(None)
    bare_us = call(empty) - rounds_us
    clocks[PROBE] = 0
    added_us = call(wrapped) - rounds_us - bare_us
    within_us = clocks[PROBE] - bare_us
    around_us = added_us - within_us
    return within_us * NS_PER_US_OF_CALLS, around_us * NS_PER_US_OF_CALLS


class Costs:
    """What wrappers take, by the number of arguments."""

    def __init__(self):
        self._known = {}

    def wrap(self, function, stage, arguments):
        """See `wrap`."""
        if arguments not in self._known:
            self._known[arguments] = cost_of(arguments)
        return wrap(function, stage, arguments, self._known[arguments])

    def wrap_in(self, owner, name, stage, arguments):
        """Wrap a function where it is found."""
        setattr(owner, name, self.wrap(getattr(owner, name), stage, arguments))


class Watch:
    """Counts alerts, and collects by itself shortly before the board would."""

    def __init__(self, collect, alerts):
        self.per_alert = 0  # bytes
        self.found = []  # the clocks of so many alerts
        self.served = 0  # so many, in the end
        self._collect = collect
        self._end = SETTLING_ALERTS + WATCHED_ALERTS + alerts
        self._mark = SETTLING_ALERTS  # the number of the alert behind which to look at it again
        self._cleared = 0  # behind how many alerts the clocks showed 0
        self._every = 0
        self._used = 0

    @micropython.native
    def on_alerts(self, served):
        """So many were served, in all."""
        if served >= self._mark:
            self._on_mark(served)
        if served >= self._end and not self.found:
            self.served = served - self._cleared
            self.found = list(clocks)

    def _on_mark(self, served):
        """What some allocate is watched first, and then known."""
        if self._mark == SETTLING_ALERTS:
            gc.collect()
            self._used = gc.mem_alloc()
            self._mark += WATCHED_ALERTS
        elif not self._every:
            self.per_alert = (gc.mem_alloc() - self._used) // WATCHED_ALERTS
            gc.collect()
            free = gc.mem_free() * FILLED[0] // FILLED[1]
            self._every = free // self.per_alert if self.per_alert else 1 << 29
            self._mark += self._every
            self._cleared = served
            for place in range(2 * STAGES):
                clocks[place] = 0
        else:
            self._collect()
            self._mark += self._every


def counted(take_alerts, watch):
    """`App.take_alerts`, behind which the alerts are counted."""
    served = 0

    @micropython.native
    def made(app, framer):
        nonlocal served
        numbers = app._south.words
        before = numbers[south.SEQ]
        result = take_alerts(app, framer)
        taken = (numbers[south.SEQ] - before) & 0xFFFF
        if taken < 256:  # else a session has begun
            served += taken
        watch.on_alerts(served)
        return result

    return made


def nobody_reads():
    """In the place of `can_send`."""
    return False


def measure(alerts):
    """Serve until told to leave for the REPL; the clocks of `alerts` alerts."""
    costs = Costs()
    for owner, name, stage, arguments in WRAPPED:
        if hasattr(owner, name):
            costs.wrap_in(owner, name, stage, arguments)
    lanes = board.lanes()
    for link_class in {type(lane.link) for lane in lanes.all}:
        for name, stage, arguments in WRAPPED_OF_LINK:
            costs.wrap_in(link_class, name, stage, arguments)
    watch = Watch(costs.wrap(gc.collect, COLLECTING, 0), alerts)
    take_alerts = counted(App.take_alerts, watch)
    App.take_alerts = costs.wrap(take_alerts, PROBE, 2)  # type: ignore[method-assign]
    lanes.outbox = outbox = Outbox(lanes.link.write, lanes.link.can_write)
    saves = Store(board.file("commshub.save"))
    keys = keystore.KeyStore(Store(board.file(keystore.FILE)))
    app = App(outbox, lanes, Clock(*board.ticks()), board, saves, keys)
    sleep_ms(APPEARS_MS)
    print("serves")
    sleep_ms(APPEARS_MS)
    can_send, outbox.can_send = outbox.can_send, nobody_reads
    app.boot()  # without a word, which would go to the REPL's port
    outbox.can_send = can_send
    watchdog = board.watchdog()
    shell._turn(app, lanes, watchdog)  # all of the loop but for what it does with a fault
    if watchdog:
        watchdog.rest()
    micropython.kbd_intr(3)
    sleep_ms(200)  # the answer to the command leaves before what is printed
    return {
        "names": NAMES,
        "alerts": watch.served,
        "total_us": watch.found[:STAGES],
        "wrappers_ns": watch.found[STAGES : 2 * STAGES],
        "alloc_bytes_per_alert": watch.per_alert,
        "collected_at": FILLED[0] / FILLED[1],
    }
