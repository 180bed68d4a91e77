"""What reading alone takes: blocks of bytes from the standard input, in C, and nothing else."""

import sys
import time

import micropython


def measure(block_bytes, blocks):
    """Microseconds for so many blocks, behind the first, while the host keeps the port full."""
    block = bytearray(block_bytes)
    readinto = sys.stdin.buffer.readinto
    micropython.kbd_intr(-1)
    print("ready")
    readinto(block)
    before = time.ticks_us()
    for _ in range(blocks):
        readinto(block)
    took = time.ticks_diff(time.ticks_us(), before)
    micropython.kbd_intr(3)
    print()
    return {"took_us": took, "blocks": blocks}
