"""Whether a board is a hub: its clock, flash, heap and arithmetic, by code that runs there."""

PROBES = "stormbench.selftest.probes"
"""The files that are run on the board, by the package that has them."""
