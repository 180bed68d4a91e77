"""`python -m stormbench` is the same as `stormbench`."""

from stormbench.cli import main

main()
