"""A whole selftest under MicroPython's Unix port: the same probes, as processes."""

import pytest

from stormbench.hub.open import opened_hub
from stormbench.selftest import PROBES
from stormbench.selftest.process_session import ProbeFailed, in_a_process
from stormbench.selftest.run import STEPS, selftest


def test_selftest_of_the_unix_hub_is_all_ok() -> None:
    steps: list[int] = []
    with opened_hub("unix") as client:
        made = selftest(client, "unix", on_step=lambda: steps.append(1))
        assert client.counters()["received"] == 0
    assert not made.has_failed, [each for each in made.checks if each.status.value == "fail"]
    assert {"frames", "verdicts", "HMAC-SHA-256", "hub came back"} <= {
        each.name for each in made.checks
    }
    assert len(steps) == STEPS


def test_probe_that_fails_is_told_with_its_traceback() -> None:
    with in_a_process(PROBES) as session, pytest.raises(ProbeFailed, match="TypeError"):
        session.call("ticks", "no number")
