"""Why a row of a trace was judged as it was: the trace is replayed up to it, and the hub asked."""

from collections.abc import Callable, Sequence

from stormbench.errors import HostToolError
from stormbench.explain.why import Reason, next_alert
from stormbench.link.client import HubClient
from stormbench.link.northbound import Report
from stormbench.replay.run import Session, Setting
from stormbench.replay.trace_file import Row


class RulesDiffer(HostToolError):
    """The hub judged the alert otherwise than its rules, as they are read out here, would have."""


def explain_row(
    client: HubClient,
    rows: Sequence[Row],
    setting: Setting,
    on_row: Callable[[], None] = lambda: None,
) -> tuple[Reason, Report | None]:
    """Why the last of `rows` is judged as it is, and with SAMPLE what goes with it.

    Args:
        client: a virtual hub.
        rows: of a trace, up to the one in question.
        on_row: called after each row.

    Raises:
        RulesDiffer: see there; one of the two is wrong.
    """
    row = rows[-1]
    session = Session(client, rows[0], setting)
    for earlier in rows[:-1]:
        session.judge(earlier)
        on_row()
    session.come_to(row.t_ms)
    state = client.key_state(row.originator, row.target, row.code)
    reason = next_alert(state, setting.policy, row.code)
    verdict, report = session.judge(row)
    on_row()
    if verdict != reason.answer:
        raise RulesDiffer(
            f"hub {client.name} answered {verdict}, and its rules give {reason.answer} (rule "
            f"{reason.rule}: {reason.sentence}); this is a fault of ours"
        )
    return reason, report
