"""A buffer of which the front can be handed to C, without a new object each time.

`submit_xfer` sends all of an object, and a slice of a memoryview would be a new one. So one
memoryview is kept, and its length is written to where MicroPython keeps it (mp_obj_array_t in
py/objarray.h: the third word). That it is there is looked at first; else slices have to do.
"""

from commshub.compat import const

_LENGTH_AT = const(8)


class Front:
    """A buffer.

    Args:
        size: bytes.
        memory: machine.mem32; None where objects are no such structures.

    `view` is of all of it, and its length at the address `length_at`; 0 where that is not known.
    """

    def __init__(self, size, memory):
        self.buffer = bytearray(size)
        self.view = memoryview(self.buffer)
        self.length_at = id(self.view) + _LENGTH_AT
        if memory is None or memory[self.length_at] != size:
            self.length_at = 0

    def of(self, length: int):
        """The first `length` bytes, where their number cannot be written to the view."""
        return self.view[:length]
