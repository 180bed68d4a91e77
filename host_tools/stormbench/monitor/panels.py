"""The parts of the screen: what is known of a session, as Rich draws it.

Each says in words what it says in colours. Nothing that comes from a hub is taken for markup, and
all of it has lost its control characters.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from rich.box import ROUNDED
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from hubwire.codes import alert_name
from stormbench.monitor import floods, words
from stormbench.monitor.floods import Floods
from stormbench.monitor.plain import VERDICTS
from stormbench.monitor.rates import curve_span_s, per_minute, per_second
from stormbench.monitor.sparkline import BLOCKS, sparkline
from stormbench.monitor.throttled import Key, Overload
from stormbench.monitor.watch import Watch, Watches
from stormbench.printable import printable

IN, OUT, BAD, WARN, GOOD, QUIET = "cyan", "magenta", "bold red", "yellow", "green", "dim"
_LEVELS = {"red": BAD, "amber": WARN}
_VERDICT_STYLES = {"PASS": GOOD, "SAMPLE": WARN, "SUPPRESS": BAD}

ALERTS_LINES = 8
"""Of the panels of alerts and floods, their frames included; so are these:"""
STATE_LINES = 5
"""Of incidents and the link."""

_FRESH_MS = 5_000
"""Counters that are older say little of now (chosen)."""
_EUI_DIGITS = 16
_TOLD_APART_DIGITS = 8
_ROOM_FOR_TARGET = 104
"""Columns from which on the targets of alerts are shown, too."""


def title(watches: Watches, hint: str) -> Table:
    """Who is watched and for how long; on the right what a person can do."""
    watch = watches.watch
    said = Text.assemble(("stormbench monitor", "bold"), "  ")
    if not watches.shown:
        said.append("nothing yet: no session has begun")
    else:
        said.append(printable(watch.hub), "bold")
        said.append(f"  {words.clock(watch.now_ms)}")
        if watches.count > 1:
            said.append(f"  session {watches.shown} of {watches.count}")
        if watch.is_ended:
            said.append("  ended", WARN)
    row = Table.grid(expand=True)
    row.add_column(no_wrap=True, overflow="ellipsis")
    row.add_column(justify="right", no_wrap=True)
    row.add_row(said, Text(hint, QUIET))
    return row


def alerts(watch: Watch, width: int, levels: str = BLOCKS) -> Panel:
    """Rates in and out, with their curves on one scale, and the verdicts."""
    now_ms, inner = watch.now_ms, max(8, width - 4)
    span_s = curve_span_s(now_ms)
    rows = _figures("", "per s", "per min", "total", style=QUIET)
    shown: list[RenderableType] = [rows]
    curves = [flow.tally.curve(now_ms, span_s, inner) for flow in (watch.coming, watch.leaving)]
    highest = max(max(curve) for curve in curves)
    for name, style, flow, curve in zip(
        ("in", "out"), (IN, OUT), (watch.coming, watch.leaving), curves, strict=True
    ):
        rates = per_second(flow.tally, now_ms), per_minute(flow.tally, now_ms)
        total = words.count(flow.tally.total)
        shown.append(_figures(name, *map(words.rate, rates), total, style=style))
        shown.append(Text(sparkline(curve, highest, levels), style, no_wrap=True))
    shown.append(_verdicts(watch))
    return _panel(f"alerts, curves of {span_s // 60} min", Group(*shown), ALERTS_LINES)


def _figures(*cells: str, style: str) -> Table:
    row = Table.grid(expand=True)
    row.add_column(width=3)
    for ratio in (8, 10, 11):
        row.add_column(justify="right", ratio=ratio, no_wrap=True)
    row.add_row(*(Text(cell, style) for cell in cells))
    return row


def _verdicts(watch: Watch) -> Text:
    said = Text(no_wrap=True, overflow="ellipsis")
    for name in VERDICTS:
        said.append(f"{name} ", QUIET)
        style = _VERDICT_STYLES[name] if watch.verdicts[name] else ""
        said.append(words.share(watch.share(name)), style)
        said.append("  ")
    said.rstrip()
    return said


def flood_measures(watch: Watch) -> Panel:
    """What ISA-18.2 measures, of what comes in and of what goes out, beside its limits."""
    now_ms = watch.now_ms
    rows = Table.grid(expand=True, padding=(0, 1, 0, 0))
    rows.add_column(no_wrap=True)
    for _ in range(3):
        rows.add_column(justify="right", no_wrap=True, ratio=1)
    rows.add_row("", Text("in", IN), Text("out", OUT), Text("limit", QUIET))
    both = (watch.coming, watch.leaving)
    rows.add_row("now", *map(_now, both), "")
    rows.add_row("floods", *(words.count(flow.floods) for flow in both), "")
    shares = [flow.time_share(now_ms) for flow in both]
    rows.add_row(
        "time in flood",
        *_held(shares, floods.MOST_TIME_SHARE),
        words.share(floods.MOST_TIME_SHARE),
    )
    peaks = (_beside(f.peak, floods.FLOOD_ABOVE, words.count(f.peak)) for f in both)
    rows.add_row("peak, 10 min", *peaks, str(floods.FLOOD_ABOVE))
    rows.add_row("top 10 kinds", *map(_top, both), words.share(floods.MOST_TOP_SHARE))
    return _panel("floods, by ISA-18.2", rows, ALERTS_LINES)


def _now(flow: Floods[Key]) -> Text:
    return Text("FLOOD", BAD) if flow.is_flood else Text("none", GOOD)


def _top(flow: Floods[Key]) -> Text:
    """Where there are no more than ten kinds it says nothing that they are all of them."""
    most = floods.MOST_TOP_SHARE if len(flow.kinds) > floods.TOP else 1.0
    return _beside(flow.top_share, most, words.share(flow.top_share))


def _held(parts: Iterable[float], most: float) -> list[Text]:
    return [_beside(part, most, words.share(part)) for part in parts]


def _beside(value: float, most: float, shown: str) -> Text:
    return Text(shown, BAD if value > most else GOOD)


def incidents(watch: Watch, lines: int) -> Panel:
    """Devices over amber or red, the red ones first."""
    found = sorted(
        watch.throttled.incidents.items(),
        key=lambda each: (each[1].level != "red", each[1].since_ms),
    )
    rows = Table.grid(padding=(0, 2, 0, 0))
    for originator, incident in found[: max(1, lines - 2)]:
        level = incident.level + (" shadow" if incident.shadow else "")
        rows.add_row(
            Text(level, _LEVELS.get(incident.level, "")),
            _device(watch, originator),
            Text(words.clock(incident.since_ms), QUIET),
        )
    red = sum(incident.level == "red" for _, incident in found)
    heading = f"incidents: {red} red, {len(found) - red} amber" if found else "incidents: none"
    return _panel(heading, rows, lines, style=BAD if red else WARN if found else "")


def link(watch: Watch, lines: int) -> Panel:
    """What the link had to repeat, how quick it is, what waits and what gave way."""
    health, gone = watch.link, sum(watch.link.gave_way.values())
    trip = health.round_trip_ms
    quick = Text("round trip not known", QUIET)
    if trip is not None and trip[1] > 0:
        quick = Text(f"round trip {words.duration(trip[0])}, at most {words.duration(trip[1])} ms")
    repeated = {
        "resent": health.sent_again,
        "damaged": health.damaged,
        "duplicates": health.came_again,
    }
    waiting = {"queue": health.queue, "gave way": gone, "restarts": health.restarts}
    return _panel("link", Group(quick, _counts(repeated), _counts(waiting)), lines)


def _counts(counts: Mapping[str, int]) -> Text:
    said = Text(no_wrap=True, overflow="ellipsis")
    for name, number in counts.items():
        said.append(f"{name} ", QUIET)
        said.append(words.count(number), WARN if number else "")
        said.append("  ")
    said.rstrip()
    return said


def kinds(watch: Watch, width: int, lines: int) -> Panel:
    """Kinds of alerts: what is overloaded first, then what comes most, as far as fits."""
    rows = Table(box=None, expand=True, padding=(0, 1, 0, 0), pad_edge=False, header_style=QUIET)
    rows.add_column("code")
    rows.add_column("what it tells", ratio=1, no_wrap=True, overflow="ellipsis")
    rows.add_column("device", min_width=16, no_wrap=True)
    has_target = width >= _ROOM_FOR_TARGET
    if has_target:
        rows.add_column("for", min_width=16, no_wrap=True)
    for heading in ("of in", "suppressed", "since"):
        rows.add_column(heading, justify="right", no_wrap=True)
    overloads = watch.throttled.overloads
    shown = _order(watch)[: max(0, lines - 3)]
    alike = Counter((key.originator, key.code) for key in shown)
    for key in shown:
        target = key.target.hex().upper()
        cells = _kind_cells(watch, key, overloads.get(key))
        if has_target:
            cells.insert(3, Text(target))
        elif alike[key.originator, key.code] > 1:
            cells[1] = Text(f"for …{target[-_TOLD_APART_DIGITS:]}: {cells[1]}")
        rows.add_row(*cells)
    heading = f"kinds of alerts: {len(overloads)} overloaded of {len(watch.coming.kinds)}"
    return _panel(heading, rows, lines, style=BAD if overloads else "")


def lines_of_kinds(watch: Watch) -> int:
    """How high that is with all of them."""
    return 3 + max(1, len(_order(watch)))


def _order(watch: Watch) -> list[Key]:
    overloads = watch.throttled.overloads
    first = sorted(overloads, key=lambda key: -overloads[key].suppressed)
    top = watch.coming.kinds.most_common(floods.TOP)
    return [*first, *(key for key, _ in top if key not in overloads)]


def _device(watch: Watch, originator: bytes) -> str:
    """What a person calls it, if anything, in the room that an EUI-64 takes; else that."""
    name = watch.names.get(originator)
    return originator.hex().upper() if name is None else _shortened(printable(name))


def _shortened(name: str) -> str:
    return name if len(name) <= _EUI_DIGITS else name[: _EUI_DIGITS - 1] + "…"


def _kind_cells(watch: Watch, key: Key, overload: Overload | None) -> list[Text]:
    name = alert_name(key.code) or "not in the table of codes"
    total = watch.coming.tally.total
    of_in = words.share(watch.coming.kinds[key] / total) if total else ""
    style = "" if overload is None else BAD
    cells = [f"{key.code:04X}", name, _device(watch, key.originator), of_in, "", ""]
    if overload is not None:
        cells[4] = words.count(overload.suppressed)
        cells[5] = words.clock(overload.since_ms)
    return [
        Text(cells[0], style),
        *map(Text, cells[1:4]),
        Text(cells[4], style),
        Text(cells[5], QUIET),
    ]


def footer(watch: Watch) -> Text:
    """What came north last, and what the hub says of itself."""
    said = Text(no_wrap=True, overflow="ellipsis")
    last = watch.last
    if last is not None:
        about = f" {last.key.code:04X}" if last.key and last.key.code else ""
        of = f" of {_device(watch, last.key.originator)}" if last.key else ""
        said.append("north ", QUIET)
        said.append(f"{words.clock(last.at_ms)} {last.what}{about}{of}  ")
    if watch.link.log:
        said.append("said ", QUIET)
        said.append(watch.link.log[-1])
    elif watch.counted_ms is not None and watch.now_ms - watch.counted_ms <= _FRESH_MS:
        counters = watch.link.counters
        said.append("hub counts ", QUIET)
        said.append(f"{counters['received']:,} in, {counters['suppressed']:,} suppressed")
    return said


def _panel(heading: str, content: RenderableType, lines: int, style: str = "") -> Panel:
    return Panel(
        content,
        title=Text(heading, f"{style or 'bold'} not dim"),
        title_align="left",
        box=ROUNDED,
        border_style=QUIET,
        height=lines,
        padding=(0, 1),
    )
