"""The throttle through time and restarts: which moment it is, what is due, what is saved.

After a restart of a hub that was on the host's clock no time passes until the host tells it, or
something comes that cannot wait. Knows no frames.
"""

from commshub.clock import EPOCH_SPAN_MS
from commshub.compat import micropython
from commshub.state import NOW, WAKE


class Timeline:
    """The throttle of one hub, as `throttle`, and its time.

    Args:
        clock: a `Clock`.
        saved: a `Saved`.
        on_event: the throttle's, see there.
        on_fault: called as on_fault(text) where something could not be saved or resumed.
    """

    def __init__(self, clock, saved, on_event, on_fault):
        self.clock = clock
        self._saved = saved
        self._on_event = on_event
        self._on_fault = on_fault
        self.throttle = saved.resume(on_event, self.save)
        self.awaits_clock = saved.was_on_hosts_clock

    @micropython.native
    def on_time(self) -> None:
        """Do what has become due on the hub's own clock."""
        if not self.clock.is_hosts:
            now = self.clock.own()  # looked at in any case, or it would miss a wrap of its ticks
            if not self.awaits_clock:
                self.advance(now)

    @micropython.native
    def wait_ms(self) -> int:
        """How long nothing is due, ms; -1: for ever."""
        clock = self.clock
        if clock.is_hosts:
            return -1
        if self.awaits_clock:
            return EPOCH_SPAN_MS  # the clock wants to be looked at
        left = self.throttle.state[WAKE] - clock.own()
        if left > EPOCH_SPAN_MS:
            return EPOCH_SPAN_MS
        return left if left > 0 else 0

    @micropython.native
    def advance(self, t: int) -> None:
        """Come to `t`."""
        self.throttle.advance(self.moment(t))

    @micropython.native
    def arrival(self, buffer, at: int) -> int:
        """The moment of an alert that bears the u48 in `buffer[at:]`, if that is what counts."""
        if self.awaits_clock:
            self.stop_waiting()
        clock = self.clock
        t = clock.told(buffer, at) if clock.is_hosts else clock.own()
        now = self.throttle.state[NOW]
        if t < now:
            return now
        return t if t < EPOCH_SPAN_MS else self.moment(t)

    @micropython.native
    def moment(self, t: int) -> int:
        """`t`, or the latest time reached if that is later; the epoch moves along if it is far."""
        now = self.throttle.now
        if t < now:
            return now
        if t < EPOCH_SPAN_MS:
            return t
        while t > EPOCH_SPAN_MS and self.throttle.is_open():
            t -= self._move_epoch(EPOCH_SPAN_MS)
        self._move_epoch(t)
        return 0

    def _move_epoch(self, by_ms):
        """Come to `by_ms`, which is 0 from then on; how much that is.

        It may be more than an int of the throttle can tell where nothing is open, and so due.
        """
        if by_ms <= EPOCH_SPAN_MS:
            self.throttle.advance(by_ms)
        self.throttle.move_epoch(by_ms)
        self.clock.move_epoch(by_ms)
        return by_ms

    def now(self) -> int:
        """The latest time there is: of the hub's own clock, or that the host told."""
        self.stop_waiting()
        if self.clock.is_hosts:
            return self.throttle.now
        return self.moment(self.clock.own())

    def stop_waiting(self) -> None:
        """An alert or a command is there before the host's time: the hub goes on by its own."""
        if self.awaits_clock:
            self.clock.choose(False, 0)
            self.begin()

    def choose_clock(self, is_hosts: bool, start_ms: int) -> None:
        """From now on this clock; what is open ends first, unless the hub waited for it."""
        if not self.awaits_clock:
            self.throttle.forget_time(self.now())
        self.clock.choose(is_hosts, start_ms)
        self.begin()

    def begin(self) -> None:
        """Time begins to pass."""
        self.awaits_clock = False
        try:
            self.throttle.boot()
        except Exception as fault:  # ours; but a hub that never starts again is worse
            self._on_fault("what was saved cannot be resumed: %r; all begins anew" % fault)
            self.throttle = self._saved.begin_anew(self._on_event, self.save)
            self.throttle.boot()

    def save(self, t: int) -> None:
        """Save what is remembered, as of `t`; the throttle asks for it when that is due."""
        is_hosts = self.clock.is_hosts or self.awaits_clock
        at = self.clock.on_the_wire(t)
        fault = self._saved.save(self.throttle, t, at, is_hosts)
        if fault:
            self._on_fault(fault)
