"""An image on a board: may it be written, the way to BOOTSEL, the writing, and what runs then.

One step is one file, and `flash.py` is all of them in order. Speaks to a hub only to send it to
BOOTSEL and to see who came back; prints nothing.
"""
