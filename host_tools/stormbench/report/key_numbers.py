"""The five numbers at the top: each for the arm the verdict is about, and for every other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stormbench.report.units import byte_size, count, duration

_LIKELIEST = ("hub", "dsp", "layered", "device")


@dataclass(frozen=True)
class KeyNumber:
    """One number, large, with the same number of the other arms beside it."""

    title: str
    meaning: str
    value: str
    others: Sequence[tuple[str, str]]
    """Arm and number, for every arm, the large one's too."""
    is_alarm: bool = False


def headline_arm(place: str, order: Sequence[str]) -> str:
    """Choose the arm whose numbers are shown large: the verdict's, if it names one."""
    candidates = (place, *_LIKELIEST) if place != "none" else _LIKELIEST
    return next((arm for arm in candidates if arm in order), order[0])


def key_numbers(
    arms: Mapping[str, Any], order: Sequence[str], headline: str
) -> Sequence[KeyNumber]:
    """Work out the five, for the arms in this order."""

    def number(title: str, meaning: str, text: Callable[[Mapping[str, Any]], str]) -> KeyNumber:
        texts = {arm: text(arms[arm]) for arm in order}
        return KeyNumber(title, meaning, texts[headline], list(texts.items()))

    return (
        number(
            "Bytes on the WAN",
            "What left the hub, the storm's alerts and all others.",
            lambda arm: byte_size(arm["hops"]["wan"]["bytes"]),
        ),
        number(
            "Alerts at Users",
            f"Of {count(arms[headline]['generated'])} generated.",
            lambda arm: count(arm["hops"]["user"]["alerts"]),
        ),
        number(
            "Delay of other alerts",
            "p99: of 100 alerts of no storm, 99 took this long or less.",
            lambda arm: duration(arm["other_alert_delay_ms"]["p99"]),
        ),
        number(
            "Falsely suppressed",
            "Alerts of no storm that a throttle held back.",
            lambda arm: count(arm["false_suppressed"]),
        ),
        _unaccounted(arms, order),
    )


def _unaccounted(arms: Mapping[str, Any], order: Sequence[str]) -> KeyNumber:
    """The one number of which the worst is shown large, whatever the verdict is about."""
    rests = {arm: int(arms[arm]["unaccounted"]) for arm in order}
    worst = max(rests.values(), key=abs)
    return KeyNumber(
        "Unaccounted for",
        "Alerts of which nobody knows what became, worst arm. Must be 0.",
        count(worst),
        [(arm, count(rest)) for arm, rest in rests.items()],
        is_alarm=worst != 0,
    )
