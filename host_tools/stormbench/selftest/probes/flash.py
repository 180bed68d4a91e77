"""Writes, reads and erases a file as the hub keeps its saves; leaves no file behind."""

import os
import time

from commshub import board
from commshub.store import NOTHING, SOUND, Store

FILE = "commshub.selftest"


def measure(octets, rounds):
    """Times of so many rounds, in us, and whether each read what was written, and then nothing.

    Returns: lists `write_us`, `read_us`, `erase_us`; `sound` and `gone`, in how many rounds it was
        so; `files`, names and sizes of what else there is, before and after.
    """
    file = board.file(FILE)
    file.erase()  # where a power cut has left it
    files = [listed()]
    store = Store(file)
    times = [], [], []  # type: tuple
    sound = gone = 0
    try:
        for each in range(rounds):
            wanted = bytes([each]) + octets
            times[0].append(timed(store.save, lambda write, wanted=wanted: write(wanted)))
            began = time.ticks_us()
            state, found = store.load()
            times[1].append(time.ticks_diff(time.ticks_us(), began))
            sound += state == SOUND and bytes(found) == wanted
            times[2].append(timed(file.erase))
            gone += store.load()[0] == NOTHING
    finally:
        file.erase()
    files.append(listed())
    return {
        "write_us": times[0],
        "read_us": times[1],
        "erase_us": times[2],
        "sound": sound,
        "gone": gone,
        "files": files,
    }


def timed(work, *arguments):
    began = time.ticks_us()
    work(*arguments)
    return time.ticks_diff(time.ticks_us(), began)


def listed():
    return sorted([name, os.stat(name)[6]] for name in os.listdir())
