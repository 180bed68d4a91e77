"""The two commands after which the hub is no longer there, and what the app tells the shell of it.

The command is answered first; the shell then ends its loop, and `board.leave` does what was asked.
"""

STAYS = 0
FOR_RESET = 1
FOR_REPL = 2
