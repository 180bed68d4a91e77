"""Passes of several hubs, side by side where each needs a processor of its own."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import cast

from stormbench.capture.recording import Recording
from stormbench.compare.hub_pass import HubPass, HubTask, run_hub
from stormbench.errors import LinkLost

_SLOW_HUBS = ("emulated", "emulated:repl", "emulated:uart", "emulated:stock")
_STEP = None
"""What a child sends for each alert; and bytes for what is recorded, which the parent writes. At
its end it sends its pass, or what it failed of."""


def run_hubs(
    tasks: Sequence[HubTask],
    on_alert: Callable[[], None],
    recording: Recording | None = None,
) -> list[HubPass]:
    """A pass for each task, in the tasks' order.

    Raises: what `run_hub` raises; of several, what came first.
    """
    if len(tasks) < 2 or not any(task.hub_name in _SLOW_HUBS for task in tasks):
        return [run_hub(task, on_alert, recording) for task in tasks]
    passes: dict[int, HubPass] = {}
    with _children() as running:
        waiting = list(enumerate(tasks))
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                number, task = waiting.pop(0)
                pipe, process = _start(task, recording is not None)
                running[pipe] = (number, process)
            for ready in wait(list(running)):
                pipe = cast(Connection, ready)
                ended = _receive(pipe, on_alert, recording)
                if ended is not None:
                    number, process = running.pop(pipe)
                    process.join()
                    passes[number] = ended
    return [passes[number] for number in range(len(tasks))]


_Running = dict[Connection, tuple[int, BaseProcess]]


@contextmanager
def _children() -> Iterator[_Running]:
    """The processes that run; none is left behind, whatever happens."""
    running: _Running = {}
    try:
        yield running
    finally:
        for _, process in running.values():
            process.terminate()
            process.join()


def _start(task: HubTask, is_recorded: bool) -> tuple[Connection, BaseProcess]:
    # "spawn" everywhere: a fork would take the parent's threads and its terminal along.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run_in_child, args=(task, theirs, is_recorded), daemon=True)
    process.start()
    theirs.close()
    return ours, process


def _receive(
    pipe: Connection, on_alert: Callable[[], None], recording: Recording | None
) -> HubPass | None:
    """Take one message of a child; the pass if it is its last.

    Raises: what the child failed of. LinkLost: it died without a word.
    """
    try:
        message = pipe.recv()
    except EOFError as error:
        raise LinkLost("the process of an emulated hub died; is there enough memory?") from error
    if message is _STEP:
        on_alert()
        return None
    if isinstance(message, bytes):
        assert recording is not None
        recording.write(message)
        return None
    if isinstance(message, BaseException):
        raise message
    assert isinstance(message, HubPass)
    return message


def _run_in_child(task: HubTask, pipe: Connection, is_recorded: bool) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, which ends its children
    try:
        recording = Recording(pipe.send) if is_recorded else None
        pipe.send(run_hub(task, lambda: pipe.send(_STEP), recording))
    except Exception as error:  # whatever it is, it is the parent's to tell
        pipe.send(error)
