"""The firmware of the hub: one source for CPython, MicroPython's Unix port and the Pico."""
