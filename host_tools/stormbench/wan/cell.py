"""One cell of the WAN: a queue with an end, a slow link, a delay, and repeats for what is lost.

One server sends what the hubs of the cell hand in, first come, first served, at `bytes_per_s`.
An item occupies the queue until its last byte has been sent; one that does not fit is dropped
(tail drop). The link is acknowledged, so a lost transmission is sent again at once and costs time,
never an alert. After the last byte an item takes `delay_ms` more. A pure stage: departures in
order of time go in, arrivals in order of time come out, and the same name gives the same losses.
"""

import random
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from stormbench.errors import InvalidInput
from stormbench.link.northbound import Northbound, Notice
from stormbench.wan.departure import Arrival, Departure, count_at, size_bytes
from stormbench.wan.hop import HopCounts


@dataclass(frozen=True)
class WanSettings:
    """What the WAN is like. Every default is assumed: no figure of the real networks is public.

    Attributes:
        bytes_per_s: above 0. Assumed 10: narrow enough that one storming meter fills it; an
            85-byte alert takes 8.5 s. The question is at which rate the WAN stops mattering, so
            a study sweeps this.
        delay_ms: from the last byte sent to arrival, 0 or more. Assumed 800: a round number for
            long-range radio or a cellular session, small beside every window of the throttle.
        queue_bytes: 0 or more. Assumed 6,000: some 70 alerts, ten minutes of the link's work.
        loss: probability that a transmission is lost, 0 to below 1. Assumed 0: it only makes the
            link slower, by 1 / (1 - loss).

    Raises:
        InvalidInput: a value outside its range.
    """

    bytes_per_s: float = 10.0
    delay_ms: int = 800
    queue_bytes: int = 6000
    loss: float = 0.0

    def __post_init__(self) -> None:
        if not self.bytes_per_s > 0:
            raise InvalidInput(f"wan.bytes_per_s: must be above 0, got {self.bytes_per_s}")
        if self.delay_ms < 0:
            raise InvalidInput(f"wan.delay_ms: must be 0 ms or more, got {self.delay_ms}")
        if self.queue_bytes < 0:
            raise InvalidInput(f"wan.queue_bytes: must be 0 or more, got {self.queue_bytes}")
        if not 0 <= self.loss < 1:
            raise InvalidInput(f"wan.loss: must be 0 to below 1, got {self.loss}")


class Cell:
    """The WAN that the hubs of one cell share.

    Args:
        settings: what it is like.
        name: seeds the losses; one for each cell of a run, such as "62:wan".

    Attributes:
        departed: what was handed in: the hop `wan`.
        dropped: what of it found no room, held copies and notices included.
        dropped_alerts: alerts (passes and samples) among the dropped; a held copy is none, it
            was counted when it was suppressed.
        repeats: transmissions that were lost and made again.
        most_queued_bytes: the most that was in the queue at once, what is being sent included.
        longest_wait_ms: the longest that an item was in the queue, until its last byte was sent.
    """

    def __init__(self, settings: WanSettings, name: str) -> None:
        self._settings = settings
        self._draw = random.Random(name)
        self._queue: deque[tuple[int, int]] = deque()  # (its last byte is sent, us; bytes)
        self._queued_bytes = 0
        self._idle_from_us = 0
        self._busy_us = 0
        self._latest_ms = 0
        self._totals = _Totals()
        self.departed = HopCounts()
        self.dropped = HopCounts()
        self.dropped_alerts = 0
        self.repeats = 0
        self.most_queued_bytes = 0
        self.longest_wait_ms = 0

    def carry(self, departures: Iterable[Departure]) -> Iterator[Arrival]:
        """What arrives of `departures`, in order of time."""
        for departure in departures:
            arrival = self.send(departure)
            if arrival is not None:
                yield arrival

    def send(self, departure: Departure) -> Arrival | None:
        """Hand in one item; returns its arrival, or None if it was dropped.

        Raises:
            ValueError: it departs before the one before it.
        """
        self._keep_order(departure)
        item = departure.item
        count_at(self.departed, item)
        now_us = departure.at_ms * 1000
        self._forget_sent(now_us)
        fits = self._queued_bytes + size_bytes(item) <= self._settings.queue_bytes
        self._totals.note(departure, fits)
        if not fits:
            self._drop(item)
            return None
        sent_us = self._transmit(now_us, size_bytes(item))
        return Arrival(-(-sent_us // 1000) + self._settings.delay_ms, departure)

    @property
    def busy_ms(self) -> int:
        """How long the link sends what it has taken so far, repeats included, rounded down."""
        return self._busy_us // 1000

    def lost_counts(self) -> int:
        """Suppressed alerts whose count was dropped and that no later report has made good."""
        return self._totals.lost()

    def _keep_order(self, departure: Departure) -> None:
        if departure.at_ms < self._latest_ms:
            raise ValueError(
                f"a departure at {departure.at_ms} ms after one at {self._latest_ms} ms: merge "
                "the hubs' streams by time"
            )
        self._latest_ms = departure.at_ms

    def _forget_sent(self, now_us: int) -> None:
        while self._queue and self._queue[0][0] <= now_us:
            self._queued_bytes -= self._queue.popleft()[1]

    def _drop(self, item: Northbound) -> None:
        count_at(self.dropped, item)
        if not isinstance(item, Notice) and not item.is_held:
            self.dropped_alerts += 1

    def _transmit(self, now_us: int, size: int) -> int:
        """Queue `size` bytes; returns when the last of them is sent and acknowledged, us."""
        once_us = max(1, round(size * 1_000_000 / self._settings.bytes_per_s))
        taken_us = once_us * self._tries()
        self._idle_from_us = max(now_us, self._idle_from_us) + taken_us
        self._busy_us += taken_us
        self._queue.append((self._idle_from_us, size))
        self._queued_bytes += size
        self.most_queued_bytes = max(self.most_queued_bytes, self._queued_bytes)
        self.longest_wait_ms = max(self.longest_wait_ms, (self._idle_from_us - now_us) // 1000)
        return self._idle_from_us

    def _tries(self) -> int:
        tries = 1
        while self._draw.random() < self._settings.loss:
            tries += 1
        self.repeats += tries - 1
        return tries


class _Totals:
    """The largest `total_suppressed` of each overload that got through, and that was dropped.

    Totals are cumulative, so one that gets through makes good all that were dropped before it.
    """

    def __init__(self) -> None:
        self._through: dict[tuple[int, int], int] = {}
        self._dropped: dict[tuple[int, int], int] = {}

    def note(self, departure: Departure, fits: bool) -> None:
        report = departure.item.report
        if report is None:
            return
        totals = self._through if fits else self._dropped
        overload = (departure.hub_id, report.overload_id)
        totals[overload] = max(totals.get(overload, 0), report.total_suppressed)

    def lost(self) -> int:
        return sum(
            max(0, total - self._through.get(overload, 0))
            for overload, total in self._dropped.items()
        )
