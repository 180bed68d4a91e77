"""Watched sessions in a test: the records of a hub in process, and of a link that is made up."""

from collections.abc import Mapping
from pathlib import Path

from capture_bench import records_of, storm_capture
from hubwire.framing import DELIMITER, Frame, encode
from hubwire.identities import ESME, SUPPLIER
from stormbench.capture.frames import Said, said
from stormbench.capture.records import TO_HOST, TO_HUB, Begun, Record, Stretch
from stormbench.monitor.throttled import Key
from stormbench.monitor.watch import Watch, Watches

KEY = Key(ESME, SUPPLIER, 0x8F3E)
BOOT = 7


def watches_of(
    records: list[Record], number: int | None = None, names: Mapping[bytes, str] | None = None
) -> Watches:
    """All of these were told."""
    watches = Watches(number, names)
    for record in records:
        watches.take(record)
    return watches


def storm_watched(folder: Path) -> Watch:
    """Twenty alerts of one key in two seconds, replayed; the throttle is at red by the third."""
    return watches_of(records_of(storm_capture(folder))).watch


def begun(hub: str = "sim", session: int = 1, host_us: int = 0) -> Begun:
    """A session's first record."""
    return Begun(session, host_us, hub, 1, 0, "", "")


def stretch(name: str, number: int, port_us: int = 0, **values: object) -> Stretch:
    """A frame on the link; whose it is tells its direction."""
    direction = TO_HUB if name in ("HanAlert", "NorthAck") else TO_HOST
    octets = encode(Frame(name, number, values, BOOT)).strip(DELIMITER)
    return Stretch(1, port_us, port_us, direction, octets)


def han_alert(number: int, port_us: int = 0, north_next: int = 0) -> Said:
    return said(
        stretch("HanAlert", number, port_us, at_ms=0, north_next=north_next, message=b"\x01")
    )


def han_ack(number: int, port_us: int = 0, north_made: int = 0) -> Said:
    entries = [{"verdict": 0, "at_ms": 0}]
    return said(
        stretch("HanAck", 0, port_us, alert_seq=number, north_made=north_made, entries=entries)
    )
