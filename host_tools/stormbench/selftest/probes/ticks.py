"""Lets time pass by the board's own ticks, and says when it begins and ends."""

import time


def measure(duration_ms):
    """So many ms of `ticks_us`, between a line `begin` and a line `end`; how long that was, us."""
    print("begin")
    began = time.ticks_us()
    while time.ticks_diff(time.ticks_us(), began) < duration_ms * 1000:
        time.sleep_ms(1)
    took_us = time.ticks_diff(time.ticks_us(), began)
    print("end")
    return {"took_us": took_us}
