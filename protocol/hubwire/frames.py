"""The link frames between host and hub: the one place where a frame is defined.

Each frame is a construct Struct whose fields carry their meaning and unit. `generate.py` walks
these definitions and writes the device's tables and FORMAT.md, so no name or width is written
twice. A frame has fixed fields and, at most, one variable part at its end; what the walk cannot
express does not go into a frame.

    frame on the wire =
        COBS(version u8 | kind u8 | seq u16 | boot u16 | payload | CRC-32 of all before) 00 00
"""

from dataclasses import dataclass
from typing import Any

from construct import (
    Bytes,
    BytesInteger,
    GreedyBytes,
    GreedyRange,
    Int8ul,
    Int16ul,
    Int32ul,
    Struct,
)

PROTOCOL_VERSION = 0x22
"""Versions are counted from 0x20 on, so that a HelloRequest holds no control character, which
would mean something to a board that is at its REPL."""

MAX_MESSAGE_BYTES = 1024
"""Longest GBCS message that the link carries; alerts are 582 bytes at the most."""

CELL_BYTES = 16
"""The host pads each of its frames with delimiters to a multiple of this (see FORMAT.md)."""

U48 = BytesInteger(6, swapped=True)
"""Time in ms; 2**47 ms is 4,459 years."""

WINDOW = 8
"""How many alerts may be on their way to the hub unacknowledged, and as many frames from it."""

NO_BOOT = 0x2020
"""Boot in the header of a HelloRequest, whose sender does not know one yet."""

GREETING = b"stormbench hello"
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
CLOCKS = {0: "own", 1: "host"}
STATUSES = {0: "done", 1: "refused"}
STARTS = {0: "new", 1: "resumed", 2: "damaged"}
TRANSPORTS = {0: "in_process", 1: "stdio", 2: "usb_repl", 3: "usb_endpoint", 4: "uart"}


@dataclass(frozen=True)
class Definition:
    """One kind of frame: its name, its number, who sends it, its layout, what it is for."""

    name: str
    kind: int
    sender: str
    layout: "Struct[Any, Any]"
    purpose: str


_VERDICT_ENTRY = Struct(
    "verdict" / Int8ul * "0 PASS, 1 SAMPLE, 2 SUPPRESS",
    "at_ms" / U48 * "the arrival that the hub counted with, ms",
)

_TAKEN = (
    "taken" / Int16ul * "number of the next HanAlert that the hub expected when this came about"
)

_NORTH_MADE = (
    "north_made" / Int16ul * "number that the next WanAlert or Notice will have, if none gives way"
)

_NORTH_NEXT = (
    "north_next" / Int16ul * "number of the next WanAlert or Notice expected: those before came"
)

_REPORT_NUMBERS = (
    "overload_id" / Int32ul * "never used twice by a hub",
    "throttled_seq" / Int32ul * "number of the report within its overload",
    "throttled_count" / Int32ul * "suppressed since the report before",
    "total_suppressed" / Int32ul * "suppressed since the overload began",
)

_ANSWERED = "command_seq" / Int16ul * "sequence number of the frame that it answers"

_POLICY_FIELDS = (
    "device_window_ms" / Int32ul * "length of the device-level window, ms",
    "amber_threshold" / Int16ul * "device-level count that must be exceeded for amber",
    "red_threshold" / Int16ul * "device-level count that must be exceeded for red",
    "red_clear_threshold" / Int16ul * "count at or below which a device window is quiet",
    "red_clear_windows" / Int16ul * "quiet windows in a row that close an incident",
    "code_window_ms" / Int32ul * "length of the per-key window, ms",
    "code_limit" / Int16ul * "per-key count that must be exceeded",
    "code_clear_limit" / Int16ul * "count at or below which a key window is quiet",
    "code_clear_windows" / Int16ul * "quiet windows in a row that end an overload",
    "sample_mode" / Int8ul * "0 period, 1 count, 2 either, 3 both",
    "sample_period_ms" / Int32ul * "least time between forwarded copies, ms",
    "sample_every" / Int16ul * "one forwarded copy in this many",
    "flush_ms" / Int32ul * "longest time that a count stays unreported, ms",
    "shadow" / Int8ul * "1: decide and count, suppress nothing",
    "save_interval_ms" / Int32ul * "time between saves while an incident is open, ms",
    "excluded_count" / Int16ul * "how many of the codes that follow are excluded codes",
    "codes" / GreedyRange(Int16ul) * "excluded codes, then pairs of code and its own limit",
)

_COUNTERS = (
    "boot_id" / Int32ul * "of the boot that answers; counts of alerts go on over a restart",
    "received" / Int32ul * "alerts",
    "passed" / Int32ul * "alerts",
    "sampled" / Int32ul * "alerts",
    "suppressed" / Int32ul * "alerts",
    "reported" / Int32ul * "suppressed alerts whose count has left",
    "unreported" / Int32ul * "suppressed alerts (in shadow: would be) still to be reported",
    "excluded" / Int32ul * "alerts with an excluded code; part of passed",
    "untracked" / Int32ul * "alerts for which a table was full; part of passed",
    "would_sample" / Int32ul * "alerts, in shadow",
    "would_suppress" / Int32ul * "alerts, in shadow",
    "would_report" / Int32ul * "alerts, in shadow",
    "not_alerts" / Int32ul * "messages passed on untouched: commands and responses",
    "unreadable" / Int32ul * "messages passed on untouched: not GBCS as far as the hub can tell",
    "frames_damaged" / Int32ul * "frames thrown away: check sum, framing or length",
    "frames_refused" / Int32ul * "good frames of a kind or content that the hub does not take",
    "frames_stale" / Int32ul * "good frames that were meant for another boot",
    "frames_cut" / Int32ul * "frames that the port did not take to their end",
    "overruns" / Int32ul * "times that bytes from the host were lost in the hub's port",
    "duplicates" / Int32ul * "alerts that came again and were acknowledged again, not counted",
    "repeats" / Int32ul * "WanAlerts and Notices that were sent once more",
    "queued" / Int32ul * "WanAlerts and Notices that are not acknowledged yet",
    "gave_way_passes" / Int32ul * "unsigned messages that passed and gave way in the queue",
    "gave_way_notices" / Int32ul * "Notices that gave way in the queue",
    "gave_way_samples" / Int32ul * "unsigned samples that gave way, held copies too",
    "gave_way_signed" / Int32ul * "signed messages that gave way in the queue",
    "counts_owed"
    / Int32ul
    * "suppressed alerts whose report gave way; the next one tells of them",
    "counts_lost" / Int32ul * "suppressed alerts whose last report gave way",
    "saves" / Int32ul * "saves made",
    "saves_failed" / Int32ul * "saves that could not be made",
)

_KEY = (
    "originator" / Bytes(8) * "EUI-64",
    "target" / Bytes(8) * "EUI-64",
    "code" / Int16ul * "alert code",
)

_KEY_STATE = (
    "at_ms" / U48 * "the hub's time, ms",
    "device_level" / Int8ul * "0 no incident, 1 amber, 2 red",
    "device_count" / Int32ul * "alerts of the originator in its window; 0 where it is over",
    "device_window_left_ms" / Int32ul * "until that window is over, ms",
    "device_room" / Int8ul * "1: the originator has an entry, or would get one",
    "key_count" / Int32ul * "alerts of the key in its window; 0 where it is over",
    "key_window_left_ms" / Int32ul * "until that window is over, ms",
    "key_room" / Int8ul * "1: the key has an entry, or would get one",
    "overloaded" / Int8ul * "1: only samples of the key are forwarded; else the rest is 0",
    "overload_id" / Int32ul * "never used twice by a hub",
    "throttled_seq" / Int32ul * "number of the last report",
    "unreported" / Int32ul * "suppressed since the last report",
    "total_suppressed" / Int32ul * "suppressed since the overload began",
    "suppressed_since_sample" / Int32ul * "suppressed since the last forwarded copy",
    "since_sample_ms" / Int32ul * "since the last forwarded copy, ms; at most 7 days",
    "flush_left_ms" / Int32ul * "until the unreported are told, ms; 0 where there are none",
)

DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "HelloRequest",
        0x20,
        HOST,
        Struct(
            "nonce" / Int32ul * "comes back in the Hello that answers",
            "session" / Int32ul * "of the host's client; another one starts the numbers anew",
            "greeting" / Bytes(16) * "`stormbench hello`",
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
            _NORTH_NEXT,
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
        Struct(*_POLICY_FIELDS),
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
        Struct(*_KEY),
        "Asks what the throttle knows of a key, and of its device.",
    ),
    Definition(
        "NorthAck",
        0x0A,
        HOST,
        Struct(
            _NORTH_NEXT,
            "alert_first" / Int16ul * "number of the oldest HanAlert not acknowledged to the host",
        ),
        "Acknowledges what went north; the hub goes on there. No older HanAlert comes again.",
    ),
    Definition(
        "Hello",
        0x81,
        HUB,
        Struct(
            "nonce" / Int32ul * "of the request; 0 after boot",
            "boot_id" / Int32ul * "another one after each boot",
            "reset_cause" / Int8ul * "as the board's MicroPython numbers it; 0 unknown",
            "firmware_version" / Bytes(3) * "major, minor, patch",
            "micropython_version" / Bytes(3) * "major, minor, patch; zeros on CPython",
            "definition_hash" / Bytes(4) * "of the frame definitions",
            "source_sha256" / Bytes(32) * "of the firmware sources that run",
            "unique_id" / Bytes(8) * "of the board",
            "device_capacity" / Int16ul * "entries",
            "key_capacity" / Int16ul * "entries",
            "held_messages" / Int8ul * "suppressed messages kept, one a key",
            "max_message_bytes" / Int16ul * "longest message taken",
            "keyed" / Int8ul * "1: a key is set, and commands need it",
            "clock" / Int8ul * "0 the hub's own, 1 the host's",
            "transport" / Int8ul * "0 in process, 1 stdio, 2 USB REPL, 3 USB endpoint, 4 UART",
            "start" / Int8ul * "0 new, 1 resumed from a save, 2 new: the save was damaged",
            "north_next" / Int16ul * "number of the oldest WanAlert or Notice not acknowledged",
            "queued" / Int16ul * "how many WanAlerts and Notices wait, that one included",
            "gave_way" / Int32ul * "messages that gave way in the queue since the boot",
        ),
        "Who is there: at boot, and on request.",
    ),
    Definition(
        "HanAck",
        0x82,
        HUB,
        Struct(
            "alert_seq" / Int16ul * "number of the last HanAlert judged",
            _NORTH_MADE,
            "entries" / GreedyRange(_VERDICT_ENTRY) * "of that one and those before, oldest first",
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
            *_REPORT_NUMBERS,
            _TAKEN,
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
            *_REPORT_NUMBERS,
            _TAKEN,
        ),
        "An event of the throttle that is not carried by a WanAlert.",
    ),
    Definition(
        "Counters",
        0x85,
        HUB,
        Struct(_ANSWERED, *_COUNTERS),
        "Cumulative: alerts and messages over the hub's life, as far as it was saved; frames and "
        "saves since the boot.",
    ),
    Definition("Policy", 0x86, HUB, Struct(_ANSWERED, *_POLICY_FIELDS), "The policy in force."),
    Definition(
        "Result",
        0x87,
        HUB,
        Struct(
            "command" / Int8ul * "kind of the frame that it answers",
            _ANSWERED,
            "status" / Int8ul * "0 done, 1 refused",
            _NORTH_MADE,
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
        Struct(_ANSWERED, *_KEY_STATE),
        "What the throttle knows of a key, as of its latest time.",
    ),
)

BY_KIND = {definition.kind: definition for definition in DEFINITIONS}
BY_NAME = {definition.name: definition for definition in DEFINITIONS}

TABLES: dict[tuple[str, str], dict[int, str]] = {
    ("Hello", "clock"): CLOCKS,
    ("Hello", "transport"): TRANSPORTS,
    ("Hello", "start"): STARTS,
    ("HanAck.entries", "verdict"): VERDICTS,
    ("WanAlert", "carries"): CARRIES,
    ("Notice", "event"): EVENTS,
    ("Notice", "level"): LEVELS,
    ("Result", "status"): STATUSES,
    ("KeyState", "device_level"): LEVELS,
}
"""Of what a hub says: the fields whose numbers stand for something. A frame with another number
in one of them is not taken. What the host says is for the hub to check, and to refuse by name."""
