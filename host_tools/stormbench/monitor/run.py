"""The loop: records into the model, and the model onto a view, as long as it goes."""

import time
from collections.abc import Iterable

from stormbench.capture.records import Record
from stormbench.monitor.views import View
from stormbench.monitor.watch import Watches

_NS_PER_US = 1_000


def watch(
    records: Iterable[Record | None],
    watches: Watches,
    view: View | None = None,
    until_ms: int | None = None,
    is_live: bool = True,
) -> bool:
    """Go through the records; None among them means that nothing has come for a while.

    Args:
        view: is shown the state now and then, and may have seen enough; None: nobody looks.
        until_ms: stop when so much of the watched session's time has passed.
        is_live: a silence means that time passes.

    Returns: whether the records came to their end.
    """
    due_s = time.monotonic() + (view.every_s if view is not None else 0)
    for record in records:
        if record is not None:
            watches.take(record)
        elif is_live:
            watches.pass_to(time.time_ns() // _NS_PER_US)
        if until_ms is not None and watches.watch.now_ms >= until_ms:
            return False
        if view is not None and time.monotonic() >= due_s:
            if not view.show():
                return False
            due_s = time.monotonic() + view.every_s
    return True
