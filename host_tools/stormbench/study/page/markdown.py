"""The study in half a page of Markdown: for a message, a minute, a pull request."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from stormbench.report.arms import in_order
from stormbench.study.in_words import place_in_words
from stormbench.study.page.evidence import badge

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


def summary_markdown(report: Mapping[str, Any]) -> str:
    """Write summary.md.

    Args:
        report: the content of the study's report.json; any part of it may be missing.

    Returns:
        The verdict, the five figures as a table, the answers and the command.
    """
    parts = (
        ["# Where to throttle an alert storm"],
        _verdict(report.get("verdict")),
        _key_figures(report.get("key_figures") or ()),
        _weakest(report.get("assumptions") or ()),
        _answers(report.get("answers") or ()),
        _again(report.get("provenance") or {}),
    )
    return "\n\n".join(line for part in parts for line in part) + "\n"


def _verdict(verdict: Mapping[str, Any] | None) -> list[str]:
    if verdict is None:
        return [
            "This study ran only a part, and has no verdict; `stormbench study` runs all of it."
        ]
    places = [f"{_text(place_in_words(place))} {n}" for place, n in verdict["places"].items()]
    return [
        f"**{_text(verdict['sentence'])}**",
        *map(_text, verdict["conditions"]),
        f"Best place, by storm: {', '.join(places)}.",
    ]


def _key_figures(figures: Sequence[Mapping[str, Any]]) -> list[str]:
    if not figures:
        return []
    arms = in_order({arm for figure in figures for arm in figure["arms"]})
    rows = [
        [_text(figure["title"])]
        + [_text(figure["arms"].get(arm, "")) for arm in arms]
        + [badge(figure["evidence"]).label]
        for figure in figures
    ]
    head = ["", *map(_text, arms), "evidence"]
    ruler = ["---", *("---:" for _ in arms), "---"]
    return ["\n".join(f"| {' | '.join(row)} |" for row in (head, ruler, *rows))]


def _weakest(assumptions: Sequence[Mapping[str, Any]]) -> list[str]:
    if not assumptions:
        return []
    weakest = assumptions[0]
    tried = (
        f" The answer {weakest['answer']}: {_text(weakest['tried'])}" if weakest["tried"] else ""
    )
    return [f"Weakest assumption: {_text(weakest['title'])}. {_text(weakest['sentence'])}{tried}"]


def _answers(answers: Sequence[Mapping[str, Any]]) -> list[str]:
    lines: list[str] = []
    for answer in answers:
        lines.append(f"**{_text(answer['question'])}**")
        lines.append(
            "\n".join(
                f"- {_text(one['text'])} ({badge(one['evidence']).label})"
                for one in answer["sentences"]
            )
        )
    return lines


def _again(provenance: Mapping[str, Any]) -> list[str]:
    if not provenance:
        return []
    command = str(provenance["command"]).replace("\n", " ")
    return [
        "All figures, charts and assumptions are in report.html. To get them again:",
        f"    {command}",
    ]


def _text(value: Any) -> str:
    """On one line, with nothing in it that Markdown would take for its own."""
    return _SPECIAL.sub(r"\\\1", " ".join(str(value).split()))
