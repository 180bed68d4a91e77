"""What a throttle in the meter spares it: signatures that are never made, and what these take.

How many is simulated. What one takes on a small processor is assumed; what it takes on this PC
`stormbench gbcs cost` measures.
"""

from collections.abc import Mapping
from typing import Any

from stormbench.signing.cost import ASSUMED_SIGNATURE_MS, ASSUMED_SOURCE

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
            "what": "signatures that a throttle in the meters spares them in a run",
            "value": round(spared, 1),
            "unit": "signatures",
            "evidence": "simulated",
            "source": "messages built in arm hub, less those in arm device",
            "note": "a throttle at the hub or at the DSP spares none",
        },
        {
            "what": "time that these would take on a small processor",
            "value": round(spared * ASSUMED_SIGNATURE_MS / _MS_PER_S),
            "unit": "s",
            "evidence": "assumed",
            "source": ASSUMED_SOURCE,
            "note": "on this PC: stormbench gbcs cost",
        },
    ]
