"""The whole firmware where nothing can be imported that MicroPython's image for the Pico lacks.

Prints the modules of others that were imported, and what main.py has said when its input ended.
"""

import builtins
import sys

# Built into the RPI_PICO image of MicroPython 1.25 (ports/rp2, help("modules")), as far as the
# firmware wants any of it. `machine` is not among them: the Unix port has another one.
THERE = "array binascii errno gc hashlib io micropython os select struct sys time"

imported = set()
import_anything = builtins.__import__


def import_what_is_there(name, *rest):
    """As `__import__`, on a board on which nothing has been installed."""
    top = name.split(".")[0]
    if top not in ("commshub", "main"):
        if top not in THERE.split():
            raise ImportError(name)
        imported.add(top)
    return import_anything(name, *rest)


builtins.__import__ = import_what_is_there
import commshub.crash  # noqa: E402
import commshub.resume  # noqa: E402
import commshub.uart_link  # noqa: E402, F401
import main  # noqa: E402, F401

builtins.__import__ = import_anything
print()
print(sorted(imported))
sys.exit(0)
