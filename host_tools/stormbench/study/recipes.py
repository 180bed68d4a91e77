"""Scenarios that a sweep needs and that have no one cause: a cell of many hubs, a long storm, and
the library's with something more or less in them.

All rates and lengths are assumed.
"""

import random
from typing import Any

from stormbench.scenario.model import Scenario
from stormbench.scenario.phases import Replay

_MINUTE_MS, _HOUR_MS = 60_000, 3_600_000
_DAY_MS = 24 * _HOUR_MS
CELL_HUBS, CELL_BYTES_PER_S = 8, 24
"""Of one cell of the WAN: how many hubs, and what they share. Neither is public."""

_EVENINGS, _EVENING_MS = 8, 17 * _HOUR_MS
_NETWORK = "90B3D51F30020000"


def cell(hubs: int, storming: int, updated_share: float, seed: int) -> Scenario:
    """Homes on one WAN cell for two hours, `storming` of them with a meter in a storm of one hour.

    Every home has a quiet meter as well. Which homes have the new firmware is drawn, so that a
    storm may be in one that has it not; a larger share has all those of a smaller one.
    """
    order = list(range(1, hubs + 1))
    random.Random(f"{seed}:roll-out").shuffle(order)
    updated = set(order[: round(updated_share * hubs)])
    devices: list[dict[str, Any]] = []
    phases: list[dict[str, Any]] = []
    for hub in range(1, hubs + 1):
        devices.append(_meter(f"quiet {hub}", 0xB000 + hub, hub))
        phases.append(_phase(f"quiet {hub}", "8003", 0, 2 * _HOUR_MS, "poisson", 6))
        if hub <= storming:
            devices.append(_meter(f"storm {hub}", 0xA000 + hub, hub))
            storm = _phase(f"storm {hub}", "8002", _HOUR_MS // 4, _HOUR_MS, "periodic", 360)
            phases.append({**storm, "jitter_ms": 3000, "storm": True})
    return Scenario.model_validate(
        {
            "name": f"a cell of {hubs} hubs",
            "seed": seed,
            "duration_ms": 2 * _HOUR_MS,
            "hubs": tuple({"id": hub, "updated": hub in updated} for hub in order),
            "devices": tuple(devices),
            "phases": tuple(phases),
            "wan": {"bytes_per_s": CELL_BYTES_PER_S, "queue_bytes": 12_000},
        }
    )


def long_storm(mask_delay_ms: int, seed: int) -> Scenario:
    """A meter that storms two hours each evening for eight days, and a quiet one."""
    phases = [_phase("quiet", "8003", 0, _EVENINGS * _DAY_MS, "poisson", 1)]
    for evening in range(_EVENINGS):
        at_ms = evening * _DAY_MS + _EVENING_MS
        storm = _phase("storm", "8002", at_ms, 2 * _HOUR_MS, "periodic", 180)
        name = f"evening {evening + 1}"
        phases.append({**storm, "name": name, "jitter_ms": 3000, "storm": True})
    return Scenario.model_validate(
        {
            "name": "a storm of eight evenings",
            "seed": seed,
            "duration_ms": _EVENINGS * _DAY_MS,
            "devices": (_meter("storm", 0xA001, 1), _meter("quiet", 0xB001, 1)),
            "phases": tuple(phases),
            "mask_delay_ms": mask_delay_ms,
        }
    )


_BUSY_CODES = ("8002", "8003", "8006", "8007")
_BUSY_MS, _BUSY_PER_HOUR = 10 * _MINUTE_MS, 72
BUSY_ALERTS = len(_BUSY_CODES) * _BUSY_PER_HOUR * _BUSY_MS // _HOUR_MS
"""Of the meter of `with_busy_meter`."""


def with_busy_meter(scenario: Scenario) -> Scenario:
    """With a meter whose voltage is bad for ten minutes: four codes, a dozen times each.

    No storm, and more than a tight policy lets pass. That so many may come is assumed.
    """
    device = _meter("busy", 0xC001, 1)
    phases = [
        {
            **_phase("busy", code, _HOUR_MS // 2, _BUSY_MS, "periodic", _BUSY_PER_HOUR),
            "name": f"busy {code}",
        }
        for code in _BUSY_CODES
    ]
    values = scenario.model_dump(exclude_unset=True)
    added = {"devices": (*values["devices"], device), "phases": (*values["phases"], *phases)}
    return Scenario.model_validate({**values, **added})


def without_storm(scenario: Scenario) -> Scenario:
    """Without the phases that are a storm, and without the devices that have no other."""
    phases = tuple(phase for phase in scenario.phases if not phase.storm)
    senders = {phase.device for phase in phases if not isinstance(phase, Replay)}
    devices = tuple(device for device in scenario.devices if device.name in senders)
    return scenario.model_copy(update={"phases": phases, "devices": devices})


def _meter(name: str, number: int, hub: int) -> dict[str, Any]:
    return {"name": name, "kind": "ESME", "originator": f"00DB12345678{number:04X}", "hub": hub}


def _phase(
    device: str, code: str, at_ms: int, duration_ms: int, shape: str, per_hour: float
) -> dict[str, Any]:
    return {
        "name": device,
        "device": device,
        "code": code,
        "target": _NETWORK,
        "at_ms": at_ms,
        "duration_ms": duration_ms,
        "shape": shape,
        "per_hour": per_hour,
    }
