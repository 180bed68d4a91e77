"""What a throttle remembers, as octets: written at a save, read after a restart.

Times are written as ages, and read as if the save had been made `save_interval_ms` before the
boot, which is 0 ms: time passes only while the hub is up, and a hub that never lives to its next
save moves on all the same. Numbers that must be unique go on with the next block.

    policy length, policy | capacities, runs of full tables, next overload id | accounts
    | entries of devices | entries of keys        (in the order of `Table.in_order_counted`)
"""

import struct

from commshub import wire
from commshub.entries import NO_INCIDENT, DeviceView, KeyView
from commshub.memory import ACCOUNTS
from commshub.policy import LONGEST_MS
from commshub.policy_frame import pack_policy, read_policy
from commshub.saves import next_block
from commshub.throttle import RED, Throttle

_POLICY = "<H"
_TABLES = "<HHBBIHH"  # capacities, whether full, next overload id, how many devices and keys
_ACCOUNTS = "<%dI" % len(ACCOUNTS)
_WINDOW = "<IIII"  # rank by creation, age of the window, count, quiet run
_DEVICE = "<8sB"  # originator, level
_KEY = "<8s8sHB"  # originator, target, code, whether overloaded
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
    device, key = DeviceView(throttle), KeyView(throttle)
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
    for device.at in devices:
        write(struct.pack(_DEVICE, device.originator, device.level))
        _write_window(device, device.level != NO_INCIDENT, t, write)
    for key.at in keys:
        write(struct.pack(_KEY, key.originator, key.target, key.code, key.overloaded))
        _write_window(key, key.overloaded, t, write)
        if key.overloaded:
            _write_overload(key, t, write)


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


def _write_window(entry, is_open, t, write):
    # What is open has been rolled: its window began no longer ago than a restart made overdue.
    age_ms = t - entry.start if is_open else _age(t, entry.start)
    write(struct.pack(_WINDOW, entry.made, age_ms, entry.count, entry.quiet))


def _read_window(reader, entry, table, policy):
    made, age_ms, entry.count, entry.quiet = reader.take(_WINDOW)
    entry.start = -policy.save_interval_ms - age_ms
    table.rank(entry.at, made)


def _write_overload(key, t, write):
    write(
        struct.pack(
            _OVERLOAD,
            key.overload_id,
            key.throttled_seq,
            key.total_suppressed,
            key.unreported,
            key.suppressed_since_sample,
            _age(t, key.last_sample_t),
            _age(t, key.flush_from),
        )
    )


def _read_device(reader, throttle):
    originator, level = reader.take(_DEVICE)
    at = throttle.devices.take(0)
    throttle.places.put_device(at, originator, 0)
    device = DeviceView(throttle, at)
    device.level = level
    _read_window(reader, device, throttle.devices, throttle.policy)
    if level != NO_INCIDENT:
        throttle.devices.keep(at)


def _read_key(reader, throttle):
    originator, target, code, overloaded = reader.take(_KEY)
    device = throttle.device(originator)
    if device is None or device.level != RED:
        raise Damaged("a key without a red incident")
    at = throttle.keys.take(0)
    throttle.places.put_key(at, device.at, target, 0, code)
    key = KeyView(throttle, at)
    key.overload_id = 0
    key.silent_until = 0
    _read_window(reader, key, throttle.keys, throttle.policy)
    if overloaded:
        _read_overload(reader, key, throttle)


def _read_overload(reader, key, throttle):
    fields = reader.take(_OVERLOAD)
    boot_ms = -throttle.policy.save_interval_ms
    throttle.keys.keep(key.at)
    key.overload_id = fields[0]
    key.throttled_seq = next_block(fields[1] + 1) - 1
    key.total_suppressed = fields[2]
    key.unreported = fields[3]
    key.suppressed_since_sample = fields[4]
    key.last_sample_t = boot_ms - fields[5]
    key.flush_from = boot_ms - fields[6]
