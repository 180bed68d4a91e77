"""Whether the Users know at the end how each paired condition stands.

Two codes tell of one condition, so a throttle, which counts each by itself, may leave a User with
the wrong one of them. Two witnesses: the trace, for what each device said last; and the
recipients, for the newest that reached them, held copies too.

Newest is what happened last, by the time stamp that the alert bears: a device writes there when it
happened, however late the message is built or comes. It is kept to the second, and counts only
against others of the same device, so a clock that is wrong does no harm as long as it goes on.
A recipient who sorts by the originator counter instead goes by what was *built* last. That is the
same where each message is built as it happens, and is not with the throttle in the meter: there a
held copy is built when it is sent, so an old state has a newer number (`compare/home.py`).
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from hubwire.codes import CodePair, pair_of
from stormbench.compare.one_arm import ArmRun
from stormbench.dsp.identity import Key
from stormbench.scenario.trace import Alert


class Condition(NamedTuple):
    """What a pair of codes tells of, for one device and one recipient."""

    originator: bytes
    target: bytes
    pair: CodePair


def last_state(run: ArmRun) -> dict[str, int]:
    """The conditions of a run, `pairs`, and of how many the Users know the `wrong` state.

    `wrong_by_counter`: of how many they would if they took the largest originator counter for the
    newest. A condition of which nothing reached anybody is wrong, too.
    """
    said = _said_last(run.raised)
    sinks = run.recipients.users, run.recipients.access_control_broker
    known = _known(sink.last_by_key for sink in sinks)
    by_counter = _known(sink.newest_by_key for sink in sinks)
    return {
        "pairs": len(said),
        "wrong": _wrong(said, known),
        "wrong_by_counter": _wrong(said, by_counter),
    }


def _wrong(said: Mapping[Condition, int], known: Mapping[Condition, int]) -> int:
    return sum(known.get(condition) != code for condition, code in said.items())


def _said_last(trace: Iterable[Alert]) -> Mapping[Condition, int]:
    """The code of each condition's last alert."""
    return {
        Condition(alert.originator, alert.target, pair): alert.code
        for alert in trace
        if (pair := pair_of(alert.code)) is not None
    }


def _known(places: Iterable[Mapping[Key, Any]]) -> Mapping[Condition, int]:
    """The code of the newest alert of each condition that came.

    Args:
        places: of each recipient, the place in the order that it goes by, by key.
    """
    newest: dict[Condition, tuple[Any, int]] = {}
    for by_key in places:
        for (originator, target, code), place in by_key.items():
            if (pair := pair_of(code)) is not None:
                condition = Condition(originator, target, pair)
                newest[condition] = max((place, code), newest.get(condition, (place, code)))
    return {condition: code for condition, (_, code) in newest.items()}
