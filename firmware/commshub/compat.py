"""What CPython lacks of MicroPython, so that one source runs on both.

On MicroPython `const`, the `@micropython.viper` decorator and `ptr8` are the compiler's own; here
are plain stand-ins with the same meaning, for CPython only.
"""

try:
    import micropython
    from micropython import const
except ImportError:

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


def ptr8(buffer):
    """The bytes of a buffer, to be indexed."""
    return buffer


def ptr32(words):
    """The words of an array("i"), to be indexed."""
    return words
