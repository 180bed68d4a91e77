"""The link frames between host and hub: the one place where a frame is defined.

Each frame is a construct Struct whose fields carry their meaning and unit. `generate.py` walks
these definitions and writes the device's tables and FORMAT.md, so no name or width is written
twice. A frame has fixed fields and, at most, one variable part at its end; what the walk cannot
express does not go into a frame.

    frame on the wire = COBS(version u8 | kind u8 | seq u16 | payload | CRC-32 of all before) 00 00
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

PROTOCOL_VERSION = 1
MAX_MESSAGE_BYTES = 1024
"""Longest GBCS message that the link carries; alerts are 582 bytes at the most."""

CELL_BYTES = 16
"""The host pads each of its frames with delimiters to a multiple of this (see FORMAT.md)."""

U48 = BytesInteger(6, swapped=True)
"""Time in ms; 2**47 ms is 4,459 years."""

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
KEYS = {0: "none", 1: "set", 2: "damaged"}
TRANSPORTS = {0: "in_process", 1: "stdio", 2: "usb_repl", 3: "usb_endpoint", 4: "uart"}

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


_VERDICT_ENTRY = Struct(
    "verdict" / Int8ul * "0 PASS, 1 SAMPLE, 2 SUPPRESS",
    "at_ms" / U48 * "the arrival that the hub counted with, ms",
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
    "duplicates" / Int32ul * "alerts that came again and were acknowledged again, not counted",
    "saves" / Int32ul * "saves made",
    "saves_failed" / Int32ul * "saves that could not be made",
    "refused_authority" / Int32ul * "frames refused for want of authority",
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
        0x01,
        HOST,
        Struct("nonce" / Int32ul * "comes back in the Hello that answers"),
        "Asks who is there. The only frame that may be sent before a Hello has come.",
    ),
    Definition(
        "HanAlert",
        0x02,
        HOST,
        Struct(
            "at_ms" / U48 * "arrival in scenario time, ms; counts only on the host's clock",
            "message" / GreedyBytes * "a whole GBCS message, at most 1,024 bytes",
        ),
        "A message from a device of the home area network.",
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
            "keyed" / Int8ul * "0 no key, 1 a key is set, 2 what is kept as key is damaged",
            "counter"
            / Int32ul
            * "highest that an Authorised frame may have borne; take a higher one",
            "clock" / Int8ul * "0 the hub's own, 1 the host's",
            "transport" / Int8ul * "0 in process, 1 stdio, 2 USB REPL, 3 USB endpoint, 4 UART",
            "start" / Int8ul * "0 new, 1 resumed from a save, 2 new: the save was damaged",
        ),
        "Who is there: at boot, and on request.",
    ),
    Definition(
        "HanAck",
        0x82,
        HUB,
        Struct(
            "alert_seq" / Int16ul * "sequence number of the last HanAlert covered",
            "entries" / GreedyRange(_VERDICT_ENTRY) * "a verdict for each alert, oldest first",
        ),
        "Acknowledges alerts, after their verdicts; cumulative.",
    ),
    Definition(
        "WanAlert",
        0x83,
        HUB,
        Struct(
            "at_ms" / U48 * "when it left, ms",
            "carries" / Int8ul * "0 nothing, 1 a sample's numbers, 2 a summary's, 3 an end's",
            *_REPORT_NUMBERS,
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
