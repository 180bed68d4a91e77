"""Code that runs on the board itself, by its REPL: each file has a function `measure`.

These files are sent as they are. They import the firmware that is on the board, and nothing of
the host's. Under MicroPython's Unix port they run too, so each asks what there is.
"""
