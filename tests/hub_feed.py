"""A whole hub that is fed whatever the fuzz tests draw, and what must hold of it afterwards."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from hypothesis import strategies as st

from commshub.policy import LONGEST_MS, NUMBERS, Policy
from fuzz_inputs import FRAMES, sealed, stretches
from fuzzed_hub import FuzzedHub
from hubwire.frames import BY_NAME, GREETING
from hubwire.framing import Frame, Receiver, decode
from hubwire.gbcs import encode as encode_message
from hubwire.gbcs_make import Recipe, make
from stormbench.policy_file import frame_values

STRETCHES = [frame[:-2] for frame in FRAMES]
REFUSED = b"frames refused for want of authority"
"""All that a hub has to tell people, whatever it is fed."""

TIMES_MS = (0, 1, 999, 1 << 28, (1 << 47) - 1, (1 << 48) - 1)


class HubFeed:
    """One hub under a small policy; `take` gives it a step and looks at what it says.

    `make_hub` makes it, given what it is to call with each frame that it says: see `FuzzedHub`.
    """

    def __init__(self, make_hub: Callable[[Callable[[bytearray, int], None]], Any] = FuzzedHub):
        self._receiver = Receiver()
        self._said: list[Any] = []
        self._hub = make_hub(self._on_said)
        self._session = self._counter = 0
        self.policy({})

    def _on_said(self, buffer: bytearray, length: int) -> None:
        self._said += self._receiver.feed(bytes(buffer[:length]))

    def take(self, step: tuple[Any, ...]) -> None:
        """A step of `hub_steps`: the name of a method here, and its arguments."""
        getattr(self, step[0])(*step[1:])

    def octets(self, octets: bytes) -> None:
        """Any bytes."""
        self._hub.feed(octets)
        self._listen()

    def pass_ms(self, ms: int) -> None:
        """The hub's own time goes on."""
        self._hub.pass_ms(ms)
        self._listen()

    def alerts(self, copies: int, at_ms: int, device: int) -> None:
        """Alerts of one key, each another message, in a session of their own."""
        self._greet()
        for number in range(copies):
            self._counter += 1
            alert = message(self._counter % 50, device)
            self._send("HanAlert", number, {"at_ms": at_ms, "message": alert})

    def command(self, name: str, values: Mapping[str, Any]) -> None:
        """A frame whose numbers mean something."""
        self._greet()
        self._send(name, 0, values)

    def policy(self, numbers: Mapping[str, int]) -> None:
        """The small policy with other numbers; it may be acceptable or not."""
        self.command("SetPolicy", {**SMALL_POLICY, **numbers})

    def rest(self) -> None:
        """Ends all that is open, with tables and policy that are the same each time."""
        self._hub.feed(b"\x00")
        self.command("SetClock", {"source": 1, "start_ms": 0})
        self.policy({})
        self.command("SetCapacity", {"devices": 16, "keys": 128})

    def expect_alive(self) -> Mapping[str, int]:
        """The hub answers, and its accounts are right; these are its counters."""
        self._hub.feed(b"\x00")
        assert "Hello" in [frame.name for frame in self._greet()]
        counters = self._send("GetCounters", 0, {})[-1]
        judged = counters["passed"] + counters["sampled"] + counters["suppressed"]
        assert counters["received"] == judged
        return counters.values

    def behaviour(self) -> tuple[Mapping[str, Any], ...]:
        """What a hub is told by commands: its policy, and what of its Hello they may change."""
        self._hub.feed(b"\x00")
        hello = next(frame for frame in self._greet() if frame.name == "Hello")
        told = ("device_capacity", "key_capacity", "keyed", "counter", "clock", "start")
        (policy,) = self._send("GetPolicy", 0, {})
        return policy.values, {name: hello[name] for name in told}

    def _greet(self) -> list[Frame]:
        """Another client is there: numbers begin anew, and what is queued comes again."""
        self._session += 1
        values = {"session": self._session, "greeting": GREETING}
        said = self._send("HelloRequest", 0, values)
        self._send("NorthAck", 0, {"alert_first": 0})
        return said

    def _send(self, name: str, seq: int, values: Mapping[str, Any]) -> list[Frame]:
        """What the hub says to this frame."""
        golden = golden_values(name)
        payload = BY_NAME[name].layout.build({**golden, **values})
        self._hub.feed(sealed(BY_NAME[name].kind, seq, payload))
        return self._listen()

    def _listen(self) -> list[Frame]:
        said, self._said = self._said, []
        for frame in said:
            assert isinstance(frame, Frame), f"the hub said {frame!r}"
            if frame.name == "Log":
                assert REFUSED in frame["text"], f"the hub said: {frame['text'].decode()}"
        return said


@cache
def message(counter: int, device: int) -> bytes:
    """A GBCS alert; each counter makes another message of the device's one key."""
    return encode_message(
        make(Recipe(code=0x8154, counter=counter, originator=bytes([device]) * 8))
    )


@cache
def golden_values(name: str) -> Mapping[str, Any]:
    """Zeros for every field of a frame."""
    return next(frame.values for frame in map(decode, STRETCHES) if frame.name == name)


def _small_policy() -> Mapping[str, Any]:
    """Three alerts to amber, five to red, two more to an overload; short windows."""
    policy = Policy()
    for name, value in (
        ("device_window_ms", 10_000),
        ("amber_threshold", 2),
        ("red_threshold", 4),
        ("red_clear_threshold", 1),
        ("code_window_ms", 4000),
        ("code_limit", 2),
        ("code_clear_limit", 1),
        ("sample_period_ms", 1000),
        ("flush_ms", 700),
    ):
        setattr(policy, name, value)
    return frame_values(policy)


SMALL_POLICY = _small_policy()
_times = st.one_of(st.integers(0, 3000), st.integers(0, 20_000), st.sampled_from(TIMES_MS))
_numbers = st.fixed_dictionaries(
    {},
    optional={
        name: st.sampled_from([least, least + 1, 2, 50, most, min(most, LONGEST_MS // 2)])
        for name, _, least, most in NUMBERS
    },
)
_commands = st.one_of(
    st.tuples(st.just("Advance"), st.fixed_dictionaries({"at_ms": _times})),
    st.tuples(
        st.just("SetClock"),
        st.fixed_dictionaries({"source": st.integers(0, 1), "start_ms": _times}),
    ),
    st.tuples(
        st.just("SetCapacity"),
        st.fixed_dictionaries({"devices": st.integers(0, 5), "keys": st.integers(0, 5)}),
    ),
)
hub_steps = st.lists(
    st.one_of(
        st.tuples(st.just("octets"), stretches),
        st.tuples(st.just("pass_ms"), st.one_of(st.integers(0, 5000), st.just(1 << 28))),
        st.tuples(st.just("alerts"), st.integers(1, 20), _times, st.integers(1, 3)),
        _commands.map(lambda drawn: ("command", *drawn)),
        _numbers.map(lambda drawn: ("policy", drawn)),
    ),
    min_size=6,
    max_size=30,
)
"""What can happen to a hub: any bytes, time, storms, commands at the edges of their numbers."""
