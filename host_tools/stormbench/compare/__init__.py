"""The same storm with the throttle in different places: run, account, judge."""
