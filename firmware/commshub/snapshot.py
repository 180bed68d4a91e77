"""What a throttle remembers, as octets: written at a save, read after a restart (`resume.py`).

Times are written as ages: time passes only while the hub is up.

    policy length, policy | capacities, runs of full tables, next overload id | accounts
    | entries of devices | entries of keys        (in the order of `Table.in_order_counted`)
"""

import struct

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
    START,
    THROTTLED_SEQ,
    TOTAL_AT_SAMPLE,
    TOTAL_REPORTED,
    TOTAL_SUPPRESSED,
)
from commshub.memory import ACCOUNTS
from commshub.policy import LONGEST_MS
from commshub.policy_frame import pack_policy

POLICY_FORMAT = "<H"
TABLES_FORMAT = "<HHBBIHH"  # capacities, whether full, next overload id, how many devices and keys
ACCOUNTS_FORMAT = "<%dI" % len(ACCOUNTS)
# originator, level | rank by creation, age of the window, count, quiet run
DEVICE_FORMAT = "<8sBIIII"
# originator, target, code, whether overloaded | the window, as of a device
KEY_FORMAT = "<8s8sHBIIII"
# overload, its sequence, suppressed in all, unreported, since a sample; age of that, of the flush
OVERLOAD_FORMAT = "<IIIIIII"


class Damaged(ValueError):
    """These octets were not written by `write_throttle` of this version."""


def write_throttle(throttle, t: int, write) -> None:
    """Write what `throttle` remembers, as it was at `t` ms, in several calls of write(octets)."""
    throttle.roll_what_is_open(t)
    policy = pack_policy(throttle.policy)
    write(struct.pack(POLICY_FORMAT, len(policy)))
    write(policy)
    devices = throttle.devices.in_order_counted()
    keys = throttle.keys.in_order_counted()
    write(
        struct.pack(
            TABLES_FORMAT,
            throttle.devices.capacity,
            throttle.keys.capacity,
            throttle.devices.was_full,
            throttle.keys.was_full,
            throttle.next_overload_id,
            len(devices),
            len(keys),
        )
    )
    write(struct.pack(ACCOUNTS_FORMAT, *throttle.accounts()))
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
    write(struct.pack(DEVICE_FORMAT, name, level, words[at + MADE], age_ms, count, quiet))


@micropython.native
def _write_key(throttle, at, t, write):
    words, places = throttle.keys.words, throttle.places
    overload_id = words[at + OVERLOAD_ID] & 0xFFFFFFFF
    write(
        struct.pack(
            KEY_FORMAT,
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
            OVERLOAD_FORMAT,
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


def _age(t, then):
    """How long ago `then` was. All that is asked of a longer time is whether it is that long."""
    return max(0, min(t - then, LONGEST_MS))
