"""pyserial's handler of `faults://`: its `Serial` over any other, with faults between.

Time is the wall clock's, and what a fault holds is let go whenever the program calls `read`,
`write`, `in_waiting` or `flush`. Where a fault takes the link away, SerialException is raised
until `close` and `open`; the plan then goes on where it was. One thread may read while another one
writes. There is no `fileno`, so nothing for `select`.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from time import monotonic, monotonic_ns, sleep
from typing import Any

import serial
from serial.serialutil import (
    PortNotOpenError,
    SerialBase,
    SerialException,
    SerialTimeoutException,
)

from stormbench.errors import InvalidInput, LinkLost
from stormbench.faults.counts import FaultCounts
from stormbench.faults.faulty_port import FaultyPort
from stormbench.faults.inject import inject_faults
from stormbench.faults.url import read_url

_POLL_S = 0.002
"""Between two looks of a `read` that waits. No kind of inner port can be waited for together with
what a fault holds, and a lock that is held while waiting would keep a writer out."""

_PIECE_BYTES = 4096
_TIMEOUTS = ("timeout", "write_timeout", "inter_byte_timeout")


class _InnerPort:
    """A port of stormbench over an open pyserial one that does not wait in its `read`."""

    def __init__(self, name: str, inner: serial.Serial) -> None:
        self.name = name
        self._inner = inner

    def write(self, burst: bytes) -> None:
        with _as_link_lost(self.name):
            while burst:
                burst = burst[self._inner.write(burst) or 0 :]

    def read(self, timeout_ms: int) -> bytes:
        """What is there; the one who waits is `Serial`."""
        with _as_link_lost(self.name):
            return bytes(self._inner.read(_PIECE_BYTES))

    def now_ms(self) -> int:
        return monotonic_ns() // 1_000_000

    def pass_ms(self, duration_ms: int) -> None:
        sleep(duration_ms / 1000)

    def reopen(self) -> None:
        with _as_link_lost(self.name):
            self._inner.close()
            self._inner.open()

    def close(self) -> None:
        self._inner.close()


class Serial(SerialBase):
    """A serial port with faults in it; `counts` are those of the faults, None before `open`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._lock = threading.RLock()
        self._arrived = bytearray()
        self._is_read_cancelled = False
        self._inner: serial.Serial | None = None
        self._faulty: FaultyPort | None = None
        self._opened_url: str | None = None
        super().__init__(*args, **kwargs)

    @property
    def counts(self) -> FaultCounts | None:
        """How often each fault fired, over all the times it was open."""
        return None if self._faulty is None else self._faulty.counts

    def open(self) -> None:
        """Open the inner port; the plan begins, or goes on where it was.

        Raises:
            SerialException: the URL is refused, or the inner port does not open.
        """
        if self.port is None:
            raise SerialException("Port must be configured before it can be used.")
        if self.is_open:
            raise SerialException("Port is already open.")
        if self._faulty is None or self._opened_url != self.port:
            self._make(self.port)
        self._reconfigure_port()
        self._update_dtr_state()
        self._update_rts_state()
        with self._as_serial_exception():
            self._port_with_faults.reopen()
        self.is_open = True

    def close(self) -> None:
        """Let go of the inner port; may be called twice."""
        self.is_open = False
        with self._lock:
            self._arrived.clear()
            if self._faulty is not None:
                self._faulty.close()

    def read(self, size: int = 1, /) -> bytes:
        """`size` bytes, or as many as have come when `timeout` is over; None: wait for ever."""
        self._is_read_cancelled = False
        deadline_s = inf if self.timeout is None else monotonic() + self.timeout
        while True:
            with self._lock:
                self._take_in()
                is_over = monotonic() >= deadline_s or self._is_read_cancelled
                if len(self._arrived) >= size or is_over:
                    said = bytes(self._arrived[:size])
                    del self._arrived[:size]
                    return said
            sleep(_POLL_S)

    def write(self, data: Any, /) -> int:
        """Send what the faults leave of it; a stall takes its time in here."""
        octets = bytes(data)
        with self._lock, self._as_serial_exception():
            self._require_open()
            self._port_with_faults.write(octets)
        return len(octets)

    def flush(self) -> None:
        """Wait until nothing is held on its way out."""
        while True:
            with self._lock:
                self._take_in()
                if not self._port_with_faults.is_holding:
                    break
            sleep(_POLL_S)
        self._inner_port.flush()

    @property
    def in_waiting(self) -> int:
        """How many bytes `read` would give at once."""
        with self._lock:
            self._take_in()
            return len(self._arrived)

    @property
    def out_waiting(self) -> int:
        """How many bytes the inner port still has to send."""
        self._require_open()
        return int(self._inner_port.out_waiting)

    def reset_input_buffer(self) -> None:
        """Forget what has come."""
        with self._lock:
            self._take_in()
            self._arrived.clear()
            self._inner_port.reset_input_buffer()

    def reset_output_buffer(self) -> None:
        """Forget what the inner port has not sent."""
        self._require_open()
        self._inner_port.reset_output_buffer()

    def cancel_read(self) -> None:
        """Let a `read` of another thread return with what it has."""
        self._is_read_cancelled = True

    @property
    def cts(self) -> bool:
        """The inner port's."""
        return bool(self._inner_port.cts)

    @property
    def dsr(self) -> bool:
        """The inner port's."""
        return bool(self._inner_port.dsr)

    @property
    def ri(self) -> bool:
        """The inner port's."""
        return bool(self._inner_port.ri)

    @property
    def cd(self) -> bool:
        """The inner port's."""
        return bool(self._inner_port.cd)

    # What pyserial's base class calls when an attribute was set.

    def _reconfigure_port(self) -> None:
        ours = self.get_settings()
        self._inner_port.apply_settings({k: v for k, v in ours.items() if k not in _TIMEOUTS})
        self._inner_port.write_timeout = self.write_timeout

    def _update_dtr_state(self) -> None:
        self._inner_port.dtr = self.dtr

    def _update_rts_state(self) -> None:
        self._inner_port.rts = self.rts

    def _update_break_state(self) -> None:
        self._inner_port.break_condition = self.break_condition

    # The ports below.

    def _make(self, url: str) -> None:
        try:
            plan, seed, name = read_url(url)
            inner = serial.serial_for_url(
                name, do_not_open=True, timeout=0, exclusive=self.exclusive
            )
            self._faulty = inject_faults(_InnerPort(name, inner), plan, seed)
        except InvalidInput as error:
            raise SerialException(str(error)) from error
        self._inner, self._opened_url = inner, url

    def _take_in(self) -> None:
        self._require_open()
        with self._as_serial_exception():
            self._arrived += self._port_with_faults.read(0)

    def _require_open(self) -> None:
        if not self.is_open:
            raise PortNotOpenError()

    @property
    def _port_with_faults(self) -> FaultyPort:
        if self._faulty is None:
            raise PortNotOpenError()
        return self._faulty

    @property
    def _inner_port(self) -> serial.Serial:
        if self._inner is None:
            raise PortNotOpenError()
        return self._inner

    @contextmanager
    def _as_serial_exception(self) -> Iterator[None]:
        try:
            yield
        except LinkLost as error:
            raise SerialException(str(error)) from error


@contextmanager
def _as_link_lost(name: str) -> Iterator[None]:
    try:
        yield
    except SerialTimeoutException:
        raise  # the link is there, and slow
    except (SerialException, OSError) as error:
        raise LinkLost(f"{name}: {error}") from error
