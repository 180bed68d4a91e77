"""Runs jobs on all processors, and hands over each result as it comes."""

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from typing import Any

from stormbench.study.job import Job, run_job

_AHEAD = 2
"""Jobs for each processor that are handed out at once: so few, that Ctrl-C waits for no more."""


def run_jobs(jobs: Sequence[Job], workers: int | None = None) -> Iterator[dict[str, Any]]:
    """The result of each, in the order in which they end.

    Args:
        workers: processes; None: one for each processor.

    Raises: what a job raises; the others are given up.
    """
    workers = workers or os.cpu_count() or 1
    # "spawn" everywhere: a fork would take the parent's threads and its terminal along.
    executor = ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), initializer=_leave_ctrl_c_to_the_parent
    )
    waiting = list(reversed(jobs))
    running: set[Future[dict[str, Any]]] = set()
    try:
        while waiting or running:
            while waiting and len(running) < _AHEAD * workers:
                running.add(executor.submit(run_job, waiting.pop()))
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _leave_ctrl_c_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
