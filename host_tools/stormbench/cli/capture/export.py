"""`stormbench capture export`: the messages of a capture, for Wireshark."""

from pathlib import Path

import click

from stormbench.capture.packets import export_packets
from stormbench.capture.reading import Capture
from stormbench.cli._options import FILE
from stormbench.cli.capture._options import capture_argument, end, session_option
from stormbench.printable import printable
from stormbench.replay.result_files import require_folder_of


@click.command(epilog="Example: stormbench capture export storm.capture --out storm.pcapng")
@capture_argument
@session_option
@click.option("--out", "packets_path", metavar="X.pcapng", type=FILE, required=True)
@click.option(
    "--clock",
    type=click.Choice(["host", "hub"]),
    default="host",
    show_default=True,
    help="Whose time packets bear: the hub's is shown as if it began with 1970.",
)
@click.pass_context
def command(
    ctx: click.Context, path: Path, session: int | None, packets_path: Path, clock: str
) -> None:
    """Write each GBCS message once as pcapng: interface HAN to the hub, WAN from it.

    Verdicts and throttled numbers are the packets' comments. The link type is USER0: tell
    Wireshark that it holds gbcs_message (Preferences, Protocols, DLT_USER).
    """
    capture = Capture(path)
    require_folder_of(packets_path)
    if session is not None:
        capture.require_session(session)
    counts = export_packets(packets_path, capture, session, clock == "hub")
    text = (
        f"{packets_path}: {counts.han} packets to the hub, {counts.wan} from it; {counts.notices} "
        "notices bear no message"
    )
    if counts.untimed:
        text += f"; {counts.untimed} messages have no time of the hub's, and are left out"
    click.echo(f"stormbench: {printable(text)}", err=True)
    end(ctx, capture)
