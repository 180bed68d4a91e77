"""An emulated Pico for any serial tool: its ports as pseudo-terminals or sockets of this computer.

What runs on it is the image's own; nothing here knows of frames or alerts.
"""
