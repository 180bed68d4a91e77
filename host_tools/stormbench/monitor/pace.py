"""Records no faster than their own time goes, times a speed: a storm that is played."""

from collections.abc import Callable, Iterable, Iterator
from time import monotonic, sleep

from stormbench.capture.records import Record

LOOK_S = 0.1
"""The longest wait without a look at keys and screen: nobody notices (chosen)."""


def wait() -> None:
    """Until it is worth a look whether something is new."""
    sleep(LOOK_S)


def paced(
    records: Iterable[Record | None], now_ms: Callable[[], int], speed: float
) -> Iterator[Record | None]:
    """The same, each when its time has come; None each time that is waited.

    Args:
        now_ms: the time that is reached with the records yielded so far.
        speed: seconds of that time in a second.
    """
    begun_s, begun_ms = monotonic(), now_ms()
    for record in records:
        yield record
        while (early_s := (now_ms() - begun_ms) / 1000 / speed - (monotonic() - begun_s)) > 0:
            sleep(min(early_s, LOOK_S))
            yield None
