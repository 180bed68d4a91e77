"""What would happen if: run something in a copy of this process, and let the copy go.

An emulated board has no way to be copied, and to bring one into the same state again costs
seconds. A copy of the process has the same board at the same instant, so each of many power cuts
begins from exactly the same octets of flash. One copy runs at a time.
"""

import os
import pickle
import traceback
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def in_a_copy(work: Callable[[], Found]) -> Found:
    """What `work` returns; whatever it does to this process's objects is undone.

    Raises:
        AssertionError: it raised; with its traceback.
    """
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        _work_and_leave(work, theirs)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    assert answer, "the copy of the process ended without an answer"
    found, complaint = pickle.loads(answer)
    assert complaint is None, complaint
    return found


def _work_and_leave(work: Callable[[], object], pipe: int) -> None:
    """Answer, and end at once: nothing of pytest's may run twice."""
    try:
        answer = pickle.dumps((work(), None))
    except BaseException:
        answer = pickle.dumps((None, traceback.format_exc()))
    try:
        with os.fdopen(pipe, "wb") as file:
            file.write(answer)
    finally:
        os._exit(0)
