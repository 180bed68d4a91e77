"""Of what concerns two parties, whether both were told, or one alone."""

from dataclasses import replace

import pytest

from arm_runs import runs_of
from hubwire import gbcs
from stormbench.compare.figures import ArmFigures
from stormbench.compare.one_arm import ArmRun
from stormbench.dsp import duis
from stormbench.dsp.users import Recipients
from stormbench.scenario.model import Scenario
from stormbench.scenario.trace import trace_of

ARMS = ["none", "mask", "device", "hub", "dsp", "layered"]
SUPPLIER, OPERATOR = "90B3D51F30010000", "90B3D51F30020000"
STORM = {
    "name": "magnet",
    "device": "meter",
    "code": "8F75",
    "target": SUPPLIER,
    "also_to": OPERATOR,
    "duration_ms": 1_200_000,
    "shape": "periodic",
    "per_hour": 300,
    "storm": True,
}


def runs(duration_ms=7_200_000, wan=None, **phase) -> dict[str, ArmRun]:
    recipe = Scenario.model_validate(
        {
            "name": "test",
            "duration_ms": duration_ms,
            "devices": ({"name": "meter", "kind": "ESME", "originator": "00DB1234567890A0"},),
            "phases": ({**STORM, **phase},),
            "wan": {"bytes_per_s": 1000, **(wan or {})},
        }
    )
    return runs_of(recipe, trace_of(recipe))


def told(run: ArmRun) -> tuple[int, int]:
    found = ArmFigures(run).as_report()["two_parties"]
    return found["happenings"], found["told_to_one"]


def without(run: ArmRun, is_lost) -> ArmRun:
    """The run as if some deliveries had not come."""
    recipients = Recipients()
    recipients.take(each for each in run.deliveries if not is_lost(each))
    return replace(run, recipients=recipients)


@pytest.mark.parametrize("arm", ARMS)
def test_both_parties_are_told_of_all_by_alerts_or_counts(arm):
    assert told(runs()[arm]) == (100, 0)


@pytest.mark.parametrize("arm", ARMS)
def test_what_concerns_one_party_is_none_of_these(arm):
    assert told(runs(also_to=None)[arm]) == (0, 0)


def test_queue_that_drops_every_other_alert_leaves_one_party_untold():
    # Room for one of the two at a time.
    assert told(runs(wan={"bytes_per_s": 30, "queue_bytes": 150})["none"]) == (100, 100)


def test_happening_of_which_nobody_is_told_is_not_told_to_one():
    assert told(runs(wan={"queue_bytes": 0})["none"]) == (100, 0)


def test_alert_that_does_not_come_to_one_party_is_found():
    run = runs()["none"]
    lost = run.deliveries[-1]
    assert told(without(run, lambda each: each is lost)) == (100, 1)


@pytest.mark.parametrize("arm", ["device", "hub", "dsp", "layered"])
def test_counts_that_do_not_come_to_one_party_are_found(arm):
    run = runs()[arm]

    def counts_for_the_operator(each):
        about = duis.read(each.body)
        return bool(about.count) and gbcs.decode(about.message).target.hex().upper() == OPERATOR

    of_two, to_one = told(without(run, counts_for_the_operator))
    assert of_two == 100 and to_one > 50


def test_run_that_ends_with_counts_waiting_leaves_the_parties_one_happening_apart():
    # The 21st alert made the meter red, the first of its happening: from the second on keys are
    # counted, so the network operator's is over its limit one happening before the supplier's.
    assert told(runs(duration_ms=1_200_000)["hub"]) == (100, 1)
