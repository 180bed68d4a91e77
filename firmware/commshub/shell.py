"""The loop: bytes from a link through its framer to the app, and time when it is due.

There is no periodic tick. The shell sleeps in one poll until a byte comes or something is due.
"""

from commshub.compat import const, micropython, traceback
from commshub.framer import EXPECTED, FRAME, LAST_CELL_AT, NEED_MORE
from commshub.leaving import STAYS

# While bytes come without a pause time is looked at only now and then: an alert does so anyway,
# and for all else a few frames later is soon enough.
_BUSY_ROUNDS = 32

# A wait that may be longer is for the watchdog to rest in; so one that is not costs nothing more.
_WATCHED_MS = const(4000)

# So many faults without a frame between them, and with nothing to pass over: whatever it is comes
# again, and only a restart can help.
_HOPELESS = const(8)


def run(app, lanes, outbox, watchdog=None) -> int:
    """Serve who asks, until the other side closes the link, or a command says to leave.

    Args:
        watchdog: the module `watchdog`, begun, which rests in the end; None: there is none.

    Returns: what the hub leaves for, one of `leaving`; STAYS where the link was closed.

    An exception is a fault of ours, never the peer's: it is told in a Log, and the hub goes on.

    Raises:
        Exception: going on is of no use, or what went wrong cannot even be told.
    """
    try:
        return _run(app, lanes, outbox, watchdog)
    finally:
        if watchdog:
            watchdog.rest()


def _run(app, lanes, outbox, watchdog):
    is_open = True
    try:
        app.boot()
    except Exception as fault:
        outbox.log(traceback(fault))
    failed_at = None
    hopeless = 0
    while is_open and app.leaves_for == STAYS:
        try:
            is_open = _turn(app, lanes, watchdog)
        except Exception as fault:
            outbox.log(traceback(fault))
            framer = lanes.framer
            is_stuck = failed_at == (framer.read, framer.filled) and not framer.end
            if not is_stuck or framer.next() != NEED_MORE:  # which passes over what is next
                hopeless = 0
            elif hopeless == _HOPELESS:
                raise
            hopeless += 1
            failed_at = framer.read, framer.filled
            framer.end = 0
    return app.leaves_for


@micropython.native
def _turn(app, lanes, watchdog):
    """Round after round, until the other side closes the link (False) or the hub is to leave."""
    is_open = True
    rounds = 0
    while is_open and app.leaves_for == STAYS:
        if watchdog:
            watchdog.feed()
        if lanes.framer.filled <= LAST_CELL_AT:  # not so where a fault left frames behind
            is_open = _receive(app, lanes, watchdog)
        rounds += 1
        if rounds == _BUSY_ROUNDS:
            rounds = 0
            app.on_time()
            lanes.look_aside(app)
        serve(app, lanes.framer)
    return is_open


@micropython.native
def _receive(app, lanes, watchdog):
    """Take in what is there; where nothing is, answer what was, wait, and do what is due then."""
    link = lanes.link
    if link.is_waiting():
        return link.receive(lanes.framer)
    app.settle()
    wait_ms = app.wait_ms()
    if not watchdog or 0 <= wait_ms <= _WATCHED_MS:
        has_come = lanes.wait(wait_ms)
    else:
        has_come = lanes.wait(_WATCHED_MS)
        if not has_come:
            watchdog.rest()
            has_come = lanes.wait(app.wait_ms())
            watchdog.wake()
    app.on_time()
    if not has_come:
        return True
    if link.is_waiting():
        return link.receive(lanes.framer)
    lanes.look_aside(app)
    return True


@micropython.native
def serve(app, framer) -> None:
    """Give the app every frame that is whole, unless one says to leave."""
    while framer.filled and app.leaves_for == STAYS:
        if app.take_alerts(framer) or not framer.filled:
            continue
        found = framer.next()
        if found == EXPECTED:
            app.on_alert(framer.buffer, framer.start, framer.end)
        elif found == FRAME:
            app.on_frame(
                framer.kind, framer.seq, framer.boot, framer.buffer, framer.start, framer.end
            )
        elif found == NEED_MORE:
            return
