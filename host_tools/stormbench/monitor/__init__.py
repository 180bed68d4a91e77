"""What goes on between a host and a hub, watched: a model that records feed, and its drawing.

The model is told records as a capture has them, whoever makes them; it opens nothing. Sources and
the loop around it are the only files that wait, and `screen.py` and below it that know a terminal.
"""
