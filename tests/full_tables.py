"""Tables that are as full as they get, under windows that do not end."""

from stormbench.bench.outcomes import overloaded
from stormbench.link.client import HubClient
from stormbench.policy_file import frame_values
from stormbench.replay.run import message_of
from stormbench.replay.trace_file import Row

DEVICES, KEYS = 16, 128  # what a hub has room for


def overload(client: HubClient, keys_each: int, devices: int) -> list[str]:
    """Open an incident for each device, and under it overloads, under windows that do not end.

    Returns: the verdicts, device by device; the first opens the incident and is not counted.
    """
    client.set_policy(frame_values(overloaded()))
    return [
        client.alert(0, message_of(alert_of(device, code), 1)).verdict
        for device in range(devices)
        for code in range(keys_each + 1)
    ]


def alert_of(device: int, code: int) -> Row:
    """An alert of one key: `code` 0 is the one that opens the incident of its device."""
    return Row(0, bytes(7) + bytes([device + 1]), b"\x90" + bytes(7), 0x8000 + code)
