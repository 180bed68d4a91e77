"""Passes of several hubs, side by side where each needs a processor of its own."""

import multiprocessing
import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any

from stormbench.compare.hub_pass import HubPass, HubTask, run_hub

_SLOW_HUBS = ("emulated",)
_LOOK_S = 0.2
"""How often the parent looks whether a pass has ended, s."""


def run_hubs(tasks: Sequence[HubTask], on_alert: Callable[[], None]) -> list[HubPass]:
    """A pass for each task, in the tasks' order.

    Raises: what `run_hub` raises; of several, what the first task raised.
    """
    if len(tasks) < 2 or not any(task.hub_name in _SLOW_HUBS for task in tasks):
        return [run_hub(task, on_alert) for task in tasks]
    # "spawn" everywhere: a fork would take the parent's threads and its terminal along.
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(mp_context=context) as pool:
        steps = manager.Queue()
        futures = [pool.submit(_run_in_child, task, steps) for task in tasks]
        try:
            _follow(futures, steps, on_alert)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return [future.result() for future in futures]


def _run_in_child(task: HubTask, steps: Any) -> HubPass:
    return run_hub(task, lambda: steps.put(None))


def _follow(futures: Sequence[Future[HubPass]], steps: Any, on_alert: Callable[[], None]) -> None:
    """Pass the children's steps on until each has ended; stop at the first that failed."""
    while not all(future.done() for future in futures):
        _drain(steps, on_alert)
        for future in futures:
            if future.done():
                future.result()
    _drain(steps, on_alert)


def _drain(steps: Any, on_alert: Callable[[], None]) -> None:
    try:
        steps.get(timeout=_LOOK_S)
        on_alert()
        while True:
            steps.get_nowait()
            on_alert()
    except queue.Empty:
        return
