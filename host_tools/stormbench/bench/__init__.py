"""How much a hub carries: rates and times by what becomes of an alert, and by its length."""

PROBES = "stormbench.bench.probes"
"""The files that are run on a board, by the package that has them."""
