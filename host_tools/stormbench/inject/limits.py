"""What an injection may be at most, and when it was late; each limit with its reason."""

LATE_MS = 50
"""An alert that went out so much after its time was late. Half the 100 ms between the alerts of a
burst (scenario/trace.py): one that is later takes part in another shape than the scenario's. Three
ticks of a timer of Windows (15.6 ms) and twelve of Linux (4 ms) fit into it."""

MOST_LATE = 0.01
"""Share of alerts that may be late in a run that is certified: beyond it the p99 is late."""

DEFAULT_MAX_PER_S = 1_500
"""Alerts in any second to one hub. A little below what one carries of signed ones, 124 bytes long,
where it forwards them all: 1,653 on a USB port of its own (host_tools/README.md, "By length",
measured on the emulated Pico). A wrong number in a scenario asks for more."""

LARGEST_MAX_PER_S = 4_000
"""What `--max-per-s` can allow. Above what a hub carries of them where it suppresses them all:
2,768 (the same place). More would measure the queue at the host, as `bench --overload` does."""

MOST_ALERTS = 100_000
"""Over all hubs of one run. Each takes some 1.5 kB of memory with what is noted of it."""
