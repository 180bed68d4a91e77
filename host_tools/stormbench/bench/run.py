"""All figures of one hub, link by link."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from stormbench.bench import board_figures
from stormbench.bench.board_figures import BOARD_KEYS, measure_board
from stormbench.bench.link_figures import Effort, measure_link
from stormbench.bench.path import measure_boot_ms
from stormbench.image import cache, find_image
from stormbench.image.image_info import inspect
from stormbench.image.recipe import DEFAULT_BOARD
from stormbench.link.board_session import why_no_probe
from stormbench.link.client import HubClient
from stormbench.link.port import PowerSwitch

NOT_IN_THE_EMULATOR = {
    "path_us": "USB frames of 1 ms and a busy host: a board's is longer by up to some ms",
    "boot_ms": "typical times of the flash stand in for a board's, which vary",
    "forwarded_alerts_per_s": "no cache misses of the flash: a board is within 1.5x",
    "sampled_alerts_per_s": "and a save erases flash: 45 ms there, up to 400 on a board",
    "suppressed_alerts_per_s": "no cache misses of the flash: a board is within 1.5x",
    "decision_us": "no cache misses of the flash; and no save, which erases it",
}
"""What of the figures depends on times that the emulator lacks (emulator/: flash, USB frames)."""

_BOOTS = 3
_NO_SWITCH = "the power of a real board cannot be cut from here"
_NO_IMAGE = "no image of this firmware is in the cache"

OpenHub = Callable[[str], AbstractContextManager[HubClient]]


def steps(effort: Effort, links: int) -> int:
    """How many figures `measure` says are done, at the most."""
    return links * (effort.link_steps() + board_figures.STEPS + 1)


def measure(
    open_hub: OpenHub,
    links: Sequence[str],
    effort: Effort,
    on_step: Callable[[], None],
    repl_port: str | None = None,
) -> dict[str, Any]:
    """Everything that is measured of a hub.

    Args:
        open_hub: gives a client of the hub of that name, and lets go of it.
        links: names of hubs that differ in their link alone; the first one's figures are on top.
        repl_port: see `measure_board`.

    Returns: what `stormbench bench --json` prints: figures of the first link, `by_size`, and
        `by_transport` with the same for each. A figure that there is not is None, and `reasons`
        says why.
    """
    by_transport: dict[str, Any] = {}
    for name in links:
        with open_hub(name) as client:
            if client.hello.transport in by_transport:
                continue
            found = _of_link(client, effort, on_step, repl_port)
        by_transport[found["transport"]] = {"hub": name, **found}
    first = next(iter(by_transport.values()))
    return {**first, "by_transport": by_transport}


def _of_link(
    client: HubClient, effort: Effort, on_step: Callable[[], None], repl_port: str | None
) -> dict[str, Any]:
    reasons: dict[str, str] = {}
    found = measure_link(client, effort, on_step)
    found["boot_ms"] = None
    if isinstance(client.port, PowerSwitch):
        found["boot_ms"] = measure_boot_ms(client, _BOOTS)
    else:
        reasons["boot_ms"] = _NO_SWITCH
    on_step()
    reason = why_no_probe(client, repl_port)
    if reason is None:
        found |= measure_board(client, effort, found, repl_port, on_step)
        found["image_bytes"] = _image_bytes(client.hello.source_sha256)
        if found["image_bytes"] is None:
            reasons["image_bytes"] = _NO_IMAGE
    else:
        keys = (*BOARD_KEYS, "image_bytes")
        found |= dict.fromkeys(keys)
        reasons |= dict.fromkeys(keys, reason)
    found["reasons"] = {**found.get("reasons", {}), **reasons}
    return found


def _image_bytes(source_sha256: str) -> int | None:
    """Of the image with this firmware in it, what it takes of the flash."""
    exact = find_image()
    images: list[Path] = [exact] if exact else []
    for path in (*images, *cache.stored_images(DEFAULT_BOARD)):
        said = inspect(path)
        if said.source_sha256 == source_sha256:
            return said.image_bytes
    return None
