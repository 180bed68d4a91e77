"""Where the faults of a plan strike that are a matter of place: at which frame of the host."""

import random

from stormbench.faults.plan import FaultPlan


def schedule(plan: FaultPlan, seed: int | str) -> dict[int, str]:
    """The fault at each frame that has one; the host's first frame is number 1."""
    faults = [fault for fault, count in plan.scheduled() for _ in range(count)]
    places = random.Random(f"{seed}:schedule").sample(range(1, plan.frames + 1), len(faults))
    return dict(zip(places, faults, strict=True))
