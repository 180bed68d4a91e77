"""Where the RAM of a hub goes: bytes of the heap by part, each measured behind a collection.

The code of this file is on the heap too, so what it takes is measured first and left out.
"""

import gc
import sys
import time

COLLECTIONS = 5
COLLECTED_BYTES = 32_768


class Marks:
    """How much each part has added."""

    def __init__(self, bare_bytes):
        self.parts = []
        self.probe = 0
        self.begin()
        self.probe = self._before - bare_bytes

    def begin(self):
        """What is there now is nothing's."""
        self._before = self.used()

    def used(self):
        gc.collect()
        gc.collect()
        return gc.mem_alloc()

    def add(self, name):
        """What came onto the heap since the last mark, and stays there, is `name`."""
        now = self.used()
        self.parts.append((name, now - self._before))
        self._before = self.used()


class Garbage:
    """What is allocated from the start on, collected now and then: all of it may be too much."""

    def __init__(self):
        self._counted = 0
        gc.collect()
        self._before = gc.mem_alloc()

    @property
    def total(self):
        """Bytes."""
        return self._counted + gc.mem_alloc() - self._before

    def add(self, _):
        """Something was done: collect, if that is worth its time."""
        if gc.mem_alloc() - self._before > COLLECTED_BYTES:
            self._counted = self.total
            gc.collect()
            self._before = gc.mem_alloc()


class NoStore:
    """Keeps nothing: a save would take longer than all else here."""

    def load(self):
        return 0, b""

    def save(self, pour):
        pass


def measure(devices, keys_each, interpreter_bytes):
    """Bytes by part, tables for so many devices and keys, all of them in use.

    Args:
        interpreter_bytes: what is on the heap where not even this code is.

    Returns: `parts`, [(name, bytes)]; bytes used and free without this code's; how long a
        collection takes then; what one save allocates, which is garbage at once.
    """
    marks = Marks(interpreter_bytes)
    sys.modules.pop("rp2", None)  # as main.py does
    from commshub import authority, board, compat, keystore, recovery, shell
    from commshub.app import App
    from commshub.clock import Clock
    from commshub.held import HeldMessages
    from commshub.north_queue import NorthQueue
    from commshub.outbox import Outbox
    from commshub.policy import LONGEST_MS, Policy
    from commshub.snapshot import write_throttle
    from commshub.store import Store
    from commshub.throttle import Throttle

    compat.let_go("recovery")  # as main.py does
    del recovery
    marks.add("modules")
    lanes = board.lanes()
    marks.add("links and their framers")
    outbox = Outbox(_ignore_frame, _is_free)
    marks.add("outbox")
    keys = keystore.KeyStore(Store(board.file(keystore.FILE)))
    saves = NoStore()
    marks.add("stores")
    queue = NorthQueue()
    marks.add("north queue")
    held = HeldMessages()
    marks.add("held messages")
    throttle = Throttle(Policy(), _ignore)
    marks.add("throttle")
    # All of that an app has, too: what is told of it is the rest.
    del queue, held, throttle
    marks.used()
    size = dict(marks.parts)
    marks.begin()
    app = App(outbox, lanes, Clock(*board.ticks()), board, saves, keys)
    watchdog = board.watchdog()
    watchdog.rest()
    app.boot()
    marks.add("app: the rest")
    whole = marks.parts.pop()[1]
    names = "north queue", "held messages", "throttle"
    marks.parts.append(("app: the rest", whole - sum([size[name] for name in names])))
    throttle = app._timeline.throttle
    policy = Policy()
    policy.amber_threshold = policy.red_threshold = policy.red_clear_threshold = 0
    policy.code_limit = policy.code_clear_limit = 0
    policy.device_window_ms = policy.code_window_ms = LONGEST_MS
    throttle.apply(policy, 0)
    throttle.resize(devices, devices * keys_each, 0)
    marks.add("throttle: tables of another size")
    for device in range(devices):
        for key in range(-1, keys_each):
            originator = bytes([0, 0xDB, 0x12, 0x34, 0, 0, device >> 8, device & 0xFF])
            target = bytes([0x90, 0xB3, 0xD5, 0x1F, 0x30, 1, 0, 0])
            throttle.on_alert(1, originator, target, 0x8000 + key)
    marks.add("throttle: what is in its tables")
    gc.disable()
    garbage = Garbage()
    write_throttle(throttle, 1, garbage.add)
    save_bytes = garbage.total
    gc.enable()
    used = marks.used()
    assert authority and shell and watchdog
    return {
        "parts": marks.parts,
        "incidents": len(throttle.incidents),
        "overloads": len(throttle.overloads),
        "used_bytes": used - marks.probe,
        "free_bytes": gc.mem_free() + marks.probe,
        "collect_us": collect_us(),
        "save_garbage_bytes": save_bytes,
    }


def collect_us():
    """How long the longest of some collections takes, us."""
    longest = 0
    for _ in range(COLLECTIONS):
        before = time.ticks_us()
        gc.collect()
        longest = max(longest, time.ticks_diff(time.ticks_us(), before))
    return longest


def _ignore(event, t, subject, level):
    pass


def _ignore_frame(buffer, length):
    return True


def _is_free():
    return True
