"""Whether what concerns two parties was told to both, or to one of them alone.

A throttle counts the two alerts of one happening apart, as its key has the target in it; a queue
drops what finds no room. Either may leave a supplier knowing what the network operator does not.
"""

from collections.abc import Iterable, Mapping, Set
from typing import Any

from stormbench.compare.one_arm import ArmRun
from stormbench.dsp.identity import Identity, Key
from stormbench.scenario.trace import Alert


def two_parties(run: ArmRun, suppressed: Iterable[Alert]) -> dict[str, int]:
    """The happenings that concern two parties, by the end of a run.

    Told is a party whom the alert reached, or a count that it is in; a count stands for the oldest
    suppressed alerts of its key that none before it stood for. What a mask hides or a throttle
    tells the DSP alone is told to neither. Rows of a trace that a scenario replays do not say
    what belongs together, so they are happenings of one party each.

    Args:
        suppressed: the alerts that were suppressed anywhere, in order of time.

    Returns:
        happenings: how many there were.
        told_to_one: of how many one party was told and the other was not.
    """
    told = _arrived(run) | _counted(run, suppressed)
    parties: dict[tuple[str, int], list[bool]] = {}
    for alert in run.raised:
        happening = alert.phase, alert.happening
        parties.setdefault(happening, []).append(alert.identity in told)
    of_two = [each for each in parties.values() if len(each) > 1]
    return {
        "happenings": len(of_two),
        "told_to_one": sum(any(each) and not all(each) for each in of_two),
    }


def _arrived(run: ArmRun) -> Set[Identity]:
    sinks = run.recipients.users, run.recipients.access_control_broker
    return {identity for sink in sinks for identity in sink.first_ms_by_alert}


def _counted(run: ArmRun, suppressed: Iterable[Alert]) -> Set[Any]:
    waiting: dict[Key, list[Alert]] = {}
    for alert in suppressed:
        waiting.setdefault(Key(*alert.key), []).append(alert)
    return {
        alert.identity
        for key, count in _counts(run).items()
        for alert in waiting.get(key, [])[:count]
    }


def _counts(run: ArmRun) -> Mapping[Key, int]:
    """How many suppressed alerts of each key its User was told of."""
    counts: dict[Key, int] = {}
    for told in run.recipients.users.told:
        counts[told.key] = counts.get(told.key, 0) + told.counted
    return counts
