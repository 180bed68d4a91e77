"""alerts.csv: every alert of the first replication of each scenario, and what became of it."""

import csv
from collections.abc import Iterable
from io import StringIO

from stormbench.compare.arms import ARMS
from stormbench.study.summary import Run

_OF_ALERT = ("t_ms", "device", "kind", "originator", "target", "code", "phase", "storm")


def alerts_csv(runs: Iterable[Run]) -> str:
    """The text of the file.

    A row for each alert: `scenario`, the alert, and for each arm `ARM`, its outcome (`delivered`,
    `suppressed`, `silent` or `dropped`), and `ARM_delay_ms`, empty where it did not arrive.
    """
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    arms = [arm.name for arm in ARMS]
    rows.writerow(
        ["scenario", *_OF_ALERT, *(name for arm in arms for name in (arm, f"{arm}_delay_ms"))]
    )
    for run in runs:
        close = run.get("close_up")
        if close is None:
            continue
        for number, (*alert, is_storm) in enumerate(close["alerts"]):
            outcomes = [close["outcomes"][arm][number] for arm in arms]
            flat = (each for outcome in outcomes for each in outcome)
            rows.writerow([run["scenario"], *alert, int(is_storm), *flat])
    return text.getvalue()
