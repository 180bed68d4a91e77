"""What the throttle costs as firmware: from the figures that are kept of the emulated Pico.

And what a new policy costs on a fleet of hubs, which is arithmetic over the frame that carries it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from commshub.policy import Policy
from hubwire.framing import Frame, encode
from stormbench.bench.figures import Figure, read_figures
from stormbench.keys.signer import Signer
from stormbench.policy_file import frame_values

KEPT = Path(__file__).resolve().parents[1] / "bench/kept_figures.txt"

HUBS_OF_A_CELL = 1_000
"""Assumed: how many hubs share the WAN of one cell. Not public."""

_MEASURED = "measured on firmware"
_COMMAND = "python tests/short_figures.py"
_NOTE = "emulated Pico, device time"
_ROWS = (
    ("image", "flash of the whole image, MicroPython in it", _NOTE),
    ("heap_used", "RAM with 16 devices and 128 keys", _NOTE),
    ("decision_p99", "one decision, p99, tables full", _NOTE),
    ("decision_max", "one decision, worst", _NOTE),
    ("path_suppressed_p50", "a suppressed alert on an idle link, from byte to verdict", _NOTE),
    ("suppressed_alerts_per_s", "suppressed alerts a second, link full", _NOTE),
    ("forwarded_alerts_per_s", "forwarded alerts a second, link full", _NOTE),
    ("gc_pause_max", "longest pause of the garbage collection", _NOTE),
    ("boot", "from power to the first verdict", "typical times of the flash"),
)

# firmware/README.md, "Flash wear": measured on the emulated Pico, 352 sectors, 100,000 erases
# each by the data sheet of the W25Q16JV.
_WEAR = (
    ("flash wear: one key in a storm without a break", 28.0),
    ("flash wear: full tables in a storm without a break", 1.6),
)


def firmware_cost(wan_bytes_per_s: float) -> list[dict[str, Any]]:
    """Rows of `what`, `value`, `unit`, `evidence`, `source` and `note`.

    Args:
        wan_bytes_per_s: of a cell; assumed.
    """
    kept = read_figures(KEPT)
    rows = [_kept_row(kept, *row) for row in _ROWS if row[0] in kept]
    rows += [
        _row(
            what,
            years,
            "years",
            "computed",
            "python tests/bench/flash_wear.py",
            "until the busiest sector has had its erases",
        )
        for what, years in _WEAR
    ]
    size = policy_push_bytes()
    cell_s = HUBS_OF_A_CELL * size / wan_bytes_per_s
    rows += [
        _row(
            "a new policy, to one hub",
            size,
            "bytes",
            "computed",
            "SetPolicy in an Authorised frame, protocol/FORMAT.md",
            "at the DSP: one change, nothing over the WAN",
        ),
        _row(
            f"a new policy, to the {HUBS_OF_A_CELL:,} hubs of a cell",
            round(cell_s / 3600, 1),
            "hours",
            "assumed",
            f"at {wan_bytes_per_s:g} bytes/s with nothing else on it; neither is public",
            "hubs that are off or unheard take longer",
        ),
    ]
    return rows


def policy_push_bytes() -> int:
    """What the default policy takes on the wire to a hub with a key, frame and delimiters."""
    sealed = Signer(0, bytes(8), 0).sealed(bytes(32), "SetPolicy", frame_values(Policy()))
    return len(encode(Frame("Authorised", 0, sealed)))


def _kept_row(kept: Mapping[str, Figure], name: str, what: str, note: str) -> dict[str, Any]:
    figure = kept[name]
    return _row(what, figure.value, figure.unit, _MEASURED, _COMMAND, note)


def _row(
    what: str, value: float, unit: str, evidence: str, source: str, note: str
) -> dict[str, Any]:
    return {
        "what": what,
        "value": value,
        "unit": unit,
        "evidence": evidence,
        "source": source,
        "note": note,
    }
