"""Where the RAM of a hub goes, by part, with its tables full."""

from collections.abc import Sequence
from typing import Any

from stormbench.link.board_session import BoardSession
from stormbench.link.raw_repl import CodeFailed

DEVICES = (4, 16, 64)
KEYS_EACH = 8
USUAL_DEVICES = 16


def measure_map(session: BoardSession, devices: Sequence[int] = DEVICES) -> dict[str, Any]:
    """The parts of the heap, for tables of several sizes.

    Returns: by number of devices `parts` {name: bytes}, `used_bytes`, `free_bytes`, `collect_us`,
        `save_garbage_bytes`; or `fault`, a sentence, where it does not fit.
    """
    found: dict[str, Any] = {}
    interpreter = session.interpreter_bytes()
    for count in devices:
        try:
            one = session.call("memory", count, KEYS_EACH, interpreter)
        except CodeFailed as error:
            found[str(count)] = {"fault": str(error).rpartition(" | ")[2].strip()}
            continue
        parts = {"interpreter": interpreter, **dict(one.pop("parts"))}
        found[str(count)] = {"parts": parts, **one}
    return found


def text_of(found: dict[str, Any]) -> str:
    """A table for people: a line for each part, a column for each number of devices."""
    columns = list(found.values())
    names = dict.fromkeys(name for each in columns for name in each.get("parts", {}))
    lines = ["devices" + " " * 33 + "".join(f"{devices:>10}" for devices in found)]
    lines += [_line(name, [each.get("parts", {}).get(name) for each in columns]) for name in names]
    for key, text in (
        ("used_bytes", "all of it, bytes"),
        ("free_bytes", "free"),
        ("save_garbage_bytes", "garbage that a save makes"),
        ("collect_us", "a collection, us"),
    ):
        lines.append(_line(text, [each.get(key) for each in columns]))
    lines += [
        f"{name} devices: {each['fault']}" for name, each in found.items() if "fault" in each
    ]
    return "\n".join(lines)


def _line(name: str, values: Sequence[int | None]) -> str:
    return f"{name:40}" + "".join(f"{'-' if each is None else each:>10}" for each in values)


def heap_figures(found: dict[str, Any]) -> dict[str, Any]:
    """Of one of `measure_map`, what the bench tells of the heap.

    Returns: `heap_used_bytes`, `heap_free_bytes`, `gc_pause_ms_max`: with a real hub's objects,
        its tables full, behind a collection; the pause is that of such a collection.
    """
    return {
        "heap_used_bytes": found["used_bytes"],
        "heap_free_bytes": found["free_bytes"],
        "gc_pause_ms_max": round(found["collect_us"] / 1_000, 2),
    }
