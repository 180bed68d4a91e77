"""What is plugged into this computer: boards by their ports, boards by their BOOTSEL drives.

Looks, and opens nothing but the port that it is told to ask.
"""
