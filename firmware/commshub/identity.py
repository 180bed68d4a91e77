"""Which firmware this is: its version, and the SHA-256 of the sources that run.

An image has both from a module that the build writes (`commshub_identity`); where the sources lie
beside this file, on CPython and the Unix port, they are read. The sum runs over main.py and this
package, by name: the name, 00, the length in decimal, 00, the bytes.
"""

import os
from hashlib import sha256

VERSION = (0, 1, 0)


def source_sha256() -> bytes:
    """32 bytes. Allocates: as much as the longest source file, where there are sources."""
    try:
        from commshub_identity import SOURCE_SHA256
    except ImportError:
        return _of_files()
    return bytes.fromhex(SOURCE_SHA256)


def _of_files():
    package = __file__.rsplit("/", 1)[0]
    names = sorted(name for name in os.listdir(package) if name.endswith(".py"))
    total = sha256()
    for name in names:
        _add(total, "commshub/" + name, package + "/" + name)
    _add(total, "main.py", package.rsplit("/", 1)[0] + "/main.py")
    return total.digest()


def _add(total, name, path):
    with open(path, "rb") as file:
        source = file.read()
    total.update(b"%s\x00%d\x00" % (name.encode(), len(source)))
    total.update(source)
