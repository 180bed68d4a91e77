"""Scenarios, the recipes of runs, and the traces of alerts that they come to."""
