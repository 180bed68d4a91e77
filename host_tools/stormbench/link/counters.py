"""The hub's counters as differences: which of them go on over a restart, and which are no counts.

See Counters in protocol/FORMAT.md.
"""

from collections.abc import Mapping

OF_LIFE = (
    "received",
    "passed",
    "sampled",
    "suppressed",
    "reported",
    "unreported",
    "excluded",
    "untracked",
    "would_sample",
    "would_suppress",
    "would_report",
    "not_alerts",
    "unreadable",
)
"""They go on over a restart, as far as they were saved; the others begin anew with each boot."""

STATES = ("boot_id", "queued", "unreported", "counts_owed")
"""They say how it is, and not how often something came about."""


def since(before: Mapping[str, int], after: Mapping[str, int], name: str) -> int:
    """By how much a counter went on; one that began anew with another boot, from there."""
    is_same_boot = before["boot_id"] == after["boot_id"]
    return after[name] - (before[name] if is_same_boot or name in OF_LIFE else 0)
