"""The serial link, from the host's end: ports of any kind, and the client that speaks frames."""
