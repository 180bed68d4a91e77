"""COBS: what comes is decoded where it lies, and delimiters are found. The way out is in `octets`.

Machine code on the board (viper); the same lines run on CPython. Nothing here looks beyond the
bounds it is given. Allocates: nothing. Context: any.
"""

from commshub.compat import micropython, ptr8


@micropython.viper
def find_zero(buffer, start: int, end: int) -> int:
    """The place of the first 00 in `buffer[start:end]`, or -1."""
    data = ptr8(buffer)
    place = start
    while place < end:
        if data[place] == 0:
            return place
        place += 1
    return -1


@micropython.viper
def find_other(buffer, start: int, end: int) -> int:
    """The place of the first byte in `buffer[start:end]` that is not 00, or `end`."""
    data = ptr8(buffer)
    place = start
    while place < end:
        if data[place] != 0:
            return place
        place += 1
    return end


@micropython.viper
def copy(source, source_at: int, target, target_at: int, length: int):
    """Copy `length` bytes; going up, so an overlap may only move bytes down."""
    read = ptr8(source)
    write = ptr8(target)
    done = 0
    while done < length:
        write[target_at + done] = read[source_at + done]
        done += 1


@micropython.viper
def decode(buffer, start: int, end: int) -> int:
    """Decode `buffer[start:end]` in place, from `start` on.

    Returns: where the decoded bytes end, or -1 if these are not COBS.
    """
    data = ptr8(buffer)
    read = start
    write = start
    while read < end:
        code = int(data[read])
        block_end = read + code
        if code == 0:
            return -1
        if block_end > end:
            return -1
        read += 1
        while read < block_end:
            data[write] = data[read]
            write += 1
            read += 1
        if code < 255:
            if read < end:
                data[write] = 0
                write += 1
    return write
