"""A study's report.json that the tests of its page render: made up, in the shape of a real one.

The figures come from a few sums, so that arms and hops agree with each other.
"""

from stormbench.study.evidence import MEASURED
from study_example_figures import (
    HOUR_MS,
    MINUTE_MS,
    REPLICATIONS,
    difference,
    figures,
    interval,
    sweeps,
)

COMMAND_LINE = "stormbench study --replications 30 --out study"
ARMS = ("none", "mask", "device", "hub", "dsp", "layered")
SHA256 = "5f0c2f1be7d94c1a" * 4
SIMULATED = "simulated"

# title, alerts raised, of them copies in a storm, evidence
SCENARIOS = {
    "stuck_tamper_sensor": ("stuck tamper sensor", 435, 380, "evidenced"),
    "voltage_flapping": ("voltage flapping", 398, 320, "assumed"),
    "boot_loop": ("boot loop", 313, 140, "assumed"),
    "regional_power_cut": ("regional power cut", 60, 0, "evidenced"),
}
PAIRS = ("device-none", "hub-none", "dsp-none", "hub-dsp", "device-hub", "layered-hub")


def make_study(**replaced):
    """report.json; `replaced` takes the place of whole top-level keys, None takes one away."""
    report = {
        "verdict": _verdict(),
        "key_figures": _key_figures(),
        "answers": _answers(),
        "assumptions": _assumptions(),
        "scenarios": {name: _scenario(*fields) for name, fields in SCENARIOS.items()},
        "overall": _overall(),
        "sweeps": sweeps(),
        "firmware_cost": _firmware_cost(),
        "drawbacks": _drawbacks(),
        "claims": _claims(),
        "provenance": _provenance(),
        "limits": [
            "No figure is from a board or from the real network.",
            "The rates of the WAN and of storms are assumed: nobody publishes them.",
        ],
    }
    replaced = report | replaced
    return {key: part for key, part in replaced.items() if part is not None}


def _verdict():
    because = {
        "title": "bytes onto the WAN",
        "of": "hub",
        "less": "dsp",
        "mean": -32_361.0,
        "low": -33_900.0,
        "high": -30_800.0,
        "unit": "bytes",
        "spans_zero": False,
    }
    late = because | {
        "title": "delay of other alerts, p99",
        "mean": -486_800.0,
        "low": -501_000.0,
        "high": -472_000.0,
        "unit": "ms",
    }
    users = because | {
        "title": "alerts at Users",
        "mean": 1.5,
        "low": -2.0,
        "high": 5.0,
        "unit": "alerts",
        "spans_zero": True,
    }
    return {
        "sentence": "The throttle is better placed in the hub's firmware than at the DSP, in 2 of"
        " 4 scenarios: the WAN carries a fifth of the bytes, and alerts of no storm wait 8 minutes"
        " less at the 99th percentile. Where the WAN is wide enough it makes no difference.",
        "conditions": ["On a WAN of 80 bytes a second a place before it is best in no storm."],
        "place": "hub",
        "places": {"hub": 2, "no difference": 1, "none": 1},
        "because": [
            {**because, "scenario": "all"},
            {**late, "scenario": "stuck tamper sensor"},
            {**users, "scenario": "all"},
        ],
    }


def _key_figures():
    def figure(title, meaning, texts, interval):
        return {
            "title": title,
            "meaning": meaning,
            "value": texts[3],
            "arms": dict(zip(ARMS, texts, strict=True)),
            "evidence": SIMULATED,
            "interval": interval,
        }

    return [
        figure(
            "Bytes on the WAN",
            "What left the hubs, mean of the storm scenarios.",
            ["43.1 kB", "43.1 kB", "8.9 kB", "8.9 kB", "43.1 kB", "8.9 kB"],
            "95 %: 8.6 to 9.2 kB",
        ),
        figure(
            "Delay of other alerts",
            "p99: of 100 alerts of no storm, 99 took this long or less.",
            ["8 min 33 s", "8 min 33 s", "1 min 4 s", "1 min 4 s", "8 min 33 s", "1 min 4 s"],
            "95 %: 58 s to 1 min 10 s",
        ),
        figure(
            "Until Users know it ended",
            "From the last copy of a storm to the last count of it.",
            ["–", "–", "26 min 35 s", "26 min 35 s", "34 min 2 s", "26 min 35 s"],
            "95 %: 25 to 28 min",
        ),
        figure(
            "Falsely suppressed",
            "Alerts of no storm that a throttle held back.",
            ["0", "0", "0.4", "0.4", "0.4", "0.4"],
            "95 %: 0.1 to 0.7",
        ),
        figure(
            "Told to nobody",
            "Alerts hidden, of which no User hears even the number.",
            ["0", "112", "0", "0", "0", "0"],
            "no replication has one",
        ),
    ]


def _answers():
    questions = {
        "q1": "Are there unintended consequences of throttling?",
        "q2": "Would the throttle be better placed as firmware, and with what drawbacks?",
        "q3": "Who tunes it, and how?",
    }
    sentences = [
        {
            "text": "Yes, where the WAN is narrow: the copies that the DSP discards have already "
            "crossed it, and other alerts waited behind them. A throttle in the hub spares it.",
            "evidence": SIMULATED,
        },
        {
            "text": "It reaches only hubs that have the firmware, and that takes years.",
            "evidence": "evidenced",
        },
    ]
    return [
        {"id": name, "question": question, "sentences": sentences}
        for name, question in questions.items()
    ]


def _assumptions():
    rows = (
        (
            "Rate of the WAN",
            "20 bytes a second for each hub; the real figure is not public.",
            "break_even",
            "changes",
            "From 80 bytes/s on, hub and DSP do as well for storms of up to 720 alerts an hour.",
        ),
        (
            "Rate of a storm",
            "240 alerts an hour, as a sensor that is asked every 15 s.",
            "break_even",
            "changes",
            "Below 120 alerts an hour.",
        ),
        (
            "Threshold, window and N",
            "20 alerts in 10 minutes, then one copy in 10 minutes.",
            "policy",
            "stays",
            "Hub is the answer under 54 of 54 policies.",
        ),
        (
            "How fast firmware is rolled out",
            "All hubs have it at once.",
            "roll_out",
            "changes",
            "Below 25 % of hubs the DSP does better.",
        ),
        (
            "Meters honour their own limiter",
            "A meter whose firmware is at fault is trusted to police itself.",
            None,
            None,
            None,
        ),
    )
    keys = ("title", "sentence", "sweep", "answer", "tried")
    return [dict(zip(keys, row, strict=True)) for row in rows]


def _scenario(title, raised, copies, evidence):
    arms = {arm: figures(arm, raised, copies) for arm in ARMS}
    differences = {}
    for pair in PAIRS:
        of, less = (arms[arm] for arm in pair.split("-"))
        differences[pair] = {
            path: difference(of[path] - less[path], 0.05 * abs(of[path] - less[path]))
            for path in of.keys() & less.keys()
        }
    return {
        "title": title,
        "what": f"What a {title} does to the network of one home.",
        "evidence": evidence,
        "source": "a source that says so",
        "has_storm": copies > 0,
        "role": "storm",
        "wan": {"bytes_per_s": 20.0, "delay_ms": 800, "queue_bytes": 6000, "loss": 0.0},
        "replications": REPLICATIONS,
        "seeds": list(range(REPLICATIONS)),
        "alerts": interval(float(raised), 0.02 * raised),
        "places": {"hub": 28, "no difference": 2} if copies > 200 else {"no difference": 30},
        "bounds": {"of": 6, "met": [6] * REPLICATIONS},
        "arms": {
            arm: {path: interval(value, 0.05 * value) for path, value in found.items()}
            for arm, found in arms.items()
        },
        "differences": differences,
        "timeline": _timeline(raised, copies),
        "heat": _heat(raised, copies),
    }


def _overall():
    """As if each scenario had been as one of 500 alerts, 400 of them copies."""
    one = _scenario("all", 500, 400, "assumed")
    return {
        "scenarios": len(SCENARIOS),
        "replications": REPLICATIONS,
        "arms": one["arms"],
        "differences": one["differences"],
    }


def _timeline(raised, copies):
    bins, storm = 60, range(5, 30)
    others = (raised - copies) / bins
    full = [others + (copies / len(storm) if number in storm else 0) for number in range(bins)]
    kept = [
        others + (copies / len(storm) / 10 if number in storm else 0) for number in range(bins)
    ]
    arms = {}
    for arm in ARMS:
        at_hub = kept if arm in ("device", "hub", "layered") else full
        at_user = kept if arm not in ("none", "mask") else full
        arms[arm] = {"raised": full, "hub_out": at_hub, "dsp_in": at_hub, "user": at_user}
    spans = [[10 * MINUTE_MS, 60 * MINUTE_MS]] if copies else []
    return {
        "bin_ms": 2 * MINUTE_MS,
        "end_ms": 2 * HOUR_MS - 1,
        "storm_spans_ms": spans,
        "arms": arms,
    }


def _heat(raised, copies):
    def row(device, kind, code, name, number, suppressed=0):
        return {
            "device": device,
            "kind": kind,
            "code": code,
            "code_name": name,
            "raised": number,
            "suppressed": {arm: suppressed for arm in ("device", "hub", "dsp", "layered")},
            "is_storm": suppressed > 0,
        }

    rows = [
        row("good meter", "ESME", "8003", "Average RMS voltage above its threshold", 20),
        row("gas meter", "GSME", "8F12", "Change of the device log", (raised - copies) - 20),
    ]
    if copies:
        storm = "Strong magnetic field"
        rows.insert(0, row("bad meter", "ESME", "8F75", storm, copies, round(0.9 * copies)))
    else:
        codes = [f"81{number:02X}" for number in range(0xA0, 0xAC)]
        rows += [row("meter of many codes", "ESME", code, f"Event {code}", 1) for code in codes]
    return {"rows": rows}


def _firmware_cost():
    rows = (
        ("Time for a decision", 412, "µs", MEASURED, "stormbench bench", "median, 64 keys"),
        ("RAM for a key", 38.5, "bytes", MEASURED, "stormbench bench", ""),
        ("Size of the image", 612, "kB", "computed", "stormbench firmware info", ""),
        ("Years until 90 % of hubs have it", 3, "years", "assumed", "MP007", "no public figure"),
    )
    keys = ("what", "value", "unit", "evidence", "source", "note")
    found = [dict(zip(keys, row, strict=True)) for row in rows]
    for row in found:
        if row["evidence"] == MEASURED:
            row["firmware_sha256"] = SHA256
    return found


def _drawbacks():
    rows = (
        ("dsp", "Every copy crosses the WAN before it is discarded.", SIMULATED, "this study"),
        ("hub", "It reaches only hubs that have the firmware.", "E", "MP119"),
        ("hub", "Another threshold needs a command to each hub.", "D", "SECMP0062"),
        ("device", "The firmware at fault is trusted to police itself.", "D", "this study"),
        ("mask", "Nobody hears of what it hides.", "M", "none found"),
        ("layered", "It takes what both take.", "D", "this study"),
        ("throttle", "Who causes a storm buys silence.", "D", "this study"),
    )
    keys = ("place", "drawback", "evidence", "source")
    delay = {"metric": "other_alert_delay_ms.p99", "arms": ["dsp", "hub"], "of": "all"}
    figures = {SIMULATED: [delay]}
    return [
        {**dict(zip(keys, row, strict=True)), "figures": figures.get(row[2], [])} for row in rows
    ]


def _claims():
    return [
        {
            "claim": "A throttle in the hub never delays an alert of no storm by more than one at"
            " the DSP.",
            "met": True,
            "found": "0 of 120 runs have one that is later.",
        },
        {
            "claim": "No alert of a quiet device is suppressed.",
            "met": False,
            "found": "2 of 120 runs have one, in the scenario boot loop.",
        },
    ]


def _provenance():
    return {
        "command": COMMAND_LINE,
        "seeds": "each scenario's own, and the 29 after it",
        "replications": REPLICATIONS,
        "policy": {
            "red_threshold": 20,
            "code_limit": 5,
            "code_window_ms": 10 * MINUTE_MS,
            "sample_period_ms": 10 * MINUTE_MS,
        },
        "wan": {"bytes_per_s": 20, "queue_bytes": 24_000},
        "firmware_sha256": SHA256,
        "firmware_version": "0.1.0",
        "host_sha256": SHA256[::-1],
        "stormbench_version": "0.1.0",
        "python": "3.11.7",
        "hub": "sim",
        "made_at": "2026-03-01T12:00:00Z",
    }
