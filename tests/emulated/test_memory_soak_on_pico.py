"""The heap of the real image on an emulated Pico stays flat, however many alerts it has served."""

import pytest

from memory_soak import expect_flat, heap_of_soak
from stormbench.hub.open import opened_hub

ALERTS, SOAKED_ALERTS = 2_000, 20_000
LOOKS = 10


@pytest.mark.parametrize("alerts", [ALERTS, pytest.param(SOAKED_ALERTS, marks=pytest.mark.soak)])
def test_heap_of_a_pico_stays_flat_under_alerts_of_changing_keys(alerts: int) -> None:
    with opened_hub("emulated") as client:
        used = heap_of_soak(client, alerts, LOOKS)
        counters = client.counters()
    assert counters["received"] == alerts + 1 and counters["suppressed"] > alerts // 4
    expect_flat(used)
