"""Replays in a test: a small policy, a storm under it, and the files that come of it."""

import csv
import io

from command_line import stormbench

METER, OTHER = "00DB1234567890A0", "00DB1234567890B0"
SUPPLIER, OPERATOR = "90B3D51F30010000", "90B3D51F30020000"
NUMBERS = "overload_id,throttled_seq,throttled_count,total_suppressed"
V_HEADER = f"t_ms,originator,target,code,verdict,{NUMBERS}"
E_HEADER = f"t_ms,event,originator,target,code,level,{NUMBERS},shadow"

# Red with the 3rd alert, sampled from the 5th on, a copy each second.
POLICY = """
device_window_ms = 10_000
amber_threshold = 1
red_threshold = 2
red_clear_threshold = 0
code_window_ms = 10_000
code_limit = 1
code_clear_limit = 0
sample_period_ms = 1000
flush_ms = 4_000
"""


def rows_of(*keys, times):
    """Trace rows: each key at each of the times."""
    return [(t_ms, *key) for t_ms in times for key in keys]


STORM = rows_of((METER, SUPPLIER, "8F3E"), times=range(0, 2000, 100))


def replayed(folder, rows, *options, policy=POLICY):
    """The rows of V.csv and of E.csv, as dicts, of a replay on hub `sim`."""
    trace, policy_file = folder / "trace.csv", folder / "p.toml"
    lines = ["t_ms,originator,target,code", *(",".join(map(str, row)) for row in rows)]
    trace.write_text("\n".join(lines) + "\n")
    policy_file.write_text(policy)
    out, events = folder / "v.csv", folder / "e.csv"
    files = ("--policy", policy_file, "--out", out, "--events", events)
    ran = stormbench("replay", trace, "--hub", "sim", *files, *options)
    assert (ran.exit_code, ran.out) == (0, ""), ran.err
    return [_read(path, header) for path, header in ((out, V_HEADER), (events, E_HEADER))]


def _read(path, header):
    text = path.read_bytes().decode("ascii")
    assert text.partition("\n")[0] == header
    assert "\r" not in text
    return list(csv.DictReader(io.StringIO(text)))


def told(events):
    return [(int(event["t_ms"]), event["event"]) for event in events]
