"""What the figures of a study come from, in words: the foot of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stormbench.report import units
from stormbench.study.numbers import regrouped

_SEEDS = (
    "replication r of a scenario, r from 0 on, has the seed of its file plus r; of a point of a "
    "sweep, r itself"
)
_OWN_POLICY = "each scenario's own: the default, but for the fields that its file sets"
_GIVEN_POLICY = "the same for every scenario, given with --policy"
_HUBS = {"sim": "sim: the firmware's own modules, under CPython"}
_TITLES = {
    "command": "command",
    "runs": "runs",
    "replications": "replications of each scenario",
    "hub": "hub",
    "firmware_sha256": "firmware sources, SHA-256",
    "firmware_version": "firmware",
    "host_sha256": "host tools and scenarios, SHA-256",
    "stormbench_version": "stormbench",
    "python": "Python",
    "made_at": "made at",
    "policy": "policy of the throttle",
    "wan": "WAN",
}


@dataclass(frozen=True)
class Fact:
    """One line of it; `is_long`: it needs the whole width, below its title."""

    title: str
    text: str
    is_hash: bool = False
    is_long: bool = False


def facts(provenance: Mapping[str, Any]) -> list[Fact]:
    """What has one value, in the order of report.json."""
    return [
        _fact(name, value) for name, value in provenance.items() if not isinstance(value, Mapping)
    ]


def fields(provenance: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What has fields of its own, such as the policy, by title."""
    titles = dict(_TITLES)
    if provenance.get("policy_is_each_scenarios"):
        titles["policy"] = "default policy of the throttle"
    return {
        titles.get(name, name): value
        for name, value in provenance.items()
        if isinstance(value, Mapping)
    }


def _fact(name: str, value: Any) -> Fact:
    if name == "seeds" and not isinstance(value, str):
        return Fact("seeds", _seeds(value), is_long=True)
    if name == "policy_is_each_scenarios" or (name == "policy" and value is None):
        own = value is None or value
        text = _OWN_POLICY if own else _GIVEN_POLICY
        return Fact(_TITLES["policy"], text, is_long=True)
    if name.endswith("sha256"):
        return Fact(_TITLES[name], str(value), is_hash=True, is_long=True)
    text = _HUBS.get(value, value) if name == "hub" else value
    return Fact(
        _TITLES.get(name, name),
        text if isinstance(text, str) else regrouped(units.with_unit(name, text)),
    )


def _seeds(ends: Sequence[int]) -> str:
    """Without spaces between thousands, so that one can be typed."""
    first, last = ends
    return f"{_SEEDS}; the lowest is {first}, the highest {last}"
