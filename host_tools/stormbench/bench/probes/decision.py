"""How long each decision takes, and what it allocates, on this very board: tables full.

A storm of more devices than the table holds, each on for a part of the time, so that incidents and
overloads begin and end, entries give way and samples fall due. Decisions are the throttle's, as
the hub asks for them; nothing is saved, and what a decision tells is counted and not sent.
"""

import gc
import time
from array import array

from commshub import board
from commshub.clock import Clock
from commshub.gbcs import ORIGINATOR_AT, AlertReader
from commshub.policy import Policy
from commshub.saved import Saved
from commshub.south import South
from commshub.store import NOTHING
from commshub.timeline import Timeline

ORIGINATORS = 17  # the table has 16
USUAL_CODES = 8  # of each: 128 keys for 16 devices
RARE_CODES = 8
RARELY = 256  # one alert in so many has such a code
SETTLING = 3000  # decisions at the rate of those that are timed, before them
PERIOD_MS = 1000000  # of a device: it storms for the first 60 %
ON_MS = 600000
WARM_UP_STEP_MS = 500  # on average; then
STEP_MS = 10
COLLECTED_EVERY = 32  # decisions, so that no collection falls into one
RESTS = 200


class NoStore:
    """Keeps nothing."""

    def load(self):
        return NOTHING, b""

    def save(self, pour):
        pass


class Storm:
    """One alert after the other, the same ones each time.

    Args:
        message: an alert, whose originator's last byte and code are changed.
        code_at: where its code is.
    """

    def __init__(self, message, code_at):
        self.t = 0
        self.step_ms = WARM_UP_STEP_MS
        self.buffer = bytearray(message)
        self.found = None
        self._code_at = code_at
        self._reader = AlertReader()
        self._reader.read(self.buffer, 0, len(self.buffer))
        self._originator_at = self._reader.found[ORIGINATOR_AT] + 7
        self._state = 1

    def next(self):
        self.t += self.step_ms // 2 + self._draw(self.step_ms)
        while True:
            originator = self._draw(ORIGINATORS)
            phase = (self.t + originator * (PERIOD_MS // ORIGINATORS)) % PERIOD_MS
            if phase < ON_MS or not self._draw(16):
                break
        code = self._draw(USUAL_CODES)
        if not self._draw(RARELY):
            code = USUAL_CODES + self._draw(RARE_CODES)
        self.buffer[self._originator_at] = originator
        self.buffer[self._code_at + 1] = code
        self._reader.read(self.buffer, 0, len(self.buffer))
        self.found = self._reader.found

    def _draw(self, below):
        self._state = (self._state * 75 + 74) % 65537
        return self._state * below // 65537


def storm_policy():
    """Times a tenth of the default's: a minute of a storm of 100 alerts a second has it all."""
    policy = Policy()
    policy.device_window_ms = policy.code_window_ms = 60000
    policy.amber_threshold = policy.red_threshold = 3
    policy.red_clear_threshold = policy.code_limit = policy.code_clear_limit = 1
    policy.red_clear_windows = policy.code_clear_windows = 2
    policy.sample_period_ms = policy.flush_ms = 60000
    return policy


def full_timeline(on_event):
    """A timeline on the host's clock, under that policy."""
    clock = Clock(*board.ticks())
    saved = Saved(NoStore(), board.boot_id, South())
    timeline = Timeline(clock, saved, on_event, print)
    timeline.begin()
    timeline.choose_clock(True, 0)
    timeline.throttle.apply(storm_policy(), 0)
    return timeline


def empty_us():
    """What two looks at the clock take by themselves."""
    least = 1000
    for _ in range(RESTS):
        before = time.ticks_us()
        least = min(least, time.ticks_diff(time.ticks_us(), before))
    return least


def measure(message, code_at, decisions, warm_up, watched):
    """A storm of `warm_up` decisions, then `decisions` timed ones, then `watched` for the heap.

    Returns: times and verdicts of the timed ones; verdicts and bytes of those that were watched;
        what two looks at the clock take, which is in the times; how full the tables were.
    """
    events = [0]

    def on_event(event, t, subject, level):
        events[0] += 1

    timeline = full_timeline(on_event)
    storm = Storm(message, code_at)
    for _ in range(warm_up):
        storm.next()
        timeline.throttle.judge(storm.t, storm.buffer, storm.found)
    storm.step_ms = STEP_MS
    for _ in range(SETTLING):
        storm.next()
        timeline.throttle.judge(storm.t, storm.buffer, storm.found)
    times = array("i", bytes(4 * decisions))
    verdicts = bytearray(decisions)
    told_before = events[0]
    judge = timeline.throttle.judge
    ticks_us = time.ticks_us
    for place in range(decisions):
        if place % COLLECTED_EVERY == 0:
            gc.collect()
        storm.next()
        t, buffer, found = storm.t, storm.buffer, storm.found
        before = ticks_us()
        verdict = judge(t, buffer, found)
        times[place] = time.ticks_diff(ticks_us(), before)
        verdicts[place] = verdict
    throttle = timeline.throttle
    return {
        "times_us": list(times),
        "verdicts": list(verdicts),
        "empty_us": empty_us(),
        "events": events[0] - told_before,
        "incidents": len(throttle.incidents),
        "overloads": len(throttle.overloads),
        "untracked": throttle.untracked,
        "watched": watch(timeline, storm, watched),
        "all_end_us": all_end(timeline, storm.t),
    }


def watch(timeline, storm, count):
    """(verdict, bytes allocated) of so many decisions."""
    watched = []
    for place in range(count):
        if place % COLLECTED_EVERY == 0:
            gc.enable()
            gc.collect()
            gc.disable()
        storm.next()
        t, buffer, found = storm.t, storm.buffer, storm.found
        before = gc.mem_alloc()
        verdict = timeline.throttle.judge(t, buffer, found)
        after = gc.mem_alloc()
        watched.append((verdict, after - before))
    gc.enable()
    return watched


def all_end(timeline, t):
    """How long it takes when the storm is over everywhere, and one look finds all of it due."""
    before = time.ticks_us()
    timeline.advance(t + 1000000)
    return time.ticks_diff(time.ticks_us(), before)
