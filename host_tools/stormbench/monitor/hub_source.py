"""Records of a hub that this process opens: a host with nothing to do, or one with a storm.

The link has a thread of its own, so that drawing never keeps an alert waiting; its records come
over a queue, made as a capture has them.
"""

import queue
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from types import TracebackType

from stormbench.capture.reading import Records
from stormbench.capture.recording import Recording
from stormbench.capture.records import Record
from stormbench.hub.open import Faults, opened_hub
from stormbench.inject.injection import HeldResult, Injection
from stormbench.link.client import HubClient
from stormbench.monitor.watched_time import is_in_real_time

POLL_MS = 1_000
"""Between two questions for the hub's counters: a frame of 150 bytes, which harms no link of ours
(chosen)."""
_LISTEN_MS = 200
_LOOK_S = 0.1
_AHEAD = 32
"""Bursts that a hub in lockstep may be ahead of what is shown: it does not mind to wait."""
_PATIENCE_S = 10.0
"""For a link that is to end: it may be in the middle of meeting a hub again (chosen)."""

Work = Callable[[HubClient, Event], None]
"""What is done with a hub, until it is done or the event is set."""


class HubSource:
    """Opens a hub, does the work with it, and yields what is said meanwhile.

    A context, at whose end the work ends and the hub is let go of.

    Args:
        name: as `--hub` has it. uf2: see `open_hub`.
        capture: a recording that gets all of it, too.
        faults: of the link.
    """

    def __init__(
        self,
        name: str,
        uf2: Path | None,
        work: Work,
        capture: Recording | None = None,
        faults: Faults | None = None,
    ) -> None:
        self._name, self._uf2, self._work, self._capture = name, uf2, work, capture
        self._faults = faults
        is_real = is_in_real_time(name)
        self._said: queue.Queue[bytes] = queue.Queue(0 if is_real else _AHEAD)
        self._stop = Event()
        self._fault: BaseException | None = None
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> "HubSource":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the work end, which may be waiting for a place in the queue."""
        self._stop.set()
        for _ in range(round(_PATIENCE_S / _LOOK_S)):
            while self._thread.is_alive() and not self._said.empty():
                self._said.get()
            self._thread.join(_LOOK_S)

    def __iter__(self) -> Iterator[Record | None]:
        """Records, or None each time that nothing comes for a while, up to the end of the work.

        Raises:
            HostToolError: whatever opening the hub or the work raised.
        """
        records = Records()
        while self._thread.is_alive() or not self._said.empty():
            try:
                yield from records.feed(self._said.get(timeout=_LOOK_S))
            except queue.Empty:
                yield None
        if self._fault is not None:
            raise self._fault

    def _run(self) -> None:
        try:
            recording = Recording(self._keep)
            with opened_hub(self._name, self._uf2, recording, self._faults) as client:
                self._work(client, self._stop)
        except BaseException as fault:  # of ours, which is raised where it is seen
            self._fault = fault

    def _keep(self, octets: bytes) -> None:
        if self._capture is not None:
            self._capture.write(octets)
        self._said.put(octets)


def idle(client: HubClient, stop: Event) -> None:
    """Be a host that sends nothing: hear what the hub says, and ask for its counters."""
    while not stop.is_set():
        for _ in range(POLL_MS // _LISTEN_MS):
            client.listen(_LISTEN_MS)
            if stop.is_set():
                return
        client.counters()


def look_once(client: HubClient, stop: Event) -> None:
    """Meet it, which asks for its policy and counters, and take what it has kept for a host."""
    client.collect()


class Storm:
    """A scenario's storm as the work of a source; `result` is there once it has ended."""

    def __init__(self, injection: Injection, name: str) -> None:
        self.injection, self._name = injection, name
        self.result: HeldResult | None = None

    def __call__(self, client: HubClient, stop: Event) -> None:
        """Bring the hub to its beginning, and send it."""
        self.result = self.injection.into(client, self._name, stop)
