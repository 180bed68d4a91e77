"""The device's reader of GBCS, over golden messages, on CPython and MicroPython's Unix port."""

import json
from typing import Any

from both_runtimes import VECTORS, under_both
from commshub.gbcs import ALERT, NOT_AN_ALERT

GBCS = VECTORS / "gbcs.jsonl"
NAMED = ("originator", "target", "code", "form")


def golden() -> list[dict[str, Any]]:
    return [json.loads(line) for line in GBCS.read_text("utf-8").splitlines()]


def test_key_of_each_golden_alert_is_found() -> None:
    printed = under_both("gbcs.py", GBCS)
    for vector, line in zip(golden(), printed, strict=True):
        if "error" not in vector:
            assert line == " ".join([str(ALERT), *(vector[name] for name in NAMED)])


def test_what_is_no_alert_is_told_as_such() -> None:
    printed = under_both("gbcs.py", GBCS)
    for vector, line in zip(golden(), printed, strict=True):
        assert (line == str(NOT_AN_ALERT)) == (vector.get("error") == "NotAnAlert"), vector
