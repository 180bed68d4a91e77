"""How full the heap is. Of the time it knows only how long a collection takes."""

import gc
import time


def collected() -> tuple:
    """Collect the garbage: (bytes used, bytes free, us that it took); zeros on CPython."""
    if not hasattr(gc, "mem_alloc"):
        return 0, 0, 0
    before = time.ticks_us()
    gc.collect()
    took = time.ticks_diff(time.ticks_us(), before)
    return gc.mem_alloc(), gc.mem_free(), took
