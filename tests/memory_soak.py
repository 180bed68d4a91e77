"""Alerts of changing keys through a hub, and how full its heap is meanwhile, by its own word."""

from collections.abc import Iterator

from commshub.policy import Policy
from stormbench.link.client import HubClient
from stormbench.policy_file import frame_values
from stormbench.replay.run import message_of
from stormbench.replay.trace_file import Row

SETTLED_ALERTS = 1_000
"""After so many the heap is to be flat."""

SLACK_BYTES = 512
"""Tables differ in how full they are from look to look. In the second half of 20,000 alerts a leak
of a block of 16 bytes in 300 alerts would be more."""

_ORIGINATORS = 24  # the table has 16
_CODES = 11
_TARGET = b"\x90" + bytes(7)


def soak_policy() -> Policy:
    """Incidents and overloads begin soon and end soon; windows of a second."""
    policy = Policy()
    policy.device_window_ms = policy.code_window_ms = 1_000
    policy.amber_threshold = policy.red_threshold = 3
    policy.red_clear_threshold = policy.code_limit = policy.code_clear_limit = 1
    policy.red_clear_windows = policy.code_clear_windows = 2
    policy.sample_period_ms = policy.flush_ms = 2_000
    return policy


def changing_alerts(count: int) -> Iterator[tuple[int, bytes]]:
    """(time in ms, message): some devices storm at once, and each time others."""
    for number in range(count):
        storm = number // 500  # six devices of 24, which move along
        originator = (storm * 5 + number * number % 6) % _ORIGINATORS
        code = 0x8000 + (number * 7 + storm) % _CODES
        row = Row(0, bytes(7) + bytes([originator + 1]), _TARGET, code)
        yield number * 4, message_of(row, number + 1)


def heap_of_soak(client: HubClient, alerts: int, looks: int) -> list[int]:
    """Send so many, on the host's clock, and look at the heap as often.

    Returns: bytes used, behind a collection: first after `SETTLED_ALERTS`, then evenly to the end.
    """
    client.set_policy(frame_values(soak_policy()))
    client.use_hosts_clock(0)
    every = (alerts - SETTLED_ALERTS) // (looks - 1)
    used = []
    for number, (at_ms, message) in enumerate(changing_alerts(alerts + 1)):
        client.submit(at_ms, message)
        if number >= SETTLED_ALERTS and (number - SETTLED_ALERTS) % every == 0:
            client.settle()
            used.append(client.memory()["heap_used"])
    return used


def expect_flat(used: list[int]) -> None:
    """The looks of the second half show no more than those of the first."""
    middle = len(used) // 2
    assert min(used) > 0, used
    assert max(used[middle:]) <= max(used[:middle]) + SLACK_BYTES, used
