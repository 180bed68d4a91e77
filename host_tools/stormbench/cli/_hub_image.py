"""Sees to it that an emulated hub has an image to boot, before many of them want it at once."""

from pathlib import Path

import click

from stormbench.cli.firmware._progress import StepProgress
from stormbench.errors import InvalidInput
from stormbench.hub.open import hub_kind
from stormbench.hub.stock import STOCK, deployed_image
from stormbench.image import find_image, inspect

_EMULATED = "emulated"


def hub_with_image(hub_name: str, uf2: Path | None) -> str:
    """The name of the hub to open: another one only where `emulated` has no image, and says so.

    Raises:
        NoHub: there is no image, and no way to one.
        InvalidInput: the one that was named has no hub in it.
    """
    if hub_kind(hub_name) == _EMULATED and uf2 is not None:
        _require_hub_in(uf2)
    stands_in = hub_name == _EMULATED and uf2 is None and find_image() is None
    if stands_in:
        hub_name = STOCK
    if hub_kind(hub_name) == STOCK:
        with StepProgress() as on_step:
            deployed_image(uf2, on_step)
    if stands_in:
        click.echo(
            f"stormbench: no image of the hub is in the cache, so the hub is {STOCK}: "
            "MicroPython's stock image with the same firmware in its files",
            err=True,
        )
    return hub_name


def _require_hub_in(uf2: Path) -> None:
    if inspect(uf2).source_sha256 is None:
        raise InvalidInput(
            f"expected an image with a hub in it at {uf2}, got one without; `--hub {STOCK} --uf2 "
            f"{uf2}` puts the firmware into the files of a stock image"
        )
