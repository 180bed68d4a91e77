"""What a throttle in the meter spares it: signatures that are never made, and what these take.

How many is simulated. What one takes on a small processor is assumed.
"""

from collections.abc import Mapping
from typing import Any

from stormbench.signing.cost import ASSUMED_SIGNATURE_MS, ASSUMED_SOURCE
from stormbench.study.evidence import ASSUMED, SIMULATED

_PATH = "built.signature"
_MS_PER_S = 1000


def signatures_spared(whole: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows as `study.firmware_cost` has them, of a run's mean over scenarios.

    Args:
        whole: as `study.overall` has it.
    """
    spared = whole["arms"]["hub"][_PATH]["mean"] - whole["arms"]["device"][_PATH]["mean"]
    return [
        {
            "name": "signatures_spared",
            "what": "signatures that a throttle in the meters spares them in a run",
            "value": round(spared, 1),
            "unit": "signatures",
            "evidence": SIMULATED,
            "source": "messages built in arm hub, less those in arm device",
            "note": "a throttle at the hub or at the DSP spares none",
        },
        {
            "name": "signatures_spared_time",
            "what": "time that these would take on a small processor",
            "value": round(spared * ASSUMED_SIGNATURE_MS / _MS_PER_S),
            "unit": "s",
            "evidence": ASSUMED,
            "source": ASSUMED_SOURCE,
            "note": f"{ASSUMED_SIGNATURE_MS:g} ms for one key agreement, taken for a signature",
        },
    ]
