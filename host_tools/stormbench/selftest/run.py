"""A whole selftest: the hub leaves, probes run in its place, and it comes back as it was."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Protocol

from stormbench.errors import InvalidInput
from stormbench.image.recipe import known_boards
from stormbench.link.board_session import probed
from stormbench.link.client import HubClient
from stormbench.link.hello import Hello
from stormbench.link.raw_repl import CodeFailed
from stormbench.selftest import PROBES, check, vectors
from stormbench.selftest.check import Check, Status
from stormbench.selftest.process_session import ProbeFailed, in_a_process

STEPS = 5

ROUNDS = 8
SAVE_BYTES = 235
"""Of a save with one overloaded key (firmware/README.md, "Flash wear")."""

_LED_LEVELS = 6
_IN_PROCESS = "in_process"
_LIFE = (
    *("received", "passed", "sampled", "suppressed", "reported", "unreported", "excluded"),
    *("untracked", "would_sample", "would_suppress", "would_report", "not_alerts", "unreadable"),
)
"""Counters that go on over a restart (Counters, protocol/FORMAT.md)."""


class Session(Protocol):
    """Where probes run: a board at its REPL, or processes."""

    def call(self, probe: str, *arguments: Any) -> dict[str, Any]:
        """What `measure` of a probe returns."""

    def timed(self, probe: str, *arguments: Any) -> tuple[dict[str, Any], int]:
        """The same, and the host's time between its lines `begin` and `end`, us."""


@dataclass(frozen=True)
class Selftest:
    """What was found of one hub."""

    hub: str
    is_emulated: bool
    made_at: datetime
    hello: Hello
    checks: list[Check]

    @property
    def has_failed(self) -> bool:
        """Whether any check has."""
        return any(each.status is Status.FAIL for each in self.checks)


def selftest(
    client: HubClient,
    hub: str,
    *,
    is_emulated: bool = False,
    repl_port: str | None = None,
    on_step: Callable[[], None] = lambda: None,
) -> Selftest:
    """Test the board of a hub; it is a hub again afterwards, with what it knew.

    Args:
        client: of the hub, which runs this tree's firmware.
        hub: its name, for people.
        repl_port: name of the port where the board's REPL is; None: it is known.
        on_step: called `STEPS` times.

    Raises:
        InvalidInput: the hub is no MicroPython, or its REPL cannot be reached.
        NoAuthority, HubRefused: the hub has a key, and it is not known here.
        HubTimeout, LinkLost.
    """
    if client.hello.transport == _IN_PROCESS:
        raise InvalidInput(f"--hub {hub}: runs under CPython; take unix, emulated or a board")
    before, hello = _remembered(client), client.hello
    checks = check.heap(dict(client.memory()), is_frozen=hello.board in known_boards())
    with _session(client, repl_port) as session:
        checks += _probes(session, is_emulated, on_step)
    checks.append(_came_back(client, hello, before))
    on_step()
    made_at = datetime.now(timezone.utc).replace(microsecond=0)
    return Selftest(hub, is_emulated, made_at, hello, checks)


@contextmanager
def _session(client: HubClient, repl_port: str | None) -> Iterator[Session]:
    if client.hello.transport == "stdio":
        with in_a_process(PROBES) as process:
            yield process
        return
    boot_id = client.hello.boot_id
    with probed(client, PROBES, repl_port) as board:
        yield board
    client.await_restart(boot_id)


def _probes(session: Session, is_emulated: bool, on_step: Callable[[], None]) -> Iterator[Check]:
    """A probe that stops is a check that failed; the others are made all the same."""
    for name, rows in (
        ("clock", _clock),
        ("flash", _flash),
        ("vectors", _vectors),
        ("board", _body),
    ):
        try:
            yield from rows(session, is_emulated)
        except (CodeFailed, ProbeFailed) as error:
            yield check.holds(name, False, "stopped", "to its end", str(error))
        on_step()


def _clock(session: Session, is_emulated: bool) -> Iterator[Check]:
    found, host_us = session.timed("ticks", check.CLOCK_MS)
    yield check.clock(found["took_us"], host_us, is_emulated)


def _flash(session: Session, is_emulated: bool) -> Iterator[Check]:
    found = session.call("flash", bytes(SAVE_BYTES), ROUNDS)
    yield from check.flash(found, ROUNDS, is_emulated)


def _vectors(session: Session, is_emulated: bool) -> Iterator[Check]:
    found = session.call("vectors", *vectors.arguments())
    yield check.vectors("frames", vectors.frames(), found["frames"])
    yield check.vectors("GBCS messages", vectors.messages(), found["messages"])
    yield check.vectors("verdicts", vectors.verdicts(), found["verdicts"])
    yield check.vectors("HMAC-SHA-256", vectors.macs(), found["macs"])


def _body(session: Session, is_emulated: bool) -> Iterator[Check]:
    found = session.call("body")
    yield check.led(found["led"], _LED_LEVELS, is_emulated)
    if is_emulated:
        yield check.info("temperature", None, note="the emulator has no sensor")
    else:
        yield check.info("temperature", found["temperature_c"], "degrees C")
    name = found["reset_name"]
    yield check.info("last reset", found["reset_cause"], note=f"machine.{name}" if name else "")


def _remembered(client: HubClient) -> Mapping[str, object]:
    """What must outlive the test."""
    counters = client.counters()
    return {**client.policy(), **{name: counters[name] for name in _LIFE}}


def _came_back(client: HubClient, hello: Hello, before: Mapping[str, object]) -> Check:
    after = _remembered(client)
    changed = [name for name in before if before[name] != after[name]]
    if client.hello.keyed != hello.keyed:
        changed.append("key")
    note = "changed: " + ", ".join(changed) if changed else ""
    what = "changed" if changed else "policy, counters, key"
    return check.holds("hub came back", not changed, what, "as before", note)
