"""The whole report of a study, as report.json has it: figures, then what they come to in words."""

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from commshub.policy import Policy
from hubwire.codes import alert_name
from stormbench.policy_file import plain_policy
from stormbench.report.key_numbers import headline_arm
from stormbench.study.answers import answers
from stormbench.study.assumptions import assumptions
from stormbench.study.claims import claims
from stormbench.study.close_up import heat
from stormbench.study.drawbacks import drawbacks
from stormbench.study.firmware_cost import firmware_cost
from stormbench.study.job import HUB, SCENARIOS
from stormbench.study.key_figures import because, key_figures
from stormbench.study.overall import overall
from stormbench.study.signatures_spared import signatures_spared
from stormbench.study.summary import Run, summary
from stormbench.study.verdict import storms_of, verdict

_LIMITS = (
    "A Pico is not a Communications Hub: what firmware costs is the order of magnitude of a small "
    "microcontroller under MicroPython, and no forecast for a product.",
    "The DSP's own parameters, the WAN's rates and the number and rate of real storms are not "
    "public; every default is assumed and is a parameter.",
    "Runs are of the firmware's own modules under CPython, on the host's clock; that the real "
    "image on an emulated RP2040 gives the same alerts the same verdicts is a test of the tree.",
    "Nothing here has run on hardware.",
    "Storms are of hours and cells of a few homes: a national total is not extrapolated.",
    "Users take no time of their own; what they do with an alert is not modelled.",
)


def study_report(
    runs: Sequence[Run], identity: Mapping[str, Any], command_line: str
) -> dict[str, Any]:
    """Of these runs; parts that need runs which are not there are None or empty.

    Args:
        identity: as `study.identity` has it.
        command_line: what a reader types to get the same report.
    """
    of_scenarios = [run for run in runs if run["group"] == SCENARIOS]
    report: dict[str, Any] = {
        **summary(runs),
        "overall": None,
        "firmware_cost": firmware_cost(),
        "drawbacks": [each.model_dump() for each in drawbacks()],
        "limits": list(_LIMITS),
        "provenance": _provenance(runs, identity, command_line),
    }
    for run in of_scenarios:
        if "close_up" in run:
            report["scenarios"][run["scenario"]] |= _seen_closely(run["close_up"])
    storms = storms_of(report["scenarios"])
    report["overall"] = overall([run for run in of_scenarios if run["scenario"] in storms])
    if report["overall"]:
        report["firmware_cost"] += signatures_spared(report["overall"])
    report |= _in_words(report)
    report["claims"] = claims(report, runs)
    return report


def _in_words(report: Mapping[str, Any]) -> dict[str, Any]:
    whole, scenarios = report["overall"], report["scenarios"]
    if whole is None:
        return {
            "verdict": None,
            "key_figures": [],
            "answers": [],
            "assumptions": assumptions(report["sweeps"], "hub"),
        }
    found = {**verdict(scenarios, whole, report["sweeps"]), "because": because(whole)}
    headline = headline_arm(found["place"], list(whole["arms"]))
    return {
        "verdict": found,
        "key_figures": key_figures(whole, headline),
        "answers": answers({**report, "verdict": found}),
        "assumptions": assumptions(report["sweeps"], found["place"]),
    }


def _seen_closely(close: Mapping[str, Any]) -> dict[str, Any]:
    rows = [
        {**row, "code_name": alert_name(int(row["code"], 16)) or "not in the table of codes"}
        for row in heat(dict(close))
    ]
    return {"timeline": close["timeline"], "heat": {"rows": rows}}


def _provenance(
    runs: Sequence[Run], identity: Mapping[str, Any], command_line: str
) -> dict[str, Any]:
    seeds = [run["seed"] for run in runs]
    return {
        "command": command_line,
        "runs": len(runs),
        "replications": 1 + max(run["replication"] for run in runs),
        "seeds": [min(seeds), max(seeds)],
        "policy": identity["policy"] or plain_policy(Policy()),
        "policy_is_each_scenarios": identity["policy"] is None,
        "firmware_sha256": identity["firmware"],
        "host_sha256": identity["host tools"],
        "stormbench_version": version("stormbench"),
        "python": platform.python_version(),
        "hub": HUB,
    }
