"""A storm into hubs in real time: each alert at its intended time, and every one accounted for.

Open loop: an alert is sent when it is due, whether or not those before it were answered, and its
latency counts from that time. Knows no files, no options and no terminal.
"""
