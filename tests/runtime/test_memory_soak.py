"""The heap of a hub under the Unix port stays flat, however many alerts it has served."""

import os

import pytest

from memory_soak import SETTLED_ALERTS, expect_flat, heap_of_soak
from stormbench.hub.open import opened_hub

ALERTS = 20_000
SOAKED_ALERTS = int(os.environ.get("STORMBENCH_SOAK_ALERTS", "1000000"))
LOOKS = 20


@pytest.mark.parametrize("alerts", [ALERTS, pytest.param(SOAKED_ALERTS, marks=pytest.mark.soak)])
def test_heap_stays_flat_under_alerts_of_changing_keys(alerts: int) -> None:
    with opened_hub("unix") as client:
        used = heap_of_soak(client, alerts, LOOKS)
        counters = client.counters()
    assert counters["received"] == alerts + 1 and counters["suppressed"] > alerts // 4
    expect_flat(used)
    print(f"heap used after {SETTLED_ALERTS} to {alerts} alerts: {used}")
