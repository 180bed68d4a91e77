"""Where the time of an alert goes, held against what it takes in all: on both USB ports."""

import pytest

from stormbench.bench import PROBES
from stormbench.bench.outcomes import FORWARDED, SUPPRESSED
from stormbench.bench.rate import measure_rate
from stormbench.bench.stages import measure_stages, off_percent
from stormbench.hub.open import opened_hub
from stormbench.link.board_session import probed

MOST_OFF_PERCENT = 5.0
STAGED = 150


# So many that both ends of a run, some 3 ms together, are about a hundredth of it.
@pytest.mark.parametrize(("hub_name", "alerts"), [("emulated", 800), ("emulated:repl", 200)])
def test_stages_come_to_what_the_rate_says(hub_name: str, alerts: int) -> None:
    off = {}
    with opened_hub(hub_name) as client:
        outcomes = (SUPPRESSED, FORWARDED)
        rates = {each: measure_rate(client, each, 85, alerts).alerts_per_s for each in outcomes}
        with probed(client, PROBES) as session:
            for each in outcomes:
                found = measure_stages(session, client.port, each, 85, STAGED)
                off[each] = off_percent(found["sum_us"], rates[each])
    assert max(map(abs, off.values())) <= MOST_OFF_PERCENT, off
