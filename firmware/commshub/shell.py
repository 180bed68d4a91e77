"""The loop: bytes from a link through its framer to the app, and time when it is due.

There is no periodic tick. The shell sleeps in one poll until a byte comes or something is due.
"""

import io
import sys

from commshub.compat import micropython
from commshub.framer import EXPECTED, FRAME, LAST_CELL_AT, NEED_MORE
from commshub.leaving import STAYS

# While bytes come without a pause time is looked at only now and then: an alert does so anyway,
# and for all else a few frames later is soon enough.
_BUSY_ROUNDS = 32


def run(app, lanes, outbox) -> int:
    """Serve who asks, until the other side closes the link, or a command says to leave.

    Returns: what the hub leaves for, one of `leaving`; STAYS where the link was closed.

    An exception is a fault of ours, never the peer's: it is told in a Log, and the hub goes on.
    """
    is_open = True
    try:
        app.boot()
    except Exception as fault:
        outbox.log(_traceback(fault))
    failed_at = None
    while is_open and app.leaves_for == STAYS:
        try:
            is_open = _turn(app, lanes)
        except Exception as fault:
            outbox.log(_traceback(fault))
            framer = lanes.framer
            if failed_at == (framer.read, framer.filled):
                framer.next()  # nothing was taken since the last fault: pass over what is next
            failed_at = framer.read, framer.filled
    return app.leaves_for


@micropython.native
def _turn(app, lanes):
    """Round after round, until the other side closes the link (False) or the hub is to leave."""
    is_open = True
    rounds = 0
    while is_open and app.leaves_for == STAYS:
        if lanes.framer.filled <= LAST_CELL_AT:  # not so where a fault left frames behind
            is_open = _receive(app, lanes)
        rounds += 1
        if rounds == _BUSY_ROUNDS:
            rounds = 0
            app.on_time()
            lanes.look_aside(app)
        serve(app, lanes.framer)
    return is_open


@micropython.native
def _receive(app, lanes):
    """Take in what is there; where nothing is, answer what was, wait, and do what is due then."""
    link = lanes.link
    if link.is_waiting():
        return link.receive(lanes.framer)
    app.settle()
    has_come = lanes.wait(app.wait_ms())
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


def _traceback(fault):
    if not hasattr(sys, "print_exception"):
        return repr(fault)
    text = io.StringIO()
    sys.print_exception(fault, text)
    return text.getvalue()
