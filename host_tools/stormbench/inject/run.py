"""A storm into several hubs at once: a thread for each, one result for each, and their sum."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple

from commshub.policy import Policy
from stormbench.capture.recording import Recording
from stormbench.errors import ExitCode
from stormbench.hub.open import Faults, is_emulated, open_hub
from stormbench.inject.one_hub import Result, begin, storm_into
from stormbench.inject.plan import Storms
from stormbench.link.client import HubClient

_LOOK_S = 0.1
_SUMMED = (
    "intended",
    "not_sent",
    "sent",
    "unacknowledged",
    "forwarded",
    "reported",
    "suppressed",
    "pending",
    "gave_way",
    "lost_at_reset",
    "unaccounted",
)


class NamedHub(NamedTuple):
    """A hub that is open, and the name by which it was asked for."""

    name: str
    client: HubClient


@contextmanager
def opened(
    hub_names: Sequence[str],
    uf2: Path | None = None,
    policy: Policy | None = None,
    recording: Recording | None = None,
    faults: Faults | None = None,
) -> Iterator[list[NamedHub]]:
    """All these hubs, each at the beginning of a storm; let go of at the end.

    Args:
        uf2: the image of those that are emulated; None: the one in the cache.
        recording: gets what is said to and by each hub, a session for each; from several threads.
        faults: of the link to each, otherwise at each.

    Raises:
        InvalidInput: these faults cannot be had on that hub.
        NoHub, HubTimeout, ForeignHub, NoAuthority: of the first that cannot be had.
    """
    with ExitStack() as stack:
        hubs = []
        for number, name in enumerate(hub_names, start=1):
            image = uf2 if is_emulated(name) else None
            client = open_hub(name, image, number, faults, recording)
            stack.callback(client.close)
            hubs.append(NamedHub(name, client))
            begin(client, policy)
        yield hubs


def inject(
    hubs: Sequence[NamedHub],
    storms: Storms,
    on_sent: Callable[[int], None] = lambda count: None,
    on_stop: Callable[[], None] = lambda: None,
    lasts_us: int = 0,
) -> list[Result]:
    """Send each hub its storm, all beginning now.

    Ctrl-C stops the sending and not the accounts; a second one gives all up.

    Args:
        on_sent: called, by any thread, with how many more were sent.
        on_stop: called at the first Ctrl-C.
        lasts_us: for how long hubs are listened to at least, us.

    Raises:
        KeyboardInterrupt: at the second.
    """
    stop = Event()
    storming = [
        _Storming(partial(storm_into, hub.client, hub.name, shots, stop, on_sent, lasts_us))
        for hub, shots in zip(hubs, storms, strict=True)
    ]
    try:
        _begin_and_wait(storming)
    except KeyboardInterrupt:
        stop.set()
        on_stop()
        _begin_and_wait(storming)  # one that had not begun sends nothing, and has an account
    return [each.result() for each in storming]


class _Storming(Thread):
    """One hub's storm; does not keep a process that is to end."""

    def __init__(self, work: Callable[[], Result]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._result: Result | None = None
        self._fault: BaseException | None = None
        self.ended = Event()

    def run(self) -> None:
        try:
            self._result = self._work()
        except BaseException as fault:  # of ours, which is raised where it is seen
            self._fault = fault
        finally:
            self.ended.set()

    def result(self) -> Result:
        if self._fault is not None:
            raise self._fault
        assert self._result is not None
        return self._result


def _begin_and_wait(storming: Sequence[_Storming]) -> None:
    """In pieces, because a wait without an end hears no Ctrl-C on Windows.

    Not by `join`, which takes a thread for ended when Ctrl-C comes while it waits (bpo-45274).
    """
    for each in storming:
        if each.ident is None:
            each.start()
    for each in storming:
        while not each.ended.wait(_LOOK_S):
            pass


def summed(results: Sequence[Result]) -> dict[str, Any]:
    """The terms of the account over all hubs; None where a hub could not be asked for one."""
    return {
        name: None
        if any(result.facts.get(name) is None for result in results)
        else sum(result.facts[name] for result in results)
        for name in _SUMMED
    }


def exit_code(results: Sequence[Result]) -> ExitCode:
    """Of the whole: that it was stopped, else the first that is not 0."""
    codes = [result.exit_code for result in results]
    if ExitCode.INTERRUPTED in codes:
        return ExitCode.INTERRUPTED
    return next((code for code in codes if code), ExitCode.DONE)
