"""A buffer of which the front can be handed to C, without a new object each time.

`submit_xfer` sends all of an object, and a slice of a memoryview would be a new one. So one
memoryview is kept, and its length is written to where MicroPython keeps it (mp_obj_array_t in
py/objarray.h: the third word). That it is there is looked at first; else slices have to do.
"""

from commshub.compat import const, micropython

_LENGTH_AT = const(8)


class Front:
    """A buffer.

    Args:
        size: bytes.
        memory: machine.mem32; None where objects are no such structures.
    """

    def __init__(self, size, memory):
        self.buffer = bytearray(size)
        self._view = memoryview(self.buffer)
        self._memory = None
        self._length_at = id(self._view) + _LENGTH_AT
        if memory is not None and memory[self._length_at] == size:
            self._memory = memory

    @micropython.native
    def of(self, length: int):
        """The first `length` bytes, until the next call.

        Allocates: nothing, where the length could be found.
        """
        if self._memory is None:
            return self._view[:length]
        self._memory[self._length_at] = length
        return self._view
