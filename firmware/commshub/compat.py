"""What CPython lacks of MicroPython, so that one source runs on both.

On MicroPython `const`, the `@micropython.viper` decorator and `ptr8` are the compiler's own; here
are plain stand-ins with the same meaning, for CPython only.
"""

import io
import sys
from array import array

try:
    import micropython
    from micropython import const

    NEVER = 0x3FFFFFFF  # in ms since an epoch: the largest int that is no heap object
except ImportError:
    NEVER = (1 << 62) - 1

    class micropython:  # type: ignore[no-redef]  # noqa: N801 (it stands in for a module)
        """The two names of the module that the firmware uses."""

        @staticmethod
        def viper(function):
            """Machine code on the board; the function itself here."""
            return function

        native = viper

        @staticmethod
        def kbd_intr(character):
            """There is no keyboard interrupt to turn off."""

    def const(value):  # type: ignore[misc]
        """The value."""
        return value


def let_go(name: str) -> None:
    """Forget a module of this package that is not needed any more, where that frees memory.

    The next import runs it anew.
    """
    if NEVER == 0x3FFFFFFF:
        del sys.modules["commshub." + name]
        delattr(sys.modules["commshub"], name)


def traceback(fault: BaseException) -> str:
    """For people."""
    if not hasattr(sys, "print_exception"):
        return repr(fault)
    text = io.StringIO()
    sys.print_exception(fault, text)
    return text.getvalue()


def ptr8(buffer):
    """The bytes of a buffer, to be indexed."""
    return buffer


def ptr32(words):
    """The words of an array("i"), or of `make_words`, to be indexed."""
    return words


def make_words(count: int):
    """So many whole numbers, at first 0: of 32 bits on MicroPython, where machine code reads them.

    On CPython of any size, and quicker than an array.
    """
    return [0] * count if NEVER > 0x3FFFFFFF else array("i", bytes(4 * count))
