"""A hub on an emulated Pico, and storms for it: the hub keeps its own time unless told.

Over MicroPython's port, which is pipe 0 of the board, so that tests can write to it themselves.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from commshub.policy import Policy
from stormbench.emulator import EmulatedPico
from stormbench.hub.emulated import HubPort, open_emulated_repl
from stormbench.link.client import HubClient, Judged
from stormbench.link.key_state import KeyState
from stormbench.policy_file import frame_values
from stormbench.replay.run import message_of
from stormbench.replay.trace_file import Row

METER = bytes.fromhex("00DB123456780001")
OTHER_METER = bytes.fromhex("00DB123456780002")
TARGET = bytes.fromhex("90B3D51F30010000")
CODE = 0x8F3E
SAVE_FILE = "commshub.save"

FS_AT, FS_END = 0xA0000, 0x200000
"""Where the file system lies on the flash (MicroPython, boards/RPI_PICO, of 2 MB)."""


def storm_policy(**fields: int) -> Policy:
    """The default policy, but every alert counts: red with the first, overload with the second."""
    policy = Policy()
    early = {"amber_threshold": 0, "red_threshold": 0, "red_clear_threshold": 0}
    early |= {"code_limit": 0, "code_clear_limit": 0}
    for name, value in {**early, **fields}.items():
        setattr(policy, name, value)
    return policy


@dataclass
class StormHub:
    """A hub, the board it is on, and how many alerts it was sent."""

    client: HubClient
    pico: EmulatedPico
    sent: int = 0

    def alert(self, originator: bytes = METER, code: int = CODE) -> Judged:
        """Send an alert, now."""
        return self.client.alert(0, self.message(originator, code))

    def message(self, originator: bytes = METER, code: int = CODE) -> bytes:
        """The next one of a key."""
        self.sent += 1
        return message_of(Row(0, originator, TARGET, code), self.sent)

    def key(self, originator: bytes = METER, code: int = CODE) -> KeyState:
        """What is known of a key, with ends of windows in the place of what is left of them."""
        state = self.client.key_state(originator, TARGET, code)
        overload = state.overload
        if overload is not None:
            flush = overload.flush_left_ms
            overload = replace(
                overload,
                since_sample_ms=overload.since_sample_ms - state.at_ms,
                flush_left_ms=None if flush is None else flush + state.at_ms,
            )
        return replace(
            state,
            at_ms=0,
            device_window_left_ms=_end(state.device_window_left_ms, state.at_ms),
            key_window_left_ms=_end(state.key_window_left_ms, state.at_ms),
            overload=overload,
        )

    def counts(self) -> dict[str, int]:
        """The counters that a save holds."""
        counters = self.client.counters()
        names = list(counters)
        saved = names[names.index("received") : names.index("frames_damaged")]
        return {name: counters[name] for name in saved}

    def pass_s(self, seconds: float) -> None:
        """Let device time pass."""
        self.client.listen(0)  # acknowledges what has come: else it is sent again meanwhile
        self.pico.run_for_us(round(seconds * 1_000_000))


def _end(left_ms: int, at_ms: int) -> int:
    return left_ms + at_ms if left_ms else 0


@contextmanager
def hub_as_it_comes() -> Iterator[StormHub]:
    """A hub that has just booted for the first time, and heard nothing but who asks."""
    port = open_emulated_repl(None, hub_id=1)
    try:
        yield StormHub(HubClient(port), port.pico)
    finally:
        port.close()


@contextmanager
def storm_hub(devices: int = 2, keys: int = 4, policy: Policy | None = None) -> Iterator[StormHub]:
    """One with tables so small that it boots soon, and a policy for storms."""
    with hub_as_it_comes() as hub:
        hub.client.set_capacity(devices, keys)
        hub.client.set_policy(frame_values(policy or storm_policy()))
        yield hub


def met(pico: EmulatedPico) -> StormHub:
    """The hub on a board whose port is there."""
    return StormHub(HubClient(HubPort(pico, is_repl=True, name="emulated:repl")), pico)
