"""What a study's answer rests on and nobody has published, the weakest first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from stormbench.study.break_even import (
    agreeing,
    along,
    best_place,
    clear_place,
    matters_by_rate,
    widest_that_matters,
)
from stormbench.study.in_words import place_in_words
from stormbench.study.numbers import amount

_P99 = "other_alert_delay_ms.p99"

CHANGES, STAYS = "changes", "stays"


class _Tried(NamedTuple):
    """What came of other values: whether another place is the answer then, and the figures."""

    answer: str
    figures: str


def assumptions(sweeps: Mapping[str, Any], place: str) -> list[dict[str, Any]]:
    """Each `title`, `sentence`, and what came of other values.

    Args:
        place: that the study finds best.

    Returns: of each also the `sweep` that varies it; `answer`, whether it `changes` or `stays`;
        and `tried`, the figures. All three are None where nothing varies it.
    """
    return [
        {
            "title": title,
            "sentence": sentence,
            "sweep": sweep,
            "answer": tried and tried.answer,
            "tried": tried and tried.figures,
        }
        for title, sentence, sweep, tried in _all(sweeps, place)
    ]


_Row = tuple[str, str, str | None, _Tried | None]
_Sweep = Mapping[str, Any]


def _all(sweeps: Mapping[str, Any], place: str) -> Iterator[_Row]:
    yield (
        "The rate of the WAN",
        "How many bytes a second the hubs of a cell share is not public. The scenarios assume 8 "
        "to 30; a throttle before the WAN matters only where a storm fills it.",
        "wan" if "wan" in sweeps else "break_even",
        _wan(sweeps.get("wan"), sweeps.get("break_even")),
    )
    yield (
        "Every hub has the firmware",
        "Arms hub, device and layered assume it of every home, unless a scenario says otherwise. "
        "Coverage of real devices is never whole.",
        "roll_out",
        _roll_out(sweeps.get("roll_out"), place),
    )
    yield (
        "The queue before the WAN",
        "How much may wait there before alerts are lost is not public; most scenarios assume "
        "6,000 bytes. With the throttle at the DSP a storm keeps it full, and other alerts wait "
        "as long as it takes to empty.",
        "queue",
        _queue(sweeps.get("queue"), place),
    )
    yield (
        "How often meters storm, and how fast",
        "No public figure says how many devices storm or at which rate. The scenarios assume one "
        "to a few meters, at some alerts a minute.",
        "cell",
        _cell(sweeps.get("cell"), place),
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


def _answer(places: Sequence[str], place: str) -> str:
    return STAYS if set(places) <= {place} else CHANGES


def _wan(wan: _Sweep | None, break_even: _Sweep | None) -> _Tried | None:
    parts, answer = [], STAYS
    if wan:
        rates = matters_by_rate(wan)
        of = max(of for _, of in rates.values())
        counts = ", ".join(f"{count} at {rate:g} bytes/s" for rate, (count, _) in rates.items())
        parts.append(f"Of {of} storms, those in which a place before the WAN is best: {counts}.")
        answer = CHANGES if any(count < of for count, of in rates.values()) else STAYS
    if break_even:
        widest = widest_that_matters(break_even)
        counts = "; ".join(
            f"{storm:g} alerts/h: " + ("at no rate" if rate is None else f"up to {rate:g} bytes/s")
            for storm, rate in widest.items()
        )
        parts.append(f"With one storming meter, by the rate of its storm: {counts}.")
        fastest = max(point["at"]["bytes_per_s"] for point in break_even["points"])
        if any(rate is None or rate < fastest for rate in widest.values()):
            answer = CHANGES
    return _Tried(answer, " ".join(parts)) if parts else None


def _roll_out(sweep: _Sweep | None, place: str) -> _Tried | None:
    if not sweep:
        return None
    places = {point["at"]["updated_share"]: clear_place(point) for point in sweep["points"]}
    return _Tried(
        _answer(list(places.values()), place),
        "Best place by the share of hubs updated, and how long other alerts wait (99 in 100) with "
        f"a throttle at the hub alone: {_by_value(places, sweep, 'share')}.",
    )


def _queue(sweep: _Sweep | None, place: str) -> _Tried | None:
    if not sweep:
        return None
    dsp = dict(along(sweep, "dsp", _P99))
    parts = [
        f"{amount(at, 'bytes')}: {amount(dsp[at], 'ms')} and {amount(hub, 'ms')}"
        for at, hub in along(sweep, "hub", _P99)
    ]
    figures = "How long other alerts wait (99 in 100), with the throttle at the DSP and at the hub"
    places = [best_place(point) for point in sweep["points"]]
    return _Tried(_answer(places, place), f"{figures}: {'; '.join(parts)}.")


def _cell(sweep: _Sweep | None, place: str) -> _Tried | None:
    if not sweep:
        return None
    places = {point["at"]["storming"]: best_place(point) for point in sweep["points"]}
    storming = [found for count, found in places.items() if count]
    return _Tried(
        _answer(storming, place),
        "Best place by how many hubs of eight have a storm, and how long other alerts wait (99 in "
        f"100) with a throttle at the hub: {_by_value(places, sweep, '')}.",
    )


def _by_value(places: Mapping[float, str], sweep: _Sweep, unit: str) -> str:
    waits = dict(along(sweep, "hub", _P99))
    parts = []
    for value, place in places.items():
        wait = f", {amount(waits[value], 'ms')}" if value in waits else ""
        parts.append(f"{amount(value, unit)}: {place_in_words(place)}{wait}")
    return "; ".join(parts)


def _policy(sweep: _Sweep | None, place: str) -> _Tried | None:
    if not sweep:
        return None
    count, of = agreeing(sweep, place), len(sweep["points"])
    return _Tried(
        STAYS if count == of else CHANGES,
        f"{place_in_words(place)} is the answer under {count} of {of} policies.",
    )
