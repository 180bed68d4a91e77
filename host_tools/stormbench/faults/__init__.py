"""Faults put into any link, on purpose and repeatable: what is lost, damaged, late, cut off.

A test puts them in front of a port and goes on with that one:

    port = inject_faults(SimPort(), FaultPlan(drop=0.02, stalls=1, frames=500), seed=7)
    client = HubClient(port)
    ...
    assert port.counts.fired("drop") == 11

A scenario has a table `[faults]` with the same fields. Any program that opens its port with
pyserial takes a URL, `faults://drop=0.02&seed=7@/dev/ttyACM0`, after `url.register()`. It must not
know the hub: it sees bytes and delimiters.
"""
