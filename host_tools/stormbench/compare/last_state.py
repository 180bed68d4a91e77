"""Whether the Users know at the end how each paired condition stands.

Two codes tell of one condition, so a throttle, which counts each by itself, may leave a User with
the wrong one of them. Two witnesses: the trace, for what each device said last; and the
recipients, for the newest that reached them, held copies too. Newest is by the originator counter,
which every alert bears: a recipient can sort by it what comes out of order.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from hubwire.codes import CodePair, pair_of
from stormbench.compare.one_arm import ArmRun
from stormbench.dsp.users import Sink
from stormbench.scenario.trace import Alert


class Condition(NamedTuple):
    """What a pair of codes tells of, for one device and one recipient."""

    originator: bytes
    target: bytes
    pair: CodePair


def last_state(run: ArmRun) -> dict[str, int]:
    """The conditions of a run, `pairs`, and of how many the Users know the `wrong` state.

    A condition of which nothing reached anybody is wrong, too.
    """
    said = _said_last(run.raised)
    recipients = run.recipients
    known = _known(recipients.users, recipients.access_control_broker)
    wrong = sum(known.get(condition) != code for condition, code in said.items())
    return {"pairs": len(said), "wrong": wrong}


def _said_last(trace: Iterable[Alert]) -> Mapping[Condition, int]:
    """The code of each condition's last alert."""
    return {
        Condition(alert.originator, alert.target, pair): alert.code
        for alert in trace
        if (pair := pair_of(alert.code)) is not None
    }


def _known(*sinks: Sink) -> Mapping[Condition, int]:
    """The code of the newest alert of each condition that came."""
    newest: dict[Condition, tuple[int, int]] = {}
    for sink in sinks:
        for (originator, target, code), counter in sink.newest_by_key.items():
            if (pair := pair_of(code)) is not None:
                condition = Condition(originator, target, pair)
                newest[condition] = max((counter, code), newest.get(condition, (-1, code)))
    return {condition: code for condition, (_, code) in newest.items()}
