"""Why the throttle judges an alert as it does: the rule, the numbers, a sentence."""
