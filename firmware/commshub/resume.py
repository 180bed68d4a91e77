"""A throttle out of the octets of a save: needed once a boot, and let go then.

Times are read as if the save had been made `save_interval_ms` before the boot, which is 0 ms: a
hub that never lives to its next save moves on all the same. Numbers that must be unique go on with
the next block.
"""

import struct

from commshub import wire
from commshub.entries import (
    COUNT,
    FLUSH_FROM,
    LAST_SAMPLE_T,
    LEVEL,
    NO_INCIDENT,
    OVERLOAD_ID,
    QUIET,
    SILENT_UNTIL,
    START,
    THROTTLED_SEQ,
    TOTAL_AT_SAMPLE,
    TOTAL_REPORTED,
    TOTAL_SUPPRESSED,
    as_word,
)
from commshub.policy_frame import read_policy
from commshub.saves import next_block
from commshub.snapshot import (
    ACCOUNTS_FORMAT,
    DEVICE_FORMAT,
    KEY_FORMAT,
    OVERLOAD_FORMAT,
    POLICY_FORMAT,
    TABLES_FORMAT,
    Damaged,
)
from commshub.telling import RED
from commshub.throttle import Throttle


def read_throttle(octets, on_event, on_save) -> Throttle:
    """A throttle that remembers what was written; `boot` is to be its next call.

    Raises:
        Damaged: something else was written.
    """
    reader = _Reader(octets)
    (length,) = reader.take(POLICY_FORMAT)
    end = reader.at + length
    is_whole = length >= wire.SET_POLICY_BYTES and end <= len(octets)
    policy = read_policy(octets, reader.at, end) if is_whole else None
    if policy is None or policy.refusal():
        raise Damaged("no acceptable policy")
    reader.at = end
    tables = reader.take(TABLES_FORMAT)
    if tables[5] > tables[0] or tables[6] > tables[1]:
        raise Damaged("more entries than there is room for")
    throttle = Throttle(policy, on_event, tables[0], tables[1], on_save)
    throttle.next_overload_id = next_block(tables[4])
    throttle.set_accounts(reader.take(ACCOUNTS_FORMAT))
    for _ in range(tables[5]):
        _read_device(reader, throttle)
    for _ in range(tables[6]):
        _read_key(reader, throttle)
    if reader.at != len(octets):
        raise Damaged("%d octets too many" % (len(octets) - reader.at))
    throttle.devices.was_full = bool(tables[2])
    throttle.keys.was_full = bool(tables[3])
    return throttle


class _Reader:
    """Takes fields from the front; times as they are after the boot."""

    def __init__(self, octets):
        self.octets = octets
        self.at = 0

    def take(self, form):
        end = self.at + struct.calcsize(form)
        if end > len(self.octets):
            raise Damaged("cut off at %d octets" % len(self.octets))
        fields = struct.unpack_from(form, self.octets, self.at)
        self.at = end
        return fields


def _read_window(words, at, window, policy):
    _, age_ms, words[at + COUNT], words[at + QUIET] = window
    words[at + START] = -policy.save_interval_ms - age_ms


def _read_device(reader, throttle):
    originator, level, *window = reader.take(DEVICE_FORMAT)
    devices = throttle.devices
    at = devices.take(0)
    throttle.places.put_device(at, originator, 0)
    devices.words[at + LEVEL] = level
    _read_window(devices.words, at, window, throttle.policy)
    devices.rank(at, window[0])
    if level != NO_INCIDENT:
        devices.keep(at)


def _read_key(reader, throttle):
    originator, target, code, overloaded, *window = reader.take(KEY_FORMAT)
    device = throttle.device(originator)
    if device is None or device.level != RED:
        raise Damaged("a key without a red incident")
    keys = throttle.keys
    at = keys.take(0)
    throttle.places.put_key(at, device.at, target, 0, code)
    keys.words[at + OVERLOAD_ID] = keys.words[at + SILENT_UNTIL] = 0
    _read_window(keys.words, at, window, throttle.policy)
    keys.rank(at, window[0])
    if overloaded:
        keys.keep(at)
        _read_overload(reader.take(OVERLOAD_FORMAT), keys.words, at, throttle.policy)


def _read_overload(fields, words, at, policy):
    overload_id, seq, total, unreported, since_sample, sample_age_ms, flush_age_ms = fields
    boot_ms = -policy.save_interval_ms
    words[at + OVERLOAD_ID] = as_word(overload_id)
    words[at + THROTTLED_SEQ] = next_block(seq + 1) - 1
    words[at + TOTAL_SUPPRESSED] = as_word(total)
    words[at + TOTAL_REPORTED] = as_word((total - unreported) & 0xFFFFFFFF)
    words[at + TOTAL_AT_SAMPLE] = as_word((total - since_sample) & 0xFFFFFFFF)
    words[at + LAST_SAMPLE_T] = boot_ms - sample_age_ms
    words[at + FLUSH_FROM] = boot_ms - flush_age_ms
