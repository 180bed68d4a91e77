"""`stormbench explain`: why an alert was judged as it was, or why the next of a key would be."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import click

from hubwire.codes import alert_name
from stormbench.capture.recording import Recording
from stormbench.cli._count_progress import CountProgress
from stormbench.cli._options import FILE, hex_digits, hub_option
from stormbench.cli._replay_options import replay_options, setting_of
from stormbench.errors import InvalidInput
from stormbench.explain.of_key import explain_key
from stormbench.explain.of_trace import explain_row
from stormbench.explain.why import Reason
from stormbench.hub.open import (
    VIRTUAL_HUBS,
    opened_hub,
    require_this_firmware,
    require_virtual,
)
from stormbench.link.client import HubClient
from stormbench.printable import printable
from stormbench.replay.trace_file import read_trace

_OpenHub = Callable[[], AbstractContextManager[HubClient]]

_OPTION_NAMES = {"policy_path": "--policy", "reset_at_ms": "--reset-at"}
"""Of the parameters whose option is not called as they are."""


def _part_of_key(name: str, digits: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(
        f"--{name}",
        metavar=f"HEX{digits}",
        callback=hex_digits,
        help=f"Without a trace: its {name}.",
    )


@click.command(
    epilog="Example: stormbench explain storm.csv --row 41 --hub sim; of a board that runs: "
    "stormbench explain --hub auto --originator 00DB1234567890A0 --target 90B3D51F30010000 "
    "--code 8F3E"
)
@click.argument("trace_path", metavar="[TRACE.csv]", type=FILE, required=False)
@click.option("--row", metavar="N", type=click.IntRange(1), help="Which alert; 1 is the first.")
@_part_of_key("originator", 16)
@_part_of_key("target", 16)
@_part_of_key("code", 4)
@hub_option
@replay_options
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON object.")
def command(
    trace_path: Path | None,
    row: int | None,
    originator: bytes | None,
    target: bytes | None,
    code: bytes | None,
    hub_name: str,
    uf2: Path | None,
    recording: Recording | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Say why: the rule that decided, the numbers it was decided by, and a sentence.

    With a trace and a row, the trace is replayed up to that alert, with the options that the
    replay had. Without, and with a key, it is what the hub would make of the next alert of that
    key; the hub is only asked.
    """
    part = {"--originator": originator, "--target": target, "--code": code}
    _refuse_options_of_the_other_way(trace_path, row, part, options)
    hub = partial(opened_hub, hub_name, uf2, recording)
    if trace_path is not None:
        found = _of_row(trace_path, _required(row, "--row"), hub_name, hub, options)
    else:
        key = (
            _required(originator, "--originator"),
            _required(target, "--target"),
            int.from_bytes(_required(code, "--code"), "big"),
        )
        found = _of_live_key(key, hub_name, hub)
    click.echo(json.dumps(found) if as_json else _text(found))


def _of_row(
    trace_path: Path, number: int, hub_name: str, open_hub: _OpenHub, options: dict[str, Any]
) -> dict[str, Any]:
    require_virtual(hub_name)
    rows = read_trace(trace_path)
    if number > len(rows):
        raise InvalidInput(f"--row {number}: {trace_path} has {len(rows)} alerts")
    setting = setting_of(rows, **options)
    with open_hub() as client:
        require_this_firmware(client)
        with CountProgress(f"explain on {hub_name}", number) as step:
            reason, report = explain_row(client, rows[:number], setting, step)
    row = rows[number - 1]
    key = (row.originator, row.target, row.code)
    found = {"row": number, "t_ms": row.t_ms, **_facts(key, reason)}
    if report is not None:
        found["numbers"] |= {
            "overload_id": report.overload_id,
            "throttled_seq": report.throttled_seq,
            "throttled_count": report.throttled_count,
            "total_suppressed": report.total_suppressed,
        }
    return found


def _of_live_key(
    key: tuple[bytes, bytes, int], hub_name: str, open_hub: _OpenHub
) -> dict[str, Any]:
    if hub_name in VIRTUAL_HUBS:
        raise InvalidInput(
            f"--hub {hub_name}: it has just been started and knows nothing of a key; name a board "
            "with --hub auto, or a trace and a --row"
        )
    with open_hub() as client:
        reason, at_ms = explain_key(client, *key)
    return {"row": None, "t_ms": at_ms, **_facts(key, reason)}


def _refuse_options_of_the_other_way(
    trace_path: Path | None, row: int | None, part_of_key: dict[str, Any], options: dict[str, Any]
) -> None:
    """An option that would be ignored is a mistake that whoever made it wants to know of."""
    if trace_path is not None:
        others, goes_with = part_of_key, "a hub that runs, not with a trace"
    else:
        names = {name: f"--{name.replace('_', '-')}" for name in options} | _OPTION_NAMES
        others = {"--row": row, **{names[name]: value for name, value in options.items()}}
        goes_with = "a trace; a hub that runs is asked as it is"
    for name, value in others.items():
        if value not in (None, ()):
            raise InvalidInput(f"{name} goes with {goes_with}")


def _required(value: Any, option: str) -> Any:
    if value is None:
        raise InvalidInput(
            f"{option} is missing: name a trace and a --row, or, for a hub that runs, a key with "
            "--originator, --target and --code"
        )
    return value


def _facts(key: tuple[bytes, bytes, int], reason: Reason) -> dict[str, Any]:
    originator, target, code = key
    return {
        "originator": originator.hex().upper(),
        "target": target.hex().upper(),
        "code": f"{code:04X}",
        "alert_name": alert_name(code),
        "verdict": reason.answer,
        "shadow": reason.is_shadow,
        "rule": reason.rule,
        "sentence": reason.sentence,
        "besides": list(reason.besides),
        "numbers": reason.numbers,
    }


def _text(found: dict[str, Any]) -> str:
    name = f" ({found['alert_name']})" if found["alert_name"] else ""
    what = "The next alert" if found["row"] is None else f"Row {found['row']}"
    lines = [
        f"{what}: {found['code']}{name} from {found['originator']} to {found['target']} at "
        f"{found['t_ms']} ms",
        f"{found['verdict']}, by rule {found['rule']}: {found['sentence']}",
        *found["besides"],
        "",
    ]
    width = max(len(field) for field in found["numbers"])
    lines += [
        f"  {field:<{width}}  {_shown(number)}" for field, number in found["numbers"].items()
    ]
    return "\n".join(printable(line) for line in lines)


def _shown(number: Any) -> str:
    if isinstance(number, list):
        return " ".join(map(str, number)) or "none"
    return "none" if number in (None, "") else str(number)
