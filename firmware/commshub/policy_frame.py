"""A policy as frames and saves carry it: its numbers, then its codes."""

import struct

from commshub import wire
from commshub.policy import NUMBERS, Policy


def policy_values(policy) -> list:
    """What `wire.POLICY_FORMAT` has behind its sequence number."""
    values = [getattr(policy, field[0]) for field in NUMBERS]
    values.append(len(policy.excluded_codes))
    return values


def policy_codes(policy) -> bytes:
    """The codes behind the numbers: excluded ones, then pairs of code and its own limit."""
    codes = sorted(policy.excluded_codes)
    for code in sorted(policy.code_limits):
        codes += [code, policy.code_limits[code]]
    return struct.pack("<%dH" % len(codes), *codes)


def pack_policy(policy) -> bytes:
    """The payload of a SetPolicy frame."""
    return struct.pack(wire.SET_POLICY_FORMAT, *policy_values(policy)) + policy_codes(policy)


def read_policy(buffer, start: int, end: int):
    """The policy in the payload of a SetPolicy, unchecked, or None where its codes do not fit."""
    values = struct.unpack_from(wire.SET_POLICY_FORMAT, buffer, start)
    at = start + wire.SET_POLICY_BYTES
    count = (end - at) // wire.SET_POLICY_ENTRY_BYTES
    excluded_count = values[-1]
    if (end - at) % wire.SET_POLICY_ENTRY_BYTES or excluded_count > count:
        return None
    if (count - excluded_count) % 2:
        return None
    codes = struct.unpack_from("<%dH" % count, buffer, at)
    policy = Policy()
    for field, value in zip(NUMBERS, values):
        setattr(policy, field[0], value)
    policy.excluded_codes = set(codes[:excluded_count])
    for place in range(excluded_count, count, 2):
        policy.code_limits[codes[place]] = codes[place + 1]
    return policy
