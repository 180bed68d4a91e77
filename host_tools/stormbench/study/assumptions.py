"""What a study's answer rests on and nobody has published, the weakest first."""

from collections.abc import Iterator, Mapping
from typing import Any

from stormbench.study.break_even import agreeing, along, best_place, widest_that_matters
from stormbench.study.numbers import amount

_P99 = "other_alert_delay_ms.p99"


def assumptions(sweeps: Mapping[str, Any], place: str) -> list[dict[str, Any]]:
    """Each `title`, `sentence`, the `sweep` that varies it or None, and where the answer changes.

    Args:
        place: that the study finds best.
    """
    return [
        {"title": title, "sentence": sentence, "sweep": sweep, "flips_at": flips_at}
        for title, sentence, sweep, flips_at in _all(sweeps, place)
    ]


_Row = tuple[str, str, str | None, str | None]


def _all(sweeps: Mapping[str, Any], place: str) -> Iterator[_Row]:
    yield (
        "The rate of the WAN",
        "How many bytes a second the hubs of a cell share is not public. The scenarios assume 8 "
        "to 30; a throttle before the WAN matters only where a storm fills it.",
        "break_even",
        _break_even(sweeps.get("break_even")),
    )
    yield (
        "How often meters storm, and how fast",
        "No public figure says how many devices storm or at which rate. The scenarios assume one "
        "to a few meters, at some alerts a minute.",
        "cell",
        _cell(sweeps.get("cell")),
    )
    yield (
        "Every hub has the firmware",
        "Arms hub, device and layered assume it of every home, unless a scenario says otherwise. "
        "Coverage of real devices is never whole.",
        "roll_out",
        _roll_out(sweeps.get("roll_out")),
    )
    yield (
        "The numbers of the policy",
        "Threshold, window and N of the DSP's own throttle are not public; the defaults here are "
        "assumed, and the same at every place.",
        "policy",
        _policy(sweeps.get("policy"), place),
    )
    yield (
        "A Pico is not a Communications Hub",
        "What firmware costs was measured on an emulated RP2040 with MicroPython. A hub's "
        "processor, memory and radio stacks are others, and nothing here has run on one.",
        None,
        None,
    )


def _break_even(sweep: Mapping[str, Any] | None) -> str | None:
    if not sweep:
        return None
    parts = [
        f"{storm:g} alerts/h: " + ("nowhere" if wan is None else f"up to {wan:g} bytes/s")
        for storm, wan in widest_that_matters(sweep).items()
    ]
    return "A place before the WAN is best, at a storm of " + "; ".join(parts)


def _cell(sweep: Mapping[str, Any] | None) -> str | None:
    if not sweep:
        return None
    parts = [f"{point['at']['storming']:g}: {best_place(point)}" for point in sweep["points"]]
    return "Best place by storming hubs of eight: " + ", ".join(parts)


def _roll_out(sweep: Mapping[str, Any] | None) -> str | None:
    if not sweep:
        return None
    parts = [f"{100 * at:.0f} %: {amount(ms, 'ms')}" for at, ms in along(sweep, "hub", _P99)]
    return "Delay of other alerts (p99) by share of hubs updated: " + ", ".join(parts)


def _policy(sweep: Mapping[str, Any] | None, place: str) -> str | None:
    if not sweep:
        return None
    return (
        f"{place} is the answer under {agreeing(sweep, place)} of {len(sweep['points'])} policies"
    )
