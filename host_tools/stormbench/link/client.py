"""The one client for every hub: what it can be asked and told, in plain values.

Alerts go out and verdicts come back, and with them what went north meanwhile, whatever the link
does; see `Conversation`. Knows the frames that are commands, and no numbers of frames.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from hubwire.frames import CLOCKS, MAX_MESSAGE_BYTES, STATUSES
from hubwire.framing import Frame
from stormbench.errors import InvalidInput, LinkLost
from stormbench.keys.keyring import Keyring
from stormbench.keys.signer import is_guarded
from stormbench.link.answers import HubRefused, Judged
from stormbench.link.conversation import ANSWER_MS, TRIES, TRIES_AGAIN, Conversation
from stormbench.link.hello import Hello
from stormbench.link.key_state import KeyState, key_state
from stormbench.link.ledger import Ledger
from stormbench.link.north_inbox import Heard
from stormbench.link.northbound import Northbound
from stormbench.link.port import FineClock, Port, PowerSwitch
from stormbench.link.witness import Witness

__all__ = ["ANSWER_MS", "TRIES", "Hello", "HubClient", "HubRefused", "Judged"]

_LATEST_MS = (1 << 48) - 1  # of the link's times


class HubClient:
    """Speaks with a hub.

    Args:
        port: to the hub.
        keyring: the keys for commands that need one; None: the user's.
        witness: sees all bytes on the link, both ways, up to `close`.
    """

    def __init__(
        self, port: Port, keyring: Keyring | None = None, witness: Witness | None = None
    ) -> None:
        self._talk = Conversation(port, keyring or Keyring(), witness)

    @property
    def hello(self) -> Hello:
        """What the hub said of itself when it was last met."""
        return self._talk.hello

    @property
    def name(self) -> str:
        """The port's name."""
        return self.port.name

    @property
    def port(self) -> Port:
        """The port, for what is no conversation: MicroPython's REPL once the hub has left."""
        return self._talk.port

    @contextmanager
    def over(self, port: Port) -> Iterator[None]:
        """Speak over this port up to the end, which wraps the client's own.

        What a wrapper holds back is gone with it, as on any link that loses something.
        """
        own = self.port
        self._talk.stream.port = port
        try:
            yield
        finally:
            self._talk.stream.port = own

    @property
    def has_place(self) -> bool:
        """Whether `submit` sends at once, without waiting for an acknowledgement."""
        return not self._talk.traffic.window.is_full

    def takes_burst_of(self, alerts: int) -> bool:
        """Whether so many alerts that are ready are to be submitted now, up to the last place."""
        return self._talk.traffic.window.takes_burst_of(alerts)

    @property
    def is_behind(self) -> bool:
        """Whether `submit` first waits for what goes north."""
        return self._talk.traffic.is_behind()

    @property
    def log(self) -> tuple[str, ...]:
        """What the firmware said to people, oldest first."""
        return tuple(self._talk.stream.log)

    @property
    def frames_damaged(self) -> int:
        """Stretches between delimiters that were no frames."""
        return self._talk.stream.damaged

    @property
    def repeated_north(self) -> int:
        """Frames of what goes north that came more than once, and were recognised."""
        return self._talk.traffic.inbox.again

    @property
    def ledger(self) -> Ledger:
        """What became of the alerts, as far as the link knows."""
        return self._talk.traffic.ledger

    @property
    def backlog(self) -> tuple[Northbound, ...]:
        """What the hub had kept for whoever would come next."""
        return tuple(self._talk.traffic.backlog)

    @property
    def recoveries_ms(self) -> tuple[int, ...]:
        """For each time that the link came back: how long it took, ms of the port's time."""
        return tuple(self._talk.recoveries)

    @property
    def heard(self) -> Mapping[int, Heard]:
        """By overload: the largest total of suppressed alerts that was told, and what told it."""
        return self._talk.traffic.inbox.heard

    # Alerts.

    def alert(self, at_ms: int, message: bytes) -> Judged:
        """Send one GBCS message and wait for its verdict, and for all that goes north with it.

        Args:
            at_ms: arrival in scenario time; it counts only on the host's clock.
            message: at most 1,024 bytes.

        Raises:
            InvalidInput: the message is too long, or the time does not fit.
            HubTimeout: no acknowledgement, try after try.
            LinkLost: the port went away and did not come back.
        """
        judged = [*self.submit(at_ms, message), *self.settle()]
        north = [item for each in judged for item in each.north]
        north += self.await_north()
        return Judged(judged[-1].verdict, judged[-1].at_ms, tuple(north))

    def submit(self, at_ms: int, message: bytes) -> list[Judged]:
        """Send one GBCS message, without waiting longer than for a place among those on their way.

        Returns: what became known meanwhile, in the order in which alerts were submitted.
        """
        if len(message) > MAX_MESSAGE_BYTES:
            raise InvalidInput(
                f"a message of {len(message)} bytes; the link carries {MAX_MESSAGE_BYTES} at most"
            )
        if not 0 <= at_ms <= _LATEST_MS:
            raise InvalidInput(f"an alert at {at_ms} ms; the link carries 0 to {_LATEST_MS}")
        self._talk.submit(at_ms, message)
        return self._talk.traffic.take_judged()

    def flush(self) -> None:
        """Send at once what `submit` has kept for a larger burst."""
        self._talk.flush()

    def hear(self, timeout_ms: int) -> list[Judged]:
        """Take in what comes next, within `timeout_ms`; alerts that became known by it."""
        self._talk.hear(timeout_ms)
        return self._talk.traffic.take_judged()

    def acknowledge(self) -> None:
        """Say what has come north, if nothing has yet; each alert that is sent says it, too."""
        self._talk.say_expected()

    def settle(self) -> list[Judged]:
        """Wait until every alert is acknowledged; what became of those not yet told."""
        self._talk.await_verdicts()
        return self._talk.traffic.take_judged()

    def await_north(self) -> tuple[Northbound, ...]:
        """Wait for all that had come about when the hub last said how much that is; what came."""
        self._talk.await_north()
        return self._talk.traffic.take_north()

    # Time.

    def now_us(self) -> int:
        """The time of the port, us, as finely as it has it; only differences mean anything."""
        port = self.port
        return port.now_us if isinstance(port, FineClock) else port.now_ms() * 1_000

    def advance(self, at_ms: int) -> tuple[Northbound, ...]:
        """Move the host's clock on; what became due goes north."""
        if self._talk.hosts_clock_ms is not None:
            self._talk.hosts_clock_ms = max(self._talk.hosts_clock_ms, at_ms)
        return self._command("Advance", {"at_ms": at_ms})

    def use_hosts_clock(self, start_ms: int) -> tuple[Northbound, ...]:
        """Put the hub on the host's clock, which shows `start_ms`."""
        north = self._command("SetClock", {"source": _clock("host"), "start_ms": start_ms})
        self._talk.hosts_clock_ms = start_ms
        return north

    def use_own_clock(self, start_ms: int) -> tuple[Northbound, ...]:
        """Put the hub on its own clock, which shows `start_ms`."""
        self._talk.hosts_clock_ms = None
        return self._command("SetClock", {"source": _clock("own"), "start_ms": start_ms})

    def listen(self, duration_ms: int) -> tuple[Northbound, ...]:
        """Let the port's time pass, and hear what the hub has to say meanwhile."""
        self._talk.say_expected()
        until_ms = self.port.now_ms() + duration_ms
        while (left_ms := until_ms - self.port.now_ms()) > 0:
            self._talk.hear(left_ms)
        return self._talk.traffic.take_north()

    def collect(self) -> tuple[Northbound, ...]:
        """Wait until the hub has nothing more that waits to go north.

        Raises:
            HubTimeout: it has, and does not send it.
        """
        self._talk.await_verdicts()
        idle, left = 0, self.counters()["queued"]
        while left:
            if idle == TRIES_AGAIN:
                missing = f"none of {left} frames that wait to go north came"
                raise self._talk.timeout(missing, TRIES_AGAIN)
            self._talk.hear(ANSWER_MS)
            self._talk.say_expected()
            left, before = self.counters()["queued"], left
            idle = idle + 1 if left == before else 0
        return self._talk.traffic.take_north()

    # Commands.

    def set_capacity(self, devices: int, keys: int) -> tuple[Northbound, ...]:
        """Size the hub's tables."""
        return self._command("SetCapacity", {"devices": devices, "keys": keys})

    def set_policy(self, values: Mapping[str, Any]) -> tuple[Northbound, ...]:
        """Put a policy in force; `values` are the fields of a SetPolicy frame."""
        return self._command("SetPolicy", values)

    def policy(self) -> Mapping[str, Any]:
        """The policy in force, as the fields of a SetPolicy frame."""
        return _without_seq(self._talk.ask("GetPolicy", {}, "Policy"))

    def introduce(self) -> None:
        """Have the hub say again who it is, its policy and its counters.

        What a witness who comes now needs to make sense of what follows.

        Raises:
            HubTimeout: no answer. LinkLost: it went away.
        """
        self._talk.meet_again(lambda: f"{self.name} was asked again who it is")
        self.policy()
        self.counters()

    def counters(self) -> Mapping[str, int]:
        """The cumulative counters: of alerts over the hub's life, of frames since its boot."""
        counters = _without_seq(self._talk.ask("GetCounters", {}, "Counters"))
        classes = ("passes", "samples", "signed")
        self.ledger.on_gave_way(sum(counters[f"gave_way_{name}"] for name in classes))
        return counters

    def key_state(self, originator: bytes, target: bytes, code: int) -> KeyState:
        """What the hub's throttle knows of a key, and of its device, as of its latest time."""
        key = {"originator": originator, "target": target, "code": code}
        return key_state(self._talk.ask("GetKey", key, "KeyState"))

    def memory(self) -> Mapping[str, int]:
        """How full the hub's heap is, in bytes, once it has collected its garbage.

        Returns: `heap_used`, `heap_free`, and `collect_us`, which the collection took; zeros of a
            hub in process.
        """
        return _without_seq(self._talk.ask("GetMemory", {}, "Memory"))

    def set_key(self, key: bytes, signed_by: bytes | None = None) -> None:
        """Give the hub its key, or another one; `hello` is then what it says with it.

        Args:
            key: 32 bytes.
            signed_by: the key that it has; None: the keyring's.
        """
        self._command("SetKey", {"key": key}, signed_by)
        self._talk.meet_again(lambda: "a key was set")

    def reset(self) -> None:
        """Let the hub reset its board, and meet it again: `hello` is then of another boot."""
        boot_id = self.hello.boot_id
        self._command("Reset", {})
        self.await_restart(boot_id)

    def await_restart(self, boot_id: int) -> None:
        """Meet the hub again, whose board boots: `hello` is then of another boot than this one."""
        self._talk.await_restart(boot_id)

    def enter_repl(self) -> None:
        """Let the hub leave its board to MicroPython's REPL; it answers first, and is gone."""
        self._command("EnterRepl", {})

    def power_cut(self) -> tuple[Northbound, ...]:
        """Cut the power of a virtual hub at this instant, and meet it again.

        Its `hello` is then the one of the new boot. What the throttle remembers of a time on the
        host's clock goes on with the next `use_hosts_clock`; on its own clock what was overdue
        goes north at once.

        Raises:
            InvalidInput: the hub is a real one.
        """
        if not isinstance(self.port, PowerSwitch):
            raise InvalidInput(
                f"{self.name}: only the power of a virtual hub can be cut from here"
            )
        self._talk.hosts_clock_ms = None
        self.port.power_cut()
        self._talk.recover(LinkLost("its power was cut"))
        self._talk.await_north()
        return self._talk.traffic.take_north()

    def close(self) -> None:
        """Let go of the port, and tell the hub what came so far."""
        try:
            self._talk.say_goodbye()
        finally:
            self._talk.stream.end()
            self.port.close()

    def _command(
        self, name: str, values: Mapping[str, Any], key: bytes | None = None
    ) -> tuple[Northbound, ...]:
        self._talk.await_verdicts()
        result = self._talk.ask(name, values, "Result", key)
        if STATUSES[result["status"]] != "done":
            reason = result["reason"].decode(errors="replace")
            advice = self._talk.authority.advice() if is_guarded(name) else ""
            raise HubRefused(f"{self.name} refused {name}: {reason}{advice}")
        self._talk.await_north()
        return self._talk.traffic.take_north()


def _without_seq(answer: Frame) -> dict[str, Any]:
    return {name: value for name, value in answer.values.items() if name != "command_seq"}


def _clock(name: str) -> int:
    return next(number for number, known in CLOCKS.items() if known == name)
