"""`stormbench gbcs`: shows what GBCS alerts say, and makes such alerts."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, BinaryIO, get_args

import click

from hubwire.codes import alert_name, message_name
from hubwire.errors import FieldOutOfRange, MessageDamaged
from hubwire.gbcs import Alert, Form, decode, encode
from hubwire.gbcs_make import Recipe, make
from hubwire.gbcs_payload import PayloadKind
from hubwire.identities import is_published_test_identity
from hubwire.pcap import pcap_header, pcap_record
from stormbench.cli._count_progress import CountProgress
from stormbench.cli._options import hex_digits
from stormbench.errors import HostToolError, InvalidInput
from stormbench.message_files import GivenMessage, read_messages
from stormbench.printable import printable
from stormbench.signing.cost import cost_of, measured, one_of_each
from stormbench.signing.protection import protected

_LARGEST_COUNTER = (1 << 64) - 1
_MOST_REPEATS = 100_000
"""Some ten seconds."""


def _time(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime:
    """A time in ISO 8601, UTC if it has no zone; now, if none is given."""
    if value is None:
        return datetime.now(timezone.utc)
    try:
        # Python 3.10 does not read the Z.
        instant = datetime.fromisoformat(value[:-1] + "+00:00" if value[-1:] in "Zz" else value)
    except ValueError as error:
        shown = printable(value[:64])
        text = f"expected a time like 2030-01-15T09:00:00Z, got {shown!r}"
        raise click.BadParameter(text) from error
    return instant if instant.tzinfo else instant.replace(tzinfo=timezone.utc)


@click.group()
def command() -> None:
    """Decode and make GBCS alerts, and what their protection costs."""


@command.command("decode", epilog="Example: stormbench gbcs decode captured.hex --json")
@click.argument("messages", nargs=-1, required=True, metavar="(HEX | FILE | -)...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def decode_command(messages: tuple[str, ...], as_json: bool) -> None:
    """Show what alerts say.

    Each argument is a message in hexadecimal digits, or a file (binary, or text with a message on
    each line), or - for standard input. A message that is damaged or no alert makes the exit code
    1; the others are decoded all the same.
    """
    given = [message for argument in messages for message in read_messages(argument)]
    failed = sum(not _decode_one(message, as_json) for message in given)
    if failed:
        raise HostToolError(f"{failed} of {len(given)} messages are damaged or no alerts")


def _decode_one(given: GivenMessage, as_json: bool) -> bool:
    """Prints one message, or what is wrong with it; returns whether it was an alert."""
    try:
        alert = decode(given.message())
    except MessageDamaged as error:
        _print({"input": given.source, "error": str(error), "offset": error.offset}, as_json)
        click.echo(f"stormbench: {printable(given.source)}: {error}", err=True)
        return False
    facts = {"input": given.source, **_facts(alert)}
    _print(facts if as_json else {**facts, **_facts_for_people(alert)}, as_json)
    return True


def _facts(alert: Alert) -> dict[str, Any]:
    """What an alert says, with the keys and in the order that scripts rely on."""
    return {
        "form": alert.form,
        "cra": alert.cra,
        "originator": _hex(alert.originator),
        "target": _hex(alert.target),
        "originator_counter": alert.originator_counter,
        "message_code": f"{alert.message_code:04X}",
        "alert_code": f"{alert.alert_code:04X}",
        "alert_name": alert_name(alert.alert_code),
        "timestamp": alert.timestamp and _instant(alert.timestamp),
        "payload": alert.payload,
        "length": alert.length,
    }


def _facts_for_people(alert: Alert) -> dict[str, Any]:
    """The rest of what an alert says."""
    more = {
        "message_name": message_name(alert.message_code),
        "supplementary_party": alert.supplementary_party and _hex(alert.supplementary_party),
        "supplementary_counter": alert.supplementary_counter,
        "supplementary_originator_counter": alert.supplementary_originator_counter,
        "certificate": alert.certificate and f"{len(alert.certificate)} bytes",
    }
    return {name: value for name, value in more.items() if value is not None}


def _instant(time_utc: datetime) -> str:
    return time_utc.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _hex(content: bytes) -> str:
    return content.hex().upper()


def _print(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(facts))
        return
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        shown = "-" if value is None else printable(str(value))
        click.echo(f"{name:<{width}}  {shown}")
    click.echo()


@command.command(
    "make",
    short_help="Make alerts, one a line.",
    epilog="Example: stormbench gbcs make --code 8F20 --counter 7 --count 3 --pcap storm.pcap",
)
@click.option("--code", metavar="HEX4", callback=hex_digits, required=True, help="Alert code.")
@click.option("--originator", metavar="HEX16", callback=hex_digits, help="EUI-64 of the device.")
@click.option(
    "--target", metavar="HEX16", callback=hex_digits, help="EUI-64 of the party that it is for."
)
@click.option(
    "--counter",
    type=click.IntRange(0, _LARGEST_COUNTER),
    default=1,
    show_default=True,
    help="Originator counter of the first alert.",
)
@click.option(
    "--time",
    "timestamp",
    metavar="ISO",
    callback=_time,
    help="Time stamp; UTC if it has no zone.  [default: now]",
)
@click.option("--payload", type=click.Choice(get_args(PayloadKind)), help="Encoding.")
@click.option("--form", type=click.Choice(get_args(Form)), help="Protection.")
@click.option(
    "--count", type=click.IntRange(min=1), default=1, show_default=True, help="How many alerts."
)
@click.option("--pcap", type=click.Path(dir_okay=False), help="Write a capture file as well.")
@click.option("--real-ids", is_flag=True, help="Allow identities that are not DCC's for tests.")
def make_command(code: bytes, count: int, pcap: str | None, real_ids: bool, **wanted: Any) -> None:
    """Make alerts, one a line in hexadecimal digits, with rising counters.

    What is not given follows from the code, as in DCC's test data. The MAC or signature is real,
    under test keys that follow from the identities: no real device or party has them.
    """
    recipe = Recipe(code=int.from_bytes(code, "big"), **wanted)
    if not real_ids:
        _expect_test_identities(recipe)
    if recipe.counter + count - 1 > _LARGEST_COUNTER:
        raise InvalidInput(f"--counter: {recipe.counter} and {count} alerts go beyond 64 bits")
    _expect_makeable(recipe)
    shown_under: datetime = wanted["timestamp"]
    with ExitStack() as stack:
        file = stack.enter_context(_create(pcap)) if pcap else None
        on_made = stack.enter_context(CountProgress("alerts made", count, is_bar=False))
        for message in _messages(recipe, count):
            click.echo(_hex(message))
            on_made()
            if file:
                file.write(pcap_record(shown_under, message))


def _expect_test_identities(recipe: Recipe) -> None:
    for name, eui in (("--originator", recipe.originator), ("--target", recipe.target)):
        if eui is not None and not is_published_test_identity(eui):
            raise InvalidInput(
                f"{name}: expected one of DCC's test identities, 00DB1234... or 90B3D51F30..., "
                f"got {_hex(eui)}; --real-ids allows it"
            )


def _expect_makeable(recipe: Recipe) -> None:
    """Finds out, before anything is printed, whether the recipe can be made."""
    try:
        encode(make(recipe))
    except FieldOutOfRange as error:
        raise InvalidInput(str(error)) from error


def _create(path: str) -> BinaryIO:
    try:
        file = Path(path).open("wb")  # noqa: SIM115  (the caller closes it)
    except OSError as error:
        text = f"--pcap: {printable(path)} cannot be written: {error.strerror}"
        raise InvalidInput(text) from error
    file.write(pcap_header())
    return file


def _messages(recipe: Recipe, count: int) -> Iterator[bytes]:
    for step in range(count):
        yield encode(protected(make(replace(recipe, counter=recipe.counter + step))))


@command.command(
    "cost",
    short_help="What a signature or a MAC costs.",
    epilog="Example: stormbench gbcs cost made.hex --json",
)
@click.argument("messages", nargs=-1, metavar="[HEX | FILE | -]...")
@click.option(
    "--repeats",
    type=click.IntRange(1, _MOST_REPEATS),
    default=200,
    show_default=True,
    help="How often each is timed.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def cost_command(messages: tuple[str, ...], repeats: int, as_json: bool) -> None:
    """Tell what the signatures and MACs of alerts cost whoever makes them.

    Without an argument, of two generic alerts: a critical one, which is signed, and another, which
    has a MAC. Times are medians on this PC; what is assumed of a small processor says so.
    """
    given = [message for argument in messages for message in read_messages(argument)]
    alerts = [_expect_alert(message) for message in given] or one_of_each()
    cost = cost_of(alerts, measured(repeats))
    _print(cost if as_json else _flat(cost), as_json)


def _expect_alert(given: GivenMessage) -> bytes:
    try:
        message = given.message()
        decode(message)
    except MessageDamaged as error:
        raise HostToolError(f"{printable(given.source)}: {error}") from error
    return message


def _flat(cost: dict[str, Any]) -> dict[str, Any]:
    """For people: times rounded, and what is assumed under names of its own."""
    measured_here = {name: value for name, value in cost.items() if name != "assumed"}
    assumed = {f"assumed_{name}": value for name, value in cost["assumed"].items()}
    return {
        name: f"{value:,.1f}" if isinstance(value, float) else value
        for name, value in {**measured_here, **assumed}.items()
    }
