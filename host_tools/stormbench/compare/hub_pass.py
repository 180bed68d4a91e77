"""One pass of one hub: every alert of a trace that is behind it, and what it made of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stormbench.capture.recording import Recording
from stormbench.compare.hub_terms import HubTerms, hub_terms
from stormbench.hub.open import Faults, open_hub, require_this_firmware
from stormbench.link.client import Hello, HubClient
from stormbench.link.northbound import Northbound
from stormbench.policy_file import frame_values, policy_of


@dataclass(frozen=True, slots=True)
class HubTask:
    """What one hub is to do; plain values, so that another process can do it.

    `alerts` are (arrival in ms, message) in order; `policy` is as `policy_of` reads it.
    """

    hub_name: str
    hub_id: int
    uf2: Path | None
    policy: Mapping[str, Any]
    device_capacity: int
    key_capacity: int
    alerts: tuple[tuple[int, bytes], ...]
    end_ms: int
    faults: Faults | None = None


@dataclass(frozen=True, slots=True)
class HubPass:
    """What came of it.

    `sent`: alerts that the injector sent. `verdicts`: the ledger, one acknowledged verdict each.
    `north`: all that went north, in order. `counters`: the hub's own, at the end. `terms`: what is
    neither delivered nor told.
    """

    hello: Hello
    sent: int
    verdicts: tuple[str, ...]
    north: tuple[Northbound, ...]
    counters: Mapping[str, int]
    terms: HubTerms


def run_hub(
    task: HubTask,
    on_alert: Callable[[], None] = lambda: None,
    recording: Recording | None = None,
) -> HubPass:
    """Open the hub, run its pass on the host's clock, close it.

    Args:
        on_alert: called after each alert.
        recording: gets what is said to and by the hub.

    Raises:
        ForeignHub: the hub runs another firmware than this tree's.
    """
    client = open_hub(task.hub_name, task.uf2, task.hub_id, task.faults, recording)
    try:
        require_this_firmware(client)
        return _run(client, task, on_alert)
    finally:
        client.close()


def _run(client: HubClient, task: HubTask, on_alert: Callable[[], None]) -> HubPass:
    client.set_capacity(task.device_capacity, task.key_capacity)
    client.set_policy(frame_values(policy_of(task.policy, "policy")))
    client.use_hosts_clock(0)
    sent = 0
    verdicts: list[str] = []
    north: list[Northbound] = []
    for at_ms, message in task.alerts:
        sent += 1
        judged = client.alert(at_ms, message)
        verdicts.append(judged.verdict)
        north += judged.north
        on_alert()
    north += client.advance(task.end_ms)
    north += client.collect()
    return HubPass(
        client.hello, sent, tuple(verdicts), tuple(north), client.counters(), hub_terms(client)
    )
