"""The link frames between host and hub: the one place where a frame is defined.

Each frame is a construct Struct whose fields carry their meaning and unit. `generate.py` walks
these definitions and writes the device's tables and FORMAT.md, so no name or width is written
twice. A frame has fixed fields and, at most, one variable part at its end; what the walk cannot
express does not go into a frame.

    frame on the wire =
        COBS(version u8 | cells u8 | cells_check u8 | kind u8 | seq u16 | boot u16 | payload
             | CRC-32 of all before) 00 00
"""

from dataclasses import dataclass
from typing import Any

from construct import (
    Bytes,
    GreedyBytes,
    GreedyRange,
    Int8ul,
    Int16ul,
    Int32ul,
    Struct,
)

from hubwire.field_groups import (
    ANSWERED,
    COUNTERS,
    KEY,
    KEY_STATE,
    NORTH_MADE,
    NORTH_NEXT,
    POLICY_FIELDS,
    REPORT_NUMBERS,
    TAKEN,
    U48,
    VERDICT_ENTRY,
)

PROTOCOL_VERSION = 0x23
"""Versions are counted from 0x20 on, so that a HelloRequest holds no control character, which
would mean something to a board that is at its REPL."""

MAX_MESSAGE_BYTES = 1024
"""Longest GBCS message that the link carries; alerts are 582 bytes at the most."""

CELL_BYTES = 16
"""The host pads each of its frames with delimiters to a multiple of this (see FORMAT.md)."""

CELLS_BASE = 0x20
"""`cells` of a header is this and how many cells the frame takes: no control character, either."""

CELLS_SUM = 0x9E
"""Of `cells` and `cells_check`: where one of them is damaged, neither is believed."""

WINDOW = 16
"""How many alerts may be on their way to the hub unacknowledged, and as many frames from it."""

NO_BOOT = 0x2020
"""Boot in the header of a HelloRequest, whose sender does not know one yet."""

GREETING = b"stormbench: hi"
"""Makes a HelloRequest so long that COBS begins it with 35, which is #: a comment to a REPL."""

HOST, HUB = "host", "hub"

VERDICTS = {0: "PASS", 1: "SAMPLE", 2: "SUPPRESS"}
CARRIES = {0: "PASS", 1: "SAMPLE", 2: "SUMMARY", 3: "OVERLOAD_END"}
EVENTS = {
    1: "INCIDENT_OPEN",
    2: "INCIDENT_ESCALATE",
    3: "INCIDENT_CLOSE",
    4: "OVERLOAD_START",
    5: "SUMMARY",
    6: "OVERLOAD_END",
    7: "TABLE_FULL",
}
LEVELS = {0: "", 1: "amber", 2: "red", 3: "device", 4: "key"}
SAMPLE_MODES = {0: "period", 1: "count", 2: "either", 3: "both"}
CLOCKS = {0: "own", 1: "host"}
STATUSES = {0: "done", 1: "refused"}
STARTS = {0: "new", 1: "resumed", 2: "damaged"}
RESETS = {
    0: "unknown",
    1: "power",
    2: "pin",
    3: "watchdog",
    4: "sleep",
    5: "soft",
    16: "asked",
    17: "crash",
}
"""Up to 5 as MicroPython numbers them. On the Pico power is RUN, too; watchdog: the loop hung."""
KEYS = {0: "none", 1: "set", 2: "damaged"}
TRANSPORTS = {0: "in_process", 1: "stdio", 2: "usb_repl", 3: "usb_endpoint", 4: "uart"}

MAX_POLICY_CODES = 500
"""Must match MOST_CODES of the firmware's policy."""

KEY_BYTES = MAC_BYTES = 32
GUARDED = ("SetClock", "SetPolicy", "SetCapacity", "SetKey", "Reset", "EnterRepl")
"""What changes a hub's behaviour: once a hub has a key it takes these inside Authorised only."""

COUNTER_END = 0xFFFF_FFFF
"""The last counter of an Authorised frame; then a hub takes no more until its key is erased."""


@dataclass(frozen=True)
class Definition:
    """One kind of frame: its name, its number, who sends it, its layout, what it is for."""

    name: str
    kind: int
    sender: str
    layout: "Struct[Any, Any]"
    purpose: str


DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "HelloRequest",
        0x20,
        HOST,
        Struct(
            "nonce" / Int32ul * "comes back in the Hello that answers",
            "session" / Int32ul * "of the host's client; another one starts the numbers anew",
            "greeting" / Bytes(len(GREETING)) * f"`{GREETING.decode()}`",
        ),
        "Asks who is there. The only frame that may be sent before a Hello has come. All its "
        "bytes can be printed, and the first is #.",
    ),
    Definition(
        "HanAlert",
        0x02,
        HOST,
        Struct(
            "at_ms" / U48 * "arrival in scenario time, ms; counts only on the host's clock",
            NORTH_NEXT,
            "message" / GreedyBytes * "a whole GBCS message, at most 1,024 bytes",
        ),
        "A message from a device of the home area network; taken in the order of its numbers.",
    ),
    Definition(
        "Advance",
        0x03,
        HOST,
        Struct("at_ms" / U48 * "time that has come, ms"),
        "Moves time without an alert; only on the host's clock.",
    ),
    Definition(
        "SetClock",
        0x04,
        HOST,
        Struct(
            "source" / Int8ul * "0 the hub's own, 1 the host's",
            "start_ms" / U48 * "the time that it is now on that clock, ms",
        ),
        "Chooses the clock. What is open ends first, on the clock before; but a hub that was on "
        "the host's clock when it restarted resumes with this frame, if nothing else came first.",
    ),
    Definition(
        "SetPolicy",
        0x05,
        HOST,
        Struct(*POLICY_FIELDS),
        "Puts a policy in force, checked whole; refused, nothing changes.",
    ),
    Definition("GetPolicy", 0x06, HOST, Struct(), "Asks for the policy in force."),
    Definition("GetCounters", 0x07, HOST, Struct(), "Asks for the cumulative counters."),
    Definition(
        "SetCapacity",
        0x08,
        HOST,
        Struct(
            "devices" / Int16ul * "entries of the device table",
            "keys" / Int16ul * "entries of the key table",
        ),
        "Sizes the tables anew. What is open ends first.",
    ),
    Definition(
        "GetKey",
        0x09,
        HOST,
        Struct(*KEY),
        "Asks what the throttle knows of a key, and of its device.",
    ),
    Definition(
        "NorthAck",
        0x0A,
        HOST,
        Struct(
            NORTH_NEXT,
            "alert_first" / Int16ul * "number of the oldest HanAlert not acknowledged to the host",
        ),
        "Acknowledges what went north; the hub goes on there. No older HanAlert comes again.",
    ),
    Definition(
        "Authorised",
        0x0B,
        HOST,
        Struct(
            "counter" / Int32ul * "above every one before; the last is 2**32 - 1",
            "command" / Int8ul * "kind of the frame inside",
            "mac" / Bytes(MAC_BYTES) * "HMAC-SHA256, see above",
            "payload" / GreedyBytes * "of the frame inside",
        ),
        "A command that changes the hub's behaviour, from who holds the hub's key. `mac` is over "
        "command u8, counter u32, the hub's boot_id u32, its unique_id and the payload. The "
        "Result bears the kind of the frame inside and this frame's number. The same frame again "
        "is answered again and not done again.",
    ),
    Definition(
        "SetKey",
        0x0C,
        HOST,
        Struct("key" / Bytes(KEY_BYTES) * "not all zeros"),
        "Gives the hub its key: plain where it has none, which is once; later Authorised, with "
        "the key before. No frame reads a key.",
    ),
    Definition("Reset", 0x0D, HOST, Struct(), "Resets the board, after the Result has left."),
    Definition(
        "EnterRepl",
        0x0E,
        HOST,
        Struct(),
        "Leaves the firmware for MicroPython's REPL, after the Result has left.",
    ),
    Definition(
        "GetMemory",
        0x0F,
        HOST,
        Struct(),
        "Asks how full the heap is; the hub collects its garbage first.",
    ),
    Definition(
        "Hello",
        0x81,
        HUB,
        Struct(
            "nonce" / Int32ul * "of the request; 0 after boot",
            "boot_id" / Int32ul * "another one after each boot",
            "reset_cause" / Int8ul * "0 unknown, 1 power, 3 watchdog, 16 asked for, 17 crash",
            "firmware_version" / Bytes(3) * "major, minor, patch",
            "micropython_version" / Bytes(3) * "major, minor, patch; zeros on CPython",
            "definition_hash" / Bytes(4) * "of the frame definitions",
            "source_sha256" / Bytes(32) * "of the firmware sources that run",
            "unique_id" / Bytes(8) * "of the board",
            "device_capacity" / Int16ul * "entries",
            "key_capacity" / Int16ul * "entries",
            "held_messages" / Int8ul * "suppressed messages kept, one a key",
            "max_message_bytes" / Int16ul * "longest message taken",
            "keyed" / Int8ul * "0 no key, 1 a key is set, 2 what is kept as key is damaged",
            "counter"
            / Int32ul
            * "highest that an Authorised frame may have borne; take a higher one",
            "clock" / Int8ul * "0 the hub's own, 1 the host's",
            "transport" / Int8ul * "0 in process, 1 stdio, 2 USB REPL, 3 USB endpoint, 4 UART",
            "start" / Int8ul * "0 new, 1 resumed from a save, 2 new: the save was damaged",
            "north_next" / Int16ul * "number of the oldest WanAlert or Notice not acknowledged",
            "queued" / Int16ul * "how many WanAlerts and Notices wait, that one included",
            "gave_way" / Int32ul * "messages that gave way in the queue since the boot",
            "board"
            / GreedyBytes
            * "MicroPython's name of the board that the image is for; or empty",
        ),
        "Who is there: at boot, and on request.",
    ),
    Definition(
        "HanAck",
        0x82,
        HUB,
        Struct(
            "alert_seq" / Int16ul * "number of the last HanAlert judged",
            NORTH_MADE,
            "entries" / GreedyRange(VERDICT_ENTRY) * "of that one and those before, oldest first",
        ),
        "Acknowledges alerts, after their verdicts; cumulative. Without entries: one is missing.",
    ),
    Definition(
        "WanAlert",
        0x83,
        HUB,
        Struct(
            "at_ms" / U48 * "when it left, ms",
            "carries" / Int8ul * "0 nothing, 1 a sample's numbers, 2 a summary's, 3 an end's",
            *REPORT_NUMBERS,
            TAKEN,
            "message" / GreedyBytes * "the GBCS message, untouched",
        ),
        "A message for the DSP. With 2 and 3 it is a held copy of a suppressed one.",
    ),
    Definition(
        "Notice",
        0x84,
        HUB,
        Struct(
            "event" / Int8ul * "1 INCIDENT_OPEN ... 7 TABLE_FULL",
            "level" / Int8ul * "0 none, 1 amber, 2 red, 3 device table, 4 key table",
            "shadow" / Int8ul * "1: would be; nothing is suppressed",
            "at_ms" / U48 * "when it became due, ms",
            "originator" / Bytes(8) * "EUI-64; zeros where there is none",
            "target" / Bytes(8) * "EUI-64; zeros where there is none",
            "code" / Int16ul * "alert code; 0 where there is none",
            *REPORT_NUMBERS,
            TAKEN,
        ),
        "An event of the throttle that is not carried by a WanAlert.",
    ),
    Definition(
        "Counters",
        0x85,
        HUB,
        Struct(ANSWERED, *COUNTERS),
        "Cumulative: alerts and messages over the hub's life, as far as it was saved; frames and "
        "saves since the boot.",
    ),
    Definition("Policy", 0x86, HUB, Struct(ANSWERED, *POLICY_FIELDS), "The policy in force."),
    Definition(
        "Result",
        0x87,
        HUB,
        Struct(
            "command" / Int8ul * "kind of the frame that it answers",
            ANSWERED,
            "status" / Int8ul * "0 done, 1 refused",
            NORTH_MADE,
            "reason" / GreedyBytes * "why, UTF-8 text; empty where it was done",
        ),
        "Answers a command that asks for nothing back.",
    ),
    Definition(
        "Log",
        0x88,
        HUB,
        Struct("text" / GreedyBytes * "UTF-8"),
        "A sentence of the firmware, for people.",
    ),
    Definition(
        "KeyState",
        0x89,
        HUB,
        Struct(ANSWERED, *KEY_STATE),
        "What the throttle knows of a key, as of its latest time.",
    ),
    Definition(
        "Memory",
        0x8A,
        HUB,
        Struct(
            ANSWERED,
            "heap_used" / Int32ul * "bytes, behind a collection",
            "heap_free" / Int32ul * "bytes; both are 0 where there is no such heap (CPython)",
            "collect_us" / Int32ul * "how long that collection took, us",
        ),
        "How full the heap is.",
    ),
)

BY_KIND = {definition.kind: definition for definition in DEFINITIONS}
BY_NAME = {definition.name: definition for definition in DEFINITIONS}


def _fixed_bytes(name: str) -> int:
    open_ended = ("message", "payload", "codes")
    layout = BY_NAME[name].layout
    return sum(field.sizeof() for field in layout.subcons if field.name not in open_ended)


MAX_PAYLOAD_BYTES = max(
    _fixed_bytes("WanAlert") + MAX_MESSAGE_BYTES,
    _fixed_bytes("Authorised") + _fixed_bytes("SetPolicy") + 2 * MAX_POLICY_CODES,
)
"""The longest fields that either side has room for: those of the longest message with its numbers,
or of the policy with the most codes, authorised."""

TABLES: dict[tuple[str, str], dict[int, str]] = {
    ("Hello", "keyed"): KEYS,
    ("Hello", "clock"): CLOCKS,
    ("Hello", "transport"): TRANSPORTS,
    ("Hello", "start"): STARTS,
    ("HanAck.entries", "verdict"): VERDICTS,
    ("WanAlert", "carries"): CARRIES,
    ("Notice", "event"): EVENTS,
    ("Notice", "level"): LEVELS,
    ("Result", "status"): STATUSES,
    ("KeyState", "device_level"): LEVELS,
    ("Policy", "sample_mode"): SAMPLE_MODES,
}
"""Of what a hub says: the fields whose numbers stand for something. A frame with another number
in one of them is not taken. What the host says is for the hub to check, and to refuse by name."""
