"""A capture as packets for Wireshark: what came to the hub, and what left it, with the verdicts.

Each message once, under the time when it was first on the link; what was sent again is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hubwire.pcapng import INBOUND, OUTBOUND, pcapng_interface, pcapng_packet, pcapng_section
from stormbench.capture.reading import Capture
from stormbench.capture.records import Begun, Ended, Record
from stormbench.capture.story import AlertSent, Step, Story, WentNorth
from stormbench.errors import HostToolError
from stormbench.link.northbound import Notice, WanAlert
from stormbench.printable import printable


class PacketsNotWritten(HostToolError):
    """The packets were made, and could not be kept."""


@dataclass(slots=True)
class Packets:
    """How many are on each side; `notices` are of no message, and no packets.

    `untimed`: left out, because the hub's clock was asked for and the capture has no stamp.
    """

    han: int = 0
    wan: int = 0
    notices: int = 0
    untimed: int = 0


def export_packets(path: Path, capture: Capture, session: int | None, by_hub: bool) -> Packets:
    """Write a capture's messages as pcapng, with two interfaces for each session.

    Args:
        session: only that one; None: all.
        by_hub: packets bear the time of the hub's clock, as ms from 1970 on; else the host's.

    Raises:
        PacketsNotWritten: the drive is full, or the folder cannot be written.
    """
    try:
        with path.open("wb") as file:
            file.write(pcapng_section("stormbench capture export"))
            exporting = _Exporting(file, by_hub)
            for number, record in capture.records(session):
                exporting.take(number, record)
            exporting.finish()
    except OSError as error:
        raise PacketsNotWritten(
            f"{printable(str(path))}: cannot be written: {error.strerror}"
        ) from error
    return exporting.counts


class _Exporting:
    def __init__(self, file: BinaryIO, by_hub: bool) -> None:
        self.counts = Packets()
        self._file = file
        self._by_hub = by_hub
        self._stories: dict[int, Story] = {}
        self._places: dict[int, int] = {}  # of a session's HAN interface; its WAN is the next

    def take(self, number: int, record: Record) -> None:
        if isinstance(record, Begun):
            self._begin(number, record)
        elif number in self._stories:
            self._write(number, self._stories[number].take(record))
            if isinstance(record, Ended):
                self._write(number, self._stories.pop(number).finish())

    def finish(self) -> None:
        for number, story in self._stories.items():
            self._write(number, story.finish())

    def _begin(self, number: int, begun: Begun) -> None:
        self._places[number] = 2 * len(self._places)
        self._stories[number] = Story()
        hub = f"session {number}, hub {printable(begun.hub)} number {begun.hub_id}"
        self._file.write(pcapng_interface(f"HAN {number}", f"alerts to the hub; {hub}"))
        self._file.write(pcapng_interface(f"WAN {number}", f"what left the hub; {hub}"))

    def _write(self, number: int, steps: Iterator[Step]) -> None:
        for step in steps:
            if isinstance(step, AlertSent):
                self._alert(number, step)
            elif isinstance(step, WentNorth) and isinstance(step.item, WanAlert):
                self._north(number, step, step.item)
            elif isinstance(step, WentNorth):
                self.counts.notices += isinstance(step.item, Notice)

    def _alert(self, number: int, sent: AlertSent) -> None:
        if self._by_hub and sent.at_ms is None:
            self.counts.untimed += 1
            return
        time_us = sent.at_ms * 1000 if self._by_hub and sent.at_ms is not None else sent.host_us
        comment = "no verdict in the capture"
        if sent.verdict is not None:
            comment = f"{sent.verdict} at_ms={sent.at_ms}"
        self.counts.han += 1
        place = self._places[number]
        self._file.write(pcapng_packet(place, time_us, sent.message, INBOUND, comment))

    def _north(self, number: int, north: WentNorth, alert: WanAlert) -> None:
        time_us = alert.at_ms * 1000 if self._by_hub else north.host_us
        comment = f"{alert.carries} at_ms={alert.at_ms}"
        if alert.report is not None:
            report = alert.report
            comment += (
                f" overload_id={report.overload_id} throttled_seq={report.throttled_seq} "
                f"throttled_count={report.throttled_count} "
                f"total_suppressed={report.total_suppressed}"
            )
        if not north.is_ours:
            comment += "; kept by the hub from before this session"
        self.counts.wan += 1
        place = self._places[number] + 1
        self._file.write(pcapng_packet(place, time_us, alert.message, OUTBOUND, comment))
