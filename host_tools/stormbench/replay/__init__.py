"""A trace through one hub: a verdict for each row, and the events in order."""
