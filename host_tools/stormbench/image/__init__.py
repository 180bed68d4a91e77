"""The firmware image: what goes into a UF2, how it is built, found, fetched and read.

An image lives in a cache outside the tree and is keyed by everything that went into it. Nothing
here talks to a hub, parses a command line or prints.
"""

from stormbench.image.build import Built, build, stage
from stormbench.image.find import find_image
from stormbench.image.get import OFFICIAL_URL, Fetched, get
from stormbench.image.identity import firmware_sha256
from stormbench.image.image_info import ImageInfo, inspect
from stormbench.image.recipe import DEFAULT_BOARD

__all__ = [
    "DEFAULT_BOARD",
    "OFFICIAL_URL",
    "Built",
    "Fetched",
    "ImageInfo",
    "build",
    "find_image",
    "firmware_sha256",
    "get",
    "inspect",
    "stage",
]
