"""A storm into one hub that is open: begun alike each time, driven, accounted for, checked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Any

from commshub.policy import Policy
from stormbench.errors import ExitCode, HostToolError
from stormbench.faults.faulty_port import FaultyPort
from stormbench.inject.account import Baseline, account, link_terms
from stormbench.inject.checks import Check, checks_of
from stormbench.inject.plan import Shot
from stormbench.inject.times import times_of
from stormbench.link.client import HubClient
from stormbench.link.drive import Course, Drive
from stormbench.policies.in_force import policy_in_force, push
from stormbench.policy_file import plain_policy

_US_PER_S = 1_000_000


@dataclass(frozen=True)
class Result:
    """What came of a storm into one hub.

    `facts` is its part of the result file: terms of the account, times, who the hub is, and the
    checks. `shots` and `course` have it alert by alert.
    """

    facts: dict[str, Any]
    checks: Sequence[Check]
    shots: Sequence[Shot]
    course: Course
    exit_code: ExitCode

    @property
    def certified(self) -> bool:
        """Whether all that must hold did, so that the figures mean what they say."""
        return not self.failures

    @property
    def failures(self) -> list[str]:
        """A sentence for each check that did not hold."""
        return [check.failure for check in self.checks if check.failure]

    def __getitem__(self, name: str) -> Any:
        """One of the facts."""
        return self.facts[name]


def begin(client: HubClient, policy: Policy | None = None) -> None:
    """Bring a hub to where a storm begins: on its own clock, nothing open, nothing to tell.

    Args:
        policy: what it is to throttle by; None: what is in force.

    Raises:
        NoAuthority: the hub has a key, and this side has none for it.
    """
    if policy is not None:
        push(client, policy)
    client.use_own_clock(0)  # what is open ends with it
    client.collect()


def storm_into(
    client: HubClient,
    name: str,
    shots: Sequence[Shot],
    stop: Event | None = None,
    on_sent: Callable[[int], None] = lambda count: None,
    lasts_us: int = 0,
) -> Result:
    """Send a storm to a hub that was brought to its beginning.

    A hub that does not answer, or goes away, ends it: that is in the result, and not raised.

    Args:
        name: by which the hub was asked for.
        stop: set it, and no more is sent; the account is whole all the same.
        on_sent: called with how many more were sent.
        lasts_us: for how long the hub is listened to at least, us.
    """
    stop = stop or Event()
    before = Baseline.of(client)
    drive = Drive(client, shots, stop, on_sent, lasts_us)
    error: HostToolError | None = None
    facts: dict[str, Any] = {"hub": name, **_who(client)}
    try:
        drive.run()
        facts |= account(client, before, shots, drive.course.north, drive.left)
    except HostToolError as failed:
        error = failed
        facts |= link_terms(client, before, len(shots), drive.left)
        facts["unaccounted"] = None
    facts |= times_of(shots, drive.course)
    facts |= _rate(drive.course)
    facts["faults"] = _faults(client)
    facts["stopped"] = drive.was_stopped
    facts["error"] = error and str(error)
    checks = checks_of(facts)
    facts["not_certified"] = [check.failure for check in checks if check.failure]
    return Result(facts, checks, shots, drive.course, _exit_code(facts, error))


def _exit_code(facts: dict[str, Any], error: HostToolError | None) -> ExitCode:
    if error is not None:
        return error.exit_code
    if facts["stopped"]:
        return ExitCode.INTERRUPTED
    return ExitCode.FAILED if facts["not_certified"] else ExitCode.DONE


def _who(client: HubClient) -> dict[str, Any]:
    hello = client.hello
    return {
        "port": client.name,
        "board": hello.unique_id,
        "transport": hello.transport,
        "firmware_version": hello.firmware_version,
        "source_sha256": hello.source_sha256,
        "micropython_version": hello.micropython_version,
        "keyed": hello.keyed,
        "policy": plain_policy(policy_in_force(client)),
    }


def _faults(client: HubClient) -> dict[str, int] | None:
    """How often each fault has struck on this link; None: none is put into it."""
    port = client.port
    return port.counts.struck() if isinstance(port, FaultyPort) else None


def _rate(course: Course) -> dict[str, Any]:
    """Over the time from the beginning to the last alert that was sent."""
    if not course.sent_us:
        return {"duration_s": 0.0, "sent_per_s": 0.0}
    duration_s = course.sent_us[-1] / _US_PER_S
    rate = len(course.sent_us) / duration_s if duration_s else 0.0
    return {"duration_s": round(duration_s, 3), "sent_per_s": round(rate, 1)}
