"""What a throttle remembers, as octets: written at a save, read after a restart.

Times are written as ages, and read as if the save had been made `save_interval_ms` before the
boot, which is 0 ms: time passes only while the hub is up, and a hub that never lives to its next
save moves on all the same. Numbers that must be unique go on with the next block.

    policy length, policy | capacities, runs of full tables, next overload id | accounts
    | entries of devices | entries of keys        (in the order of `Table.in_order_counted`)
"""

import struct

from commshub import wire
from commshub.compat import micropython
from commshub.entries import (
    CODE,
    COUNT,
    DEVICE,
    FLUSH_FROM,
    LAST_SAMPLE_T,
    LEVEL,
    MADE,
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
from commshub.memory import ACCOUNTS
from commshub.policy import LONGEST_MS
from commshub.policy_frame import pack_policy, read_policy
from commshub.saves import next_block
from commshub.telling import RED
from commshub.throttle import Throttle

_POLICY = "<H"
_TABLES = "<HHBBIHH"  # capacities, whether full, next overload id, how many devices and keys
_ACCOUNTS = "<%dI" % len(ACCOUNTS)
# originator, level | rank by creation, age of the window, count, quiet run
_DEVICE = "<8sBIIII"
# originator, target, code, whether overloaded | the window, as of a device
_KEY = "<8s8sHBIIII"
# overload, its sequence, suppressed in all, unreported, since a sample; age of that, of the flush
_OVERLOAD = "<IIIIIII"


class Damaged(ValueError):
    """These octets were not written by `write_throttle` of this version."""


def write_throttle(throttle, t: int, write) -> None:
    """Write what `throttle` remembers, as it was at `t` ms, in several calls of write(octets)."""
    throttle.roll_what_is_open(t)
    policy = pack_policy(throttle.policy)
    write(struct.pack(_POLICY, len(policy)))
    write(policy)
    devices = throttle.devices.in_order_counted()
    keys = throttle.keys.in_order_counted()
    write(
        struct.pack(
            _TABLES,
            throttle.devices.capacity,
            throttle.keys.capacity,
            throttle.devices.was_full,
            throttle.keys.was_full,
            throttle.next_overload_id,
            len(devices),
            len(keys),
        )
    )
    write(struct.pack(_ACCOUNTS, *throttle.accounts()))
    for at in devices:
        _write_device(throttle, at, t, write)
    for at in keys:
        _write_key(throttle, at, t, write)


# Native, because the variables of a function of so many would be on the heap.
@micropython.native
def _write_device(throttle, at, t, write):
    words = throttle.devices.words
    level = words[at + LEVEL]
    age_ms = _window_age(words, at, t, level != NO_INCIDENT)
    name, count, quiet = throttle.places.originator(at), words[at + COUNT], words[at + QUIET]
    write(struct.pack(_DEVICE, name, level, words[at + MADE], age_ms, count, quiet))


@micropython.native
def _write_key(throttle, at, t, write):
    words, places = throttle.keys.words, throttle.places
    overload_id = words[at + OVERLOAD_ID] & 0xFFFFFFFF
    write(
        struct.pack(
            _KEY,
            places.originator(words[at + DEVICE]),
            places.target(at),
            words[at + CODE],
            overload_id != 0,
            words[at + MADE],
            _window_age(words, at, t, overload_id != 0),
            words[at + COUNT],
            words[at + QUIET],
        )
    )
    if not overload_id:
        return
    total = words[at + TOTAL_SUPPRESSED]
    write(
        struct.pack(
            _OVERLOAD,
            overload_id,
            words[at + THROTTLED_SEQ],
            total & 0xFFFFFFFF,
            (total - words[at + TOTAL_REPORTED]) & 0xFFFFFFFF,
            (total - words[at + TOTAL_AT_SAMPLE]) & 0xFFFFFFFF,
            _age(t, words[at + LAST_SAMPLE_T]),
            _age(t, words[at + FLUSH_FROM]),
        )
    )


@micropython.native
def _window_age(words, at, t, is_open):
    # What is open has been rolled: its window began no longer ago than a restart made overdue.
    age_ms = t - words[at + START]
    return age_ms if is_open else _age(t, words[at + START])


def read_throttle(octets, on_event, on_save) -> Throttle:
    """A throttle that remembers what was written; `boot` is to be its next call.

    Raises:
        Damaged: something else was written.
    """
    reader = _Reader(octets)
    (length,) = reader.take(_POLICY)
    end = reader.at + length
    is_whole = length >= wire.SET_POLICY_BYTES and end <= len(octets)
    policy = read_policy(octets, reader.at, end) if is_whole else None
    if policy is None or policy.refusal():
        raise Damaged("no acceptable policy")
    reader.at = end
    tables = reader.take(_TABLES)
    if tables[5] > tables[0] or tables[6] > tables[1]:
        raise Damaged("more entries than there is room for")
    throttle = Throttle(policy, on_event, tables[0], tables[1], on_save)
    throttle.next_overload_id = next_block(tables[4])
    throttle.set_accounts(reader.take(_ACCOUNTS))
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


def _age(t, then):
    """How long ago `then` was. All that is asked of a longer time is whether it is that long."""
    return max(0, min(t - then, LONGEST_MS))


def _read_window(words, at, window, policy):
    _, age_ms, words[at + COUNT], words[at + QUIET] = window
    words[at + START] = -policy.save_interval_ms - age_ms


def _read_device(reader, throttle):
    originator, level, *window = reader.take(_DEVICE)
    devices = throttle.devices
    at = devices.take(0)
    throttle.places.put_device(at, originator, 0)
    devices.words[at + LEVEL] = level
    _read_window(devices.words, at, window, throttle.policy)
    devices.rank(at, window[0])
    if level != NO_INCIDENT:
        devices.keep(at)


def _read_key(reader, throttle):
    originator, target, code, overloaded, *window = reader.take(_KEY)
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
        _read_overload(reader.take(_OVERLOAD), keys.words, at, throttle.policy)


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
