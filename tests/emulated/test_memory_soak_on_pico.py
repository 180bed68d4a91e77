"""The heap of the real image on an emulated Pico stays flat, however many alerts it has served."""

import pytest

from memory_soak import expect_flat, heap_of_soak
from stormbench.hub.open import opened_hub

ALERTS = 20_000
LOOKS = 20


@pytest.mark.soak
def test_heap_of_a_pico_stays_flat_under_alerts_of_changing_keys() -> None:
    with opened_hub("emulated") as client:
        used = heap_of_soak(client, ALERTS, LOOKS)
        counters = client.counters()
    assert counters["received"] == ALERTS + 1 and counters["suppressed"] > ALERTS // 4
    expect_flat(used)
