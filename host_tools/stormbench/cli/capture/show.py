"""`stormbench capture show`: what was said on a link, a line for each frame."""

import csv
import json
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import click

from hubwire.frames import BY_NAME
from stormbench.capture.frames import Said, plain_fields, said
from stormbench.capture.reading import Capture
from stormbench.capture.records import TO_HUB, Begun, Ended, Record, Reopened, Stretch
from stormbench.cli.capture._options import capture_argument, end, session_option
from stormbench.errors import InvalidInput
from stormbench.printable import printable

_DAMAGED = "damaged"
_COLUMNS = (
    *("session", "host_time", "port_us", "direction", "frame", "seq", "at_ms"),
    *("originator", "target", "code", "bytes", "damage"),
)


@click.command(epilog="Example: stormbench capture show storm.capture --kind HanAck --kind Notice")
@capture_argument
@session_option
@click.option(
    "--kind",
    "kinds",
    metavar="NAME",
    multiple=True,
    type=click.Choice([*BY_NAME, _DAMAGED]),
    help="Only frames of this name, as FORMAT.md has them, or damaged; can be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--csv", "as_csv", is_flag=True, help="Comma-separated, with a line of heads.")
@click.pass_context
def command(
    ctx: click.Context,
    path: Path,
    session: int | None,
    kinds: tuple[str, ...],
    as_json: bool,
    as_csv: bool,
) -> None:
    """Show a capture: of each frame the session, the time, the direction, its kind and fields.

    Times are seconds of the host's clock since the session began; > is to the hub, < from it.
    What was no frame is `damaged`; a frame that bore a key or a MAC, which are not kept, is
    `redacted`.
    """
    if as_json and as_csv:
        raise InvalidInput("--json and --csv: choose one")
    capture = Capture(path)
    if session is not None:
        capture.require_session(session)
    show = _json() if as_json else _csv() if as_csv else _text()
    for number, record in capture.records(session):
        if isinstance(record, Stretch):
            found = said(record)
            if kinds and found.kind not in kinds:
                continue
            show(number, record, found)
        elif not kinds or isinstance(record, Begun):
            show(number, record, None)
    end(ctx, capture)


_Show = Callable[[int, Record, Said | None], None]


def _json() -> _Show:
    def show(number: int, record: Record, found: Said | None) -> None:
        shown: dict[str, Any] = {"session": number, "host_time": _time(record.host_us)}
        shown |= _of_record(record) if found is None else _of_said(found)
        click.echo(json.dumps(shown))

    return show


def _of_record(record: Record) -> dict[str, Any]:
    if isinstance(record, Begun):
        return {
            "record": "begun",
            "hub": record.hub,
            "hub_id": record.hub_id,
            "protocol_version": record.protocol_version,
            "definition_hash": record.definition_hash,
            "stormbench": record.stormbench,
        }
    if isinstance(record, Ended):
        return {"record": "ended", "stretches": record.stretches}
    assert isinstance(record, Reopened)
    return {"record": "reopened", "port_us": record.port_us}


def _of_said(found: Said) -> dict[str, Any]:
    stretch, frame = found.stretch, found.frame
    shown: dict[str, Any] = {
        "record": "frame" if frame else _DAMAGED,
        "port_us": stretch.port_us,
        "direction": stretch.direction,
    }
    if frame is None:
        return {**shown, "damage": found.damage, "octets": stretch.octets.hex().upper()}
    shown |= {"frame": frame.name, "seq": frame.seq, "boot": frame.boot}
    shown |= {"redacted": stretch.is_redacted, "fields": plain_fields(frame)}
    if found.alert is not None:
        shown["alert"] = dict(zip(("originator", "target", "code"), _key(found), strict=True))
    return shown


def _csv() -> _Show:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(_COLUMNS)

    def show(number: int, record: Record, found: Said | None) -> None:
        if found is None:
            return
        stretch, frame = found.stretch, found.frame
        cells = (number, _time(record.host_us), stretch.port_us, stretch.direction, found.kind)
        of_frame = ("", "") if frame is None else (frame.seq, frame.values.get("at_ms", ""))
        writer.writerow((*cells, *of_frame, *_key(found), _size(found), found.damage or ""))

    return show


def _text() -> _Show:
    begun_us: dict[int, int] = {}

    def show(number: int, record: Record, found: Said | None) -> None:
        if isinstance(record, Begun):
            begun_us[number] = record.host_us
            line = (
                f"session {number}: hub {record.hub} number {record.hub_id}, recorded from "
                f"{_time(record.host_us)} on by stormbench {record.stormbench}, protocol "
                f"0x{record.protocol_version:02X} {record.definition_hash}"
            )
        else:
            since_s = (record.host_us - begun_us.get(number, record.host_us)) / 1_000_000
            what = _record_text(record) if found is None else _said_text(found)
            line = f"{number} {since_s:11.6f} {what}"
        click.echo(printable(line))

    return show


def _record_text(record: Record) -> str:
    if isinstance(record, Ended):
        return f"- the session ended, after {record.stretches} frames"
    return "- the port was opened again"


def _said_text(found: Said) -> str:
    stretch, frame = found.stretch, found.frame
    arrow = ">" if stretch.direction == TO_HUB else "<"
    if frame is None:
        return f"{arrow} {_DAMAGED}: {found.damage}"
    words = [f"{arrow} {frame.name} {frame.seq}"]
    if stretch.is_redacted:
        words.append("redacted")
    for name, value in plain_fields(frame).items():
        if name == "message":
            words.append(_message_text(found, value))
        elif name == "entries":
            words.append("; ".join(f"{e['verdict']} at_ms={e['at_ms']}" for e in value) or "none")
        else:
            words.append(f"{name}={value}")
    return " ".join(words)


def _message_text(found: Said, digits: str) -> str:
    if found.alert is None:
        return f"no alert, {len(digits) // 2} bytes"
    originator, target, code = _key(found)
    return f"{code} of {originator} to {target}, {len(digits) // 2} bytes"


def _key(found: Said) -> tuple[str, str, str]:
    alert = found.alert
    if alert is None:
        return "", "", ""
    return alert.originator.hex().upper(), alert.target.hex().upper(), f"{alert.alert_code:04X}"


def _size(found: Said) -> int:
    return found.stretch.withheld_bytes or len(found.stretch.octets)


def _time(host_us: int) -> str:
    """In ISO 8601; what is beyond a calendar, and so none of ours, as it stands."""
    try:
        time = datetime.fromtimestamp(host_us // 1_000_000, timezone.utc)
    except (OverflowError, ValueError, OSError):
        return f"{host_us} us"
    return time.replace(microsecond=host_us % 1_000_000).isoformat(timespec="microseconds")
