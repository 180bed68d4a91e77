"""How fast the throttle core is under CPython, beside PyPI `limits`, in one run on one machine.

Two traces, the same alerts to both: a storm, of which the throttle suppresses nine in ten, and a
quiet hour of many originators, of which it suppresses none. Rounds take turns, throttle and
`limits`, each from a fresh state; of each the median counts. It prints figures and judges none.

What `limits` does here: a fixed window in memory, and per alert one `hit` on the alert's key
(originator, target, code) with the policy's limit per window. That is less than the throttle
does: it has no level of the device, no samples, no counts to report, no summaries and no bound on
its memory. It reads `time.time` itself, so the whole trace falls into one of its windows, while
the throttle is told the hour that the trace takes, with all that comes due in it. Its keys are
strings, and are made before the clock runs. The throttle's tables hold all parties of the trace,
as they do in the DSP twin.

    python tests/bench/throttle_beside_limits.py [--json] [--rounds N] [--profile]
"""

import argparse
import cProfile
import gc
import itertools
import json
import platform
import pstats
import random
import statistics
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import NamedTuple

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from commshub.policy import Policy
from commshub.throttle import SUPPRESS, Throttle

FLOOR, AIM = 2, 4  # times as fast as `limits`
HOUR_MS = 3_600_000
SEED = 62
ALERTS = 20_000
STORM_SHARE = 0.916  # of which a few pass before the overload, and a sample in each period
STORMING, QUIET = 10, 2_000  # originators
TARGETS = [bytes.fromhex(f"90B3D51F3000{n:04X}") for n in range(4)]
CODES = [0x8F3E, 0x81A0, 0x8F20]


class Alert(NamedTuple):
    """What the throttle is told of one alert; in this order its arguments."""

    t_ms: int
    originator: bytes
    target: bytes
    code: int


class Figures(NamedTuple):
    """What one trace came to."""

    trace: str
    alerts: int
    suppressed_percent: float
    refused_by_limits_percent: float
    throttle_alerts_per_s: int
    limits_alerts_per_s: int
    ratio: float


def storm_trace() -> list[Alert]:
    """An hour in which a few meters repeat themselves and the others say what they always do."""
    rng = random.Random(SEED)
    storming = [_alert_of(n, 0) for n in range(STORMING)]
    quiet = _quiet_alerts()
    return _over_an_hour(
        rng.choice(storming) if rng.random() < STORM_SHARE else next(quiet) for _ in range(ALERTS)
    )


def quiet_trace() -> list[Alert]:
    """An hour in which every meter says a little, and none more than another."""
    quiet = _quiet_alerts()
    return _over_an_hour(next(quiet) for _ in range(ALERTS))


def _quiet_alerts():
    for turn in itertools.count():
        for n in range(STORMING, STORMING + QUIET):
            yield _alert_of(n, turn)


def _alert_of(n, turn):
    originator = (0x00DB123456780000 + n).to_bytes(8, "big")
    return Alert(0, originator, TARGETS[n % 4], CODES[(n + turn) % 3])


def _over_an_hour(alerts: Iterable[Alert]) -> list[Alert]:
    return [alert._replace(t_ms=n * HOUR_MS // ALERTS) for n, alert in enumerate(alerts)]


def fresh_throttle(trace: list[Alert]) -> Throttle:
    """A throttle under the default policy, with a place for every party of the trace."""
    devices = len({alert.originator for alert in trace})
    keys = len({alert[1:] for alert in trace})
    return Throttle(Policy(), lambda *_: None, devices, keys)


def run_throttle(trace: list[Alert]) -> tuple[float, int]:
    """Seconds for all alerts of the trace, and how many were suppressed."""
    on_alert = fresh_throttle(trace).on_alert
    return _timed(lambda: [on_alert(*alert) for alert in trace].count(SUPPRESS))


def run_limits(trace: list[Alert]) -> tuple[float, int]:
    """Seconds for all alerts of the trace, and how many were over their limit."""
    policy = Policy()
    limit = RateLimitItemPerSecond(policy.code_limit, policy.code_window_ms // 1000)
    keys = [(alert[1].hex(), alert[2].hex(), f"{alert[3]:04X}") for alert in trace]
    storage = MemoryStorage()
    hit = FixedWindowRateLimiter(storage).hit
    seconds, refused = _timed(lambda: [hit(limit, *key) for key in keys].count(False))
    storage.timer.join()  # its thread that expires entries; the next round is spared of it
    return seconds, refused


def _timed(run: Callable[[], int]) -> tuple[float, int]:
    gc.collect()
    start = time.perf_counter()
    count = run()
    return time.perf_counter() - start, count


def measure(name: str, trace: list[Alert], rounds: int) -> Figures:
    """Rounds of both in turn, and the medians of both."""
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(run_throttle(trace))
        theirs.append(run_limits(trace))
    throttle_s = statistics.median(seconds for seconds, _ in ours)
    limits_s = statistics.median(seconds for seconds, _ in theirs)
    return Figures(
        trace=name,
        alerts=len(trace),
        suppressed_percent=round(100 * ours[0][1] / len(trace), 1),
        refused_by_limits_percent=round(100 * theirs[0][1] / len(trace), 1),
        throttle_alerts_per_s=round(len(trace) / throttle_s),
        limits_alerts_per_s=round(len(trace) / limits_s),
        ratio=round(limits_s / throttle_s, 2),
    )


def profile(trace: list[Alert]) -> None:
    """Print where the throttle's time goes; the profiler's own share makes calls look dear."""
    throttle = fresh_throttle(trace)
    profiler = cProfile.Profile()
    profiler.enable()
    for alert in trace:
        throttle.on_alert(*alert)
    profiler.disable()
    pstats.Stats(profiler).strip_dirs().sort_stats("tottime").print_stats(16)


def tell(all_figures: list[Figures]) -> None:
    """Print a line for each trace."""
    print(
        f"{'trace':8}{'alerts':>8}{'suppressed':>12}{'throttle/s':>12}{'limits/s':>12}{'ratio':>8}"
    )
    for figures in all_figures:
        print(
            f"{figures.trace:8}{figures.alerts:8,}{figures.suppressed_percent:11.1f}%"
            f"{figures.throttle_alerts_per_s:12,}{figures.limits_alerts_per_s:12,}"
            f"{figures.ratio:7.2f}x"
        )
    print(f"alerts a second, median of rounds; floor {FLOOR}x, aim {AIM}x")
    print(" ".join(f"{name} {which}" for name, which in _versions().items()))


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), "limits": version("limits")}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="figures for machines")
    parser.add_argument("--rounds", type=int, default=9, help="of each, in turn (default 9)")
    parser.add_argument("--profile", action="store_true", help="where a storm alert's time goes")
    options = parser.parse_args()
    traces = {"storm": storm_trace(), "quiet": quiet_trace()}
    if options.profile:
        return profile(traces["storm"])
    all_figures = [measure(name, trace, options.rounds) for name, trace in traces.items()]
    if options.json:
        told = [figures._asdict() for figures in all_figures]
        print(json.dumps({**_versions(), "rounds": options.rounds, "traces": told}, indent=2))
    else:
        tell(all_figures)


if __name__ == "__main__":
    main()
