"""Goodput and recovery time for each fault of a link: `python tests/bench/link_faults.py`.

Faults of single frames: alerts that are all forwarded, 8 in flight, over a link that does one
thing to 2 % of its frames in each direction, and then all of them; alerts a second of the port's
time, and what was sent again. Things that happen to the link as a whole: from their end until the
next alert was acknowledged and what goes north with it had come, again in the port's time. A power
cut in a save falls into that alert. On `emulated` the port's time is the device's. On `sim` time
passes only in waiting, so there the goodput is of the waits and of nothing else. It prints figures
and judges none; how far it is it says on stderr.

    python tests/bench/link_faults.py [--hub sim|emulated] [--alerts N] [--json]
"""

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # for what tests share

from link_faults_catalogue import LINK_FAULTS, TARGET, HubInTrouble, TalkedOver
from stormbench.faults.inject import inject_faults
from stormbench.faults.plan import RATES, FaultPlan
from stormbench.hub.emulated import open_emulated
from stormbench.hub.sim import SimPort
from stormbench.link.client import HubClient
from stormbench.replay.run import message_of
from stormbench.replay.trace_file import Row

METER = bytes.fromhex("00DB123456780001")
EXCLUDED_CODE = 0x8F66
"""Its alerts are forwarded, each like the one before."""
RATE = 0.02
ALERTS = 400
SEED = 5

HUBS: dict[str, Callable[[], Any]] = {
    "sim": SimPort,
    "emulated": lambda: open_emulated(None, hub_id=1),
}

PLANS = {
    "none": FaultPlan(),
    **{f"{name} 2 %": FaultPlan.model_validate({name: RATE}) for name in RATES},
    "all, 2 % each": FaultPlan.model_validate(dict.fromkeys(RATES, RATE)),
}


class _Open(TalkedOver):
    """A board that stays where it is when one of its clients is done."""

    def close(self) -> None:
        """The next client takes it over."""


def goodput(port: Any, plan: FaultPlan, alerts: int) -> dict[str, Any]:
    """One run over a hub that may have been used before."""
    faulty = inject_faults(_Open(port), plan, SEED)
    client = HubClient(faulty)
    before = client.counters()
    begun_ms, frames = faulty.now_ms(), faulty.counts.frames["to_hub"]
    came = 0
    for number in range(1, alerts + 1):
        message = message_of(Row(0, METER, TARGET, EXCLUDED_CODE), number)
        came += sum(len(judged.north) for judged in client.submit(0, message))
    came += sum(len(judged.north) for judged in client.settle())
    judged_ms = faulty.now_ms() - begun_ms
    came += len(client.collect())
    took_ms = faulty.now_ms() - begun_ms
    after = client.counters()
    client.close()
    return {
        "alerts": alerts,
        "bytes": len(message),
        "judged": sum(client.ledger.verdicts.values()),
        "came_north": came,
        "gave_way": client.ledger.gave_way,
        "judged_ms": judged_ms,
        "took_ms": took_ms,
        "alerts_per_s": round(alerts * 1000 / took_ms, 1) if took_ms else None,
        "frames_to_hub": faulty.counts.frames["to_hub"] - frames,
        "alerts_again": after["duplicates"] - before["duplicates"],
        "north_again": after["repeats"] - before["repeats"],
        "fired": {name: faulty.counts.fired(name) for name in RATES},
    }


def recoveries_ms(port: Any) -> dict[str, int]:
    """For each of the catalogue, one after the other with one hub."""
    hub = HubInTrouble(_Open(port))
    found = {}
    for fault in LINK_FAULTS:
        found[fault.name] = hub.strike_and_recover(fault)
        print(f"{fault.name}: {found[fault.name]} ms", file=sys.stderr, flush=True)
    hub.client.close()
    return found


def measure(hub: str, alerts: int) -> dict[str, Any]:
    """All figures, from one hub."""
    begun_s = time.monotonic()
    port = HUBS[hub]()
    try:
        recovery_ms = recoveries_ms(port)
        runs = {}
        for name, plan in PLANS.items():
            runs[name] = goodput(port, plan, alerts)
            print(f"{name}: {runs[name]['took_ms']} ms", file=sys.stderr, flush=True)
    finally:
        port.close()
    return {
        "hub": hub,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "seconds": round(time.monotonic() - begun_s, 1),
        "goodput": runs,
        "recovery_ms": recovery_ms,
    }


def tell(figures: dict[str, Any]) -> None:
    """Print them for people."""
    runs = figures["goodput"]
    base = runs["none"]
    print(
        f"hub {figures['hub']}; the host is CPython {figures['python']} on {figures['machine']}; "
        f"{figures['seconds']} s of wall time; {base['alerts']} alerts of {base['bytes']} bytes a "
        "run, all forwarded, 8 in flight"
    )
    print(
        "times are the device's"
        if figures["hub"] == "emulated"
        else "time passes only in waiting: goodput is of the waits and of nothing else"
    )
    print(
        f"\n{'2 % of frames':15}{'alerts/s':>9}{'of none':>9}{'ms':>8}{'to hub':>8}"
        f"{'again':>7}{'north again':>12}{'gave way':>9}{'fired':>7}"
    )
    for name, run in runs.items():
        rate, best = run["alerts_per_s"], base["alerts_per_s"]
        print(
            f"{name:15}{rate if rate else '-':>9}"
            f"{f'{rate / best:.2f}' if rate and best else '-':>9}{run['took_ms']:8,}"
            f"{run['frames_to_hub']:8,}{run['alerts_again']:7,}{run['north_again']:12,}"
            f"{run['gave_way']:9,}{sum(run['fired'].values()):7,}"
        )
    print("\nrecovery, ms until the next alert was through")
    for name, took_ms in figures["recovery_ms"].items():
        print(f"{name:32}{took_ms:8,}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--hub", choices=HUBS, default="sim")
    parser.add_argument("--alerts", type=int, default=ALERTS, help=f"a run (default {ALERTS})")
    parser.add_argument("--json", action="store_true", help="figures for machines")
    options = parser.parse_args()
    figures = measure(options.hub, options.alerts)
    print(json.dumps(figures, indent=2)) if options.json else tell(figures)


if __name__ == "__main__":
    main()
