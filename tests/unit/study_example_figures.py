"""The made-up figures of arms, over scenarios and sweeps, behind `study_example`."""

from itertools import product

from stormbench.study.metrics import METRICS

REPLICATIONS = 30
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


def interval(mean, half=0.0, **more):
    """As `study.statistics.in_json` writes one."""
    found = {"mean": mean, "low": mean - half, "high": mean + half, "replications": REPLICATIONS}
    return found | more | {"spans_zero": found["low"] <= 0 <= found["high"]}


def difference(mean, half=0.0):
    """As `study.statistics.in_json` writes one."""
    less = REPLICATIONS if mean < 0 else 0
    tally = {"lower": less, "equal": 0, "higher": REPLICATIONS - less}
    return interval(mean, half, bootstrap_low=mean - half, bootstrap_high=mean + half, **tally)


def figures(arm, raised, copies, wan_bytes_per_s=20.0):
    """The figures of an arm, by metric path: a storm of 50 minutes is throttled to a tenth."""
    passed = raised - round(0.9 * copies)
    masked = round(0.4 * copies) if arm == "mask" else 0
    han = passed if arm == "device" else raised - masked
    wan = passed if arm in ("device", "hub", "layered") else han
    user = min(wan, passed) if arm in ("device", "hub", "dsp", "layered") else wan
    late_ms = max(0.0, 1000 * 85 * wan / wan_bytes_per_s - 40 * MINUTE_MS)
    throttles = arm not in ("none", "mask")
    given = {
        "hops.han.alerts": han,
        "hops.han.bytes": 85 * han,
        "hops.wan.alerts": wan,
        "hops.wan.bytes": 85 * wan,
        "hops.dsp.alerts": wan,
        "hops.dsp.bytes": 85 * wan,
        "hops.user.alerts": user,
        "hops.user.bytes": 640 * user,
        "wan_busy_share": min(1.0, 85 * wan / wan_bytes_per_s / 7200),
        "dsp_peak.window": wan / 5,
        "other_alert_delay_ms.p99": 5000 + late_ms,
        "count_age_ms.max": 10 * MINUTE_MS if throttles else None,
        "silent": masked,
        "suppressed": raised - passed if throttles else 0,
    }
    found = {metric.path: given.get(metric.path, 0) for metric in METRICS}
    return {path: float(value) for path, value in found.items() if value is not None}


def _sweep(question, axes, arms, point_of):
    keys = ("name", "title", "unit", "values")
    names = [axis[0] for axis in axes]
    points = [
        dict(zip(names, values, strict=True)) for values in product(*(axis[3] for axis in axes))
    ]
    return {
        "question": question,
        "axes": [dict(zip(keys, axis, strict=True)) for axis in axes],
        "arms": list(arms),
        "points": [
            {"at": at, "replications": 3}
            | dict(zip(("places", "arms"), point_of(at, arms), strict=True))
            for at in points
        ],
    }


def _at_break_even(at, arms):
    raised = 60 + round(at["storm_per_hour"] * 5 / 6)
    found = {arm: figures(arm, raised, raised - 60, at["bytes_per_s"]) for arm in arms}
    late = [found[arm]["other_alert_delay_ms.p99"] for arm in ("hub", "dsp")]
    if at["storm_per_hour"] < 100:
        return {"none": 3}, found
    return ({"no difference": 3} if late[0] == late[1] else {"hub": 2, "layered": 1}), found


def _at_wider_wan(at, arms):
    return _at_break_even({"storm_per_hour": 720, "bytes_per_s": at["bytes_per_s"]}, arms)


def _at_policy(at, arms):
    found = {arm: figures(arm, 435, 380) for arm in arms}
    for arm in ("hub", "dsp"):
        found[arm]["count_age_ms.max"] = at["sample_period_ms"] * 1.1
        found[arm]["hops.user.alerts"] = (
            at["red_threshold"] + at["code_limit"] + 50 * MINUTE_MS / at["sample_period_ms"]
        )
    return {"hub": 3}, found


def _at_roll_out(at, arms):
    found = {arm: figures(arm, 1530, 1300, 160.0) for arm in arms}
    for arm in ("device", "hub", "layered"):
        for path in ("hops.wan.bytes", "hops.user.alerts"):
            if (arm, path) != ("layered", "hops.user.alerts"):
                whole, without = found[arm][path], found["none"][path]
                found[arm][path] = without + at["updated_share"] * (whole - without)
    return {"dsp": 3} if at["updated_share"] < 0.5 else {"layered": 3}, found


def _at_cell(at, arms):
    copies = 300 * at["storming"]
    return {"hub": 3}, {arm: figures(arm, 100 + copies, copies, 40.0) for arm in arms}


def _at_mask_delay(at, arms):
    found = {arm: figures(arm, 25_000, 24_800, 160.0) for arm in arms}
    hidden = 24_800 * (1 - at["mask_delay_ms"] / (200 * HOUR_MS))
    found["mask"] |= {"silent": hidden, "hops.wan.alerts": 25_000 - hidden}
    return {"hub": 1}, found


def sweeps():
    """report.json's `sweeps`."""
    wan = ("bytes_per_s", "rate of the WAN", "bytes/s", (5, 20, 80, 640))
    named = ("scenario", "storm", "", ("stuck_tamper_sensor", "voltage_flapping", "boot_loop"))
    wider = ("bytes_per_s", "rate of the WAN", "bytes/s", (20, 40, 80, 160, 640))
    storm = ("storm_per_hour", "rate of the storm", "alerts/h", (30, 120, 720))
    share = ("updated_share", "hubs with the new firmware", "share", (0, 0.25, 0.5, 0.75, 1))
    storming = ("storming", "hubs in a storm, of eight", "hubs", (0, 1, 2, 4, 8))
    until = tuple(hours * HOUR_MS for hours in (1, 6, 24, 72, 168))
    delay = ("mask_delay_ms", "from the beginning of the storm to the mask", "ms", until)
    period = tuple(minutes * MINUTE_MS for minutes in (2, 10, 60))
    settings = (
        ("red_threshold", "red threshold of a device", "alerts", (10, 20)),
        ("code_limit", "limit of a code", "alerts", (2, 5)),
        ("code_window_ms", "window", "ms", (10 * MINUTE_MS,)),
        ("sample_period_ms", "N, between forwarded copies", "ms", period),
    )
    three, five = ("none", "hub", "dsp"), ("none", "device", "hub", "dsp", "layered")
    masked = ("none", "mask", "hub")
    return {
        "break_even": _sweep(
            "From which rate on is it the same?", (wan, storm), three, _at_break_even
        ),
        "wan": _sweep("Where does the place matter?", (named, wider), three, _at_wider_wan),
        "policy": _sweep("What do the settings trade?", settings, three, _at_policy),
        "roll_out": _sweep("What does firmware do that few have?", (share,), five, _at_roll_out),
        "cell": _sweep("How many storms can a cell have?", (storming,), three, _at_cell),
        "mask_delay": _sweep(
            "What does SR 6.22 save, and hide?", (delay,), masked, _at_mask_delay
        ),
    }
