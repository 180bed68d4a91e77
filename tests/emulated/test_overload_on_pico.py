"""A hub that is offered three times what it carries: nothing is lost, and nothing collapses."""

from stormbench.bench.overload import law_broken, measure_overload
from stormbench.hub.open import opened_hub

ALERTS = 150


def test_overloaded_hub_loses_nothing_and_carries_on() -> None:
    with opened_hub("emulated") as client:
        found = measure_overload(client, ALERTS, lambda: None, [100, 300])
    assert law_broken(found) == []
    assert [sum(load["verdicts"].values()) for load in found["loads"]] == [ALERTS, ALERTS]
