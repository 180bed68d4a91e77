"""Opens a hub by its name, as `--hub` gives it. No hub silently stands in for another."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from stormbench.capture.recording import Recording
from stormbench.errors import ForeignHub, InvalidInput, LinkLost, NoHub
from stormbench.faults.faulty_port import FaultyPort
from stormbench.faults.inject import inject_faults
from stormbench.faults.plan import FaultPlan
from stormbench.faults.url import SCHEME, read_url
from stormbench.hub.emulated import (
    open_emulated,
    open_emulated_repl,
    open_emulated_stock,
    open_emulated_uart,
)
from stormbench.hub.sim import SimPort
from stormbench.hub.stock import STOCK
from stormbench.hub.unix import UnixPort
from stormbench.image.identity import firmware_sha256
from stormbench.link.client import HubClient
from stormbench.link.port import Port
from stormbench.link.serial_port import SerialPort
from stormbench.link.witness import Witness
from stormbench.tree import firmware_sources

DEFAULT_HUB = "emulated"
VIRTUAL_HUBS = ("sim", "unix", "emulated", "emulated:repl", "emulated:uart", STOCK)


class Faults(NamedTuple):
    """Faults of a link, and the seed that they are drawn from."""

    plan: FaultPlan
    seed: int

    def on(self, port: Port, hub_id: int = 1) -> FaultyPort:
        """A port with them in it; otherwise at each hub.

        Raises:
            InvalidInput: resets are planned, and the hub's power is not ours to cut.
        """
        return inject_faults(port, self.plan, f"{self.seed}:{hub_id}")


_VIRTUAL: dict[str, Callable[[Path | None, int], Port]] = {
    "sim": lambda uf2, hub_id: SimPort(),
    "unix": lambda uf2, hub_id: UnixPort(),
    "emulated": open_emulated,
    "emulated:repl": open_emulated_repl,
    "emulated:uart": open_emulated_uart,
    STOCK: open_emulated_stock,
}


def default_hub() -> str:
    """The hub that is meant where none is named: STORMBENCH_HUB, else the emulated one."""
    return os.environ.get("STORMBENCH_HUB") or DEFAULT_HUB


def open_hub(
    name: str,
    uf2: Path | None = None,
    hub_id: int = 1,
    faults: Faults | None = None,
    recording: Recording | None = None,
) -> HubClient:
    """A client that has met the hub of that name.

    Args:
        name: one of `VIRTUAL_HUBS`, `auto`, `id:SERIAL`, a port's name or a URL of pyserial; a
            real port's with `?baud=N` behind it, where that matters.
        uf2: the image for an emulated one; None: the one in the cache.
        hub_id: which of several virtual hubs; an emulated board has its unique id from it.
        faults: what happens to the link on the way; a name such as `faults://drop=0.02&seed=7@sim`
            says it too.
        recording: gets all that is said, both ways, with the faults as they are for the host. The
            hub is then asked for its policy and its counters first, which belong into it.

    Raises:
        InvalidInput: `uf2` is no image, or the hub boots none.
        NoHub: nothing to open. HubTimeout: nobody answers. ForeignHub: another protocol.
    """
    port = open_port(name, uf2, hub_id)
    if faults is not None:
        port = faults.on(port, hub_id)
    try:
        if recording is None:
            return _met(port)
        return _recorded(port, recording.witness(port, name, hub_id))
    except BaseException:
        port.close()
        raise


def _met(port: Port, witness: Witness | None = None) -> HubClient:
    """Meet a hub; a fault of ours in the first words is gone through as one in later words is."""
    while True:
        try:
            return HubClient(port, witness=witness)
        except LinkLost:
            if not (isinstance(port, FaultyPort) and port.is_taken):
                raise
            port.reopen()


def _recorded(port: Port, witness: Witness) -> HubClient:
    try:
        client = _met(port, witness)
        client.policy()
        client.counters()
    except BaseException:
        witness.on_closed()
        raise
    return client


def open_port(name: str, uf2: Path | None = None, hub_id: int = 1) -> Port:
    """The port of the hub of that name, which was not met: see `open_hub`."""
    require_image_is_booted(uf2, name)
    if name.startswith(SCHEME):
        plan, seed, inner = read_url(name)
        return inject_faults(open_port(inner, uf2, hub_id), plan, f"{seed}:{hub_id}")
    if name in _VIRTUAL:
        return _VIRTUAL[name](uf2, hub_id)
    try:
        return SerialPort.open(name)
    except NoHub as error:
        raise NoHub(f"{error}; without a board: {', '.join(VIRTUAL_HUBS)}") from error


@contextmanager
def opened_hub(
    name: str,
    uf2: Path | None = None,
    recording: Recording | None = None,
    faults: Faults | None = None,
) -> Iterator[HubClient]:
    """`open_hub`, and let go of it at the end."""
    client = open_hub(name, uf2, faults=faults, recording=recording)
    try:
        yield client
    finally:
        client.close()


@contextmanager
def with_faults(client: HubClient, faults: Faults | None) -> Iterator[None]:
    """These faults in the link to a hub that is open already, up to the end; None: none.

    A power cut that still waits for the hub's next save is made at the end, for none is to strike
    later.

    Raises:
        InvalidInput: these faults cannot be had on that hub.
    """
    if faults is None:
        yield
        return
    port = faults.on(client.port)
    with client.over(port):
        yield
    if port.is_cut_to_come:
        client.power_cut()


def hub_kind(name: str) -> str:
    """What a hub is, without how it is reached: `emulated` for `emulated:uart`."""
    hub = _behind_faults(name)
    return hub.partition(":")[0] if hub in VIRTUAL_HUBS and hub != STOCK else hub


def links_of(name: str) -> list[str]:
    """Names of the same hub over each of its links, itself first; of a real one only its own."""
    if name not in VIRTUAL_HUBS or ":" in name:
        return [name]
    links = (each for each in VIRTUAL_HUBS if each.startswith(f"{name}:") and each != STOCK)
    return [name, *links]


def _behind_faults(name: str) -> str:
    return _behind_faults(read_url(name).inner) if name.startswith(SCHEME) else name


def is_virtual(name: str) -> bool:
    """Whether it is one that begins and ends with a command, whatever faults are put before it."""
    return _behind_faults(name) in VIRTUAL_HUBS


def is_emulated(name: str) -> bool:
    """Whether it is an emulated Pico, which boots an image."""
    return hub_kind(name) in ("emulated", STOCK)


def require_image_is_booted(uf2: Path | None, *names: str) -> None:
    """Go on only where an image that was named means something: to one of these hubs at least.

    Raises:
        InvalidInput: none of them boots an image.
    """
    if uf2 is not None and not any(map(is_emulated, names)):
        raise InvalidInput(
            f"--uf2 {uf2}: hub {', '.join(names)} boots no image; an emulated one does "
            "(--hub emulated), and on a board `stormbench firmware flash` puts it"
        )


def require_virtual(name: str) -> None:
    """Go on only with a hub whose clock can be the scenario's.

    Raises:
        InvalidInput: it is a real one.
    """
    if not is_virtual(name):
        raise InvalidInput(
            f"--hub {name}: this runs on the scenario's clock, which only virtual hubs can have: "
            f"{', '.join(VIRTUAL_HUBS)}"
        )


def require_this_firmware(client: HubClient) -> None:
    """Go on only if the hub runs the firmware of this tree.

    Raises:
        ForeignHub: it runs another one.
    """
    ours = firmware_sha256(firmware_sources())
    if client.hello.source_sha256 != ours:
        raise ForeignHub(
            f"hub {client.name} runs firmware {client.hello.firmware_version} of sources "
            f"{client.hello.source_sha256[:12]}, this tree has {ours[:12]}: build it again with "
            "`stormbench firmware build`, and if the hub is a board `stormbench firmware flash`"
        )
