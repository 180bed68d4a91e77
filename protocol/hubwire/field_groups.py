"""Fields that go together, or into several frames, each with its meaning and unit."""

from construct import Bytes, BytesInteger, GreedyRange, Int8ul, Int16ul, Int32ul, Struct

U48 = BytesInteger(6, swapped=True)
"""Time in ms; 2**47 ms is 4,459 years."""

VERDICT_ENTRY = Struct(
    "verdict" / Int8ul * "0 PASS, 1 SAMPLE, 2 SUPPRESS",
    "at_ms" / U48 * "the arrival that the hub counted with, ms",
)

TAKEN = (
    "taken" / Int16ul * "number of the next HanAlert that the hub expected when this came about"
)

NORTH_MADE = (
    "north_made" / Int16ul * "number that the next WanAlert or Notice will have, if none gives way"
)

NORTH_NEXT = (
    "north_next" / Int16ul * "number of the next WanAlert or Notice expected: those before came"
)

REPORT_NUMBERS = (
    "overload_id" / Int32ul * "never used twice by a hub",
    "throttled_seq" / Int32ul * "number of the report within its overload",
    "throttled_count" / Int32ul * "suppressed since the report before",
    "total_suppressed" / Int32ul * "suppressed since the overload began",
)

ANSWERED = "command_seq" / Int16ul * "sequence number of the frame that it answers"

POLICY_FIELDS = (
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

COUNTERS = (
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
    "refused_authority" / Int32ul * "frames refused for want of authority",
)

KEY = (
    "originator" / Bytes(8) * "EUI-64",
    "target" / Bytes(8) * "EUI-64",
    "code" / Int16ul * "alert code",
)

KEY_STATE = (
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
