"""A short bench of the emulated Pico, beside the figures that are kept in the tree.

`python tests/short_figures.py` prints the table; with `--write` it keeps today's figures, which
`stormbench study` takes as the cost of the firmware. Some minutes of wall time. Short: a few
hundred alerts a figure, where `stormbench bench` takes 3,000.
"""

import argparse
from pathlib import Path

from stormbench.bench import PROBES
from stormbench.bench.decision import measure_decision
from stormbench.bench.figures import Figure, beside, figures_text, read_figures
from stormbench.bench.memory_map import USUAL_DEVICES, heap_figures, measure_map
from stormbench.bench.path import measure_boot_ms, measure_path
from stormbench.bench.rate import measure_rate
from stormbench.bench.spread import spread
from stormbench.hub.open import opened_hub
from stormbench.image import find_image
from stormbench.image.image_info import inspect
from stormbench.link.board_session import probed

KEPT = Path(__file__).resolve().parents[1] / "host_tools/stormbench/bench/kept_figures.txt"
HEAD = """Figures of the emulated Pico; device time, 85-byte alerts, first link; a short run.
Made by `python tests/short_figures.py --write`; `make test` prints today's beside them."""

ALERTS = 250
PATHS = 20
DECISIONS = 1_000
BOOTS = 1


def measure() -> tuple[str, dict[str, Figure]]:
    """The hash that the firmware told of its sources, and today's figures."""
    found: dict[str, Figure] = {}
    with opened_hub("emulated") as client:
        firmware_sha256 = client.hello.source_sha256
        for outcome in ("forwarded", "suppressed"):
            rate = measure_rate(client, outcome, 85, ALERTS)
            found[f"{outcome}_alerts_per_s"] = Figure(round(rate.alerts_per_s, 1), "1/s")
            path = spread(measure_path(client, outcome, 85, PATHS))
            found[f"path_{outcome}_p50"] = Figure(path["p50"], "us")
        found["boot"] = Figure(measure_boot_ms(client, BOOTS), "ms")
        with probed(client, PROBES) as session:
            decision = measure_decision(session, DECISIONS)["decision_us"]
            one = measure_map(session, [USUAL_DEVICES])[str(USUAL_DEVICES)]
    for name in ("p50", "p99", "max"):
        found[f"decision_{name}"] = Figure(decision[name], "us")
    heap = heap_figures(one)
    found["heap_used"] = Figure(heap["heap_used_bytes"], "bytes")
    found["gc_pause_max"] = Figure(heap["gc_pause_ms_max"], "ms")
    image = find_image()
    if image:
        found["image"] = Figure(inspect(image).image_bytes, "bytes")
    return firmware_sha256, found


def main() -> None:
    """Print the table, or keep the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="keep today's figures")
    options = parser.parse_args()
    kept = read_figures(KEPT) if KEPT.exists() else {}
    firmware_sha256, now = measure()
    print("\n".join(beside(kept, now)))
    if options.write:
        KEPT.write_text(figures_text(HEAD, firmware_sha256, now), encoding="utf-8")


if __name__ == "__main__":
    main()
