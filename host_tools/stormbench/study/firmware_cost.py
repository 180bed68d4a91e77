"""What the throttle costs as firmware: from the figures that are kept of the emulated Pico.

And what a new policy costs on a fleet of hubs, which is arithmetic over the frame that carries it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from commshub.policy import Policy
from hubwire.framing import Frame, encode
from stormbench.bench.figures import Figure, firmware_of, read_figures
from stormbench.keys.signer import Signer
from stormbench.policy_file import frame_values
from stormbench.study.evidence import ASSUMED, COMPUTED, MEASURED
from stormbench.study.flash_wear import (
    ENDURANCE_ERASES,
    FORMULA,
    FULL_TABLES,
    ONE_KEY,
    Wear,
    storm_saves_a_day,
)
from stormbench.study.recipes import CELL_BYTES_PER_S, CELL_HUBS

KEPT = Path(__file__).resolve().parents[1] / "bench/kept_figures.txt"

_COMMAND = "python tests/short_figures.py"
_IN_DEVICE_TIME = "emulated Pico, device time"
_MEASURED_ROWS = (
    ("image", "flash of the whole image, MicroPython in it", "bytes of the UF2's blocks"),
    ("heap_used", "RAM with 16 devices and 128 keys", "emulated Pico, after a collection"),
    ("decision_p99", "one decision, p99, tables full", _IN_DEVICE_TIME),
    ("decision_max", "one decision, worst", _IN_DEVICE_TIME),
    (
        "path_suppressed_p50",
        "a suppressed alert on an idle link, from byte to verdict",
        _IN_DEVICE_TIME,
    ),
    ("suppressed_alerts_per_s", "suppressed alerts a second, link full", _IN_DEVICE_TIME),
    ("forwarded_alerts_per_s", "forwarded alerts a second, link full", _IN_DEVICE_TIME),
    ("gc_pause_max", "longest pause of the garbage collection", _IN_DEVICE_TIME),
    (
        "boot",
        "from power to the first verdict",
        f"{_IN_DEVICE_TIME}; the flash's times are typical ones",
    ),
)
_WRITTEN = {"us": "\u00b5s"}
_WEAR = (
    ("flash_wear_one_key", "flash wear: one key in a storm without a break", ONE_KEY),
    ("flash_wear_full_tables", "flash wear: full tables in a storm without a break", FULL_TABLES),
)
NAMES = (
    *(name for name, _, _ in _MEASURED_ROWS),
    *(name for name, _, _ in _WEAR),
    "policy_push",
    "policy_push_cell",
)
"""Of the rows that every study has: what a drawback can name."""


def firmware_cost() -> list[dict[str, Any]]:
    """Rows of `name`, `what`, `value`, `unit`, `evidence`, `source` and `note`.

    What was measured has `firmware_sha256` as well: of the sources that it was measured of.
    """
    kept, firmware = read_figures(KEPT), firmware_of(KEPT)
    rows = [_kept_row(kept, firmware, *row) for row in _MEASURED_ROWS if row[0] in kept]
    rows += [_wear_row(*row) for row in _WEAR]
    size = policy_push_bytes()
    return [
        *rows,
        {
            "name": "policy_push",
            "what": "a new policy, to one hub",
            "value": size,
            "unit": "bytes",
            "evidence": COMPUTED,
            "source": "SetPolicy in an Authorised frame, protocol/FORMAT.md",
            "note": "at the DSP: one change, nothing over the WAN",
        },
        {
            "name": "policy_push_cell",
            "what": f"a new policy, to the {CELL_HUBS} hubs of a cell",
            "value": round(CELL_HUBS * size / CELL_BYTES_PER_S),
            "unit": "s",
            "evidence": ASSUMED,
            "source": (
                f"at {CELL_BYTES_PER_S} bytes/s with nothing else on it, as the sweeps have it; "
                "neither is public"
            ),
            "note": "hubs that are off or unheard take longer",
        },
    ]


def policy_push_bytes() -> int:
    """What the default policy takes on the wire to a hub with a key, frame and delimiters."""
    sealed = Signer(0, bytes(8), 0).sealed(bytes(32), "SetPolicy", frame_values(Policy()))
    return len(encode(Frame("Authorised", 0, sealed)))


def _kept_row(
    kept: Mapping[str, Figure], firmware: str, name: str, what: str, note: str
) -> dict[str, Any]:
    figure = kept[name]
    return {
        "name": name,
        "what": what,
        "value": figure.value,
        "unit": _WRITTEN.get(figure.unit, figure.unit),
        "evidence": MEASURED,
        "source": _COMMAND,
        "note": note,
        "firmware_sha256": firmware,
    }


def _wear_row(name: str, what: str, wear: Wear) -> dict[str, Any]:
    saves = storm_saves_a_day(Policy())
    return {
        "name": name,
        "what": what,
        "value": float(f"{wear.years(saves):.2g}"),
        "unit": "years",
        "evidence": COMPUTED,
        "source": "inputs: python tests/bench/flash_wear.py",
        "note": (
            f"{FORMULA}: {ENDURANCE_ERASES:,} / ({saves:,} x {wear.erases_a_save:g} x "
            f"{wear.busiest_share:.2%}) in days; saves a day of the default policy, at most"
        ),
    }
