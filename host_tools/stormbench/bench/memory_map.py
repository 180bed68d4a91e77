"""Where the RAM of a hub goes, by part, with its tables full."""

from collections.abc import Sequence
from typing import Any

from stormbench.bench.board_session import BoardSession
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
