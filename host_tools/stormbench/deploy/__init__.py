"""The firmware onto a board that has stock MicroPython: no image is built, none is flashed.

What is put there (`firmware.py`, `plan.py`), how it gets there (`board_files.py`), and in which
order, so that a board never starts half a firmware (`run.py`). It reaches a board through the
port that it is given, and knows no command line and no emulator.
"""
