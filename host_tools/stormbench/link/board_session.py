"""A board that its hub has left: probes run there, each on an empty heap; then it boots again."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from typing import Any

from stormbench.errors import HostToolError, InvalidInput
from stormbench.link.board_ports import repl_beside
from stormbench.link.client import HubClient
from stormbench.link.port import FineClock, Port, ReplBeside
from stormbench.link.raw_repl import RawRepl
from stormbench.link.serial_port import SerialPort

_NO_REPL = ("in_process", "stdio")
"""Transports of hubs that are no board."""

_BARE = "import gc\ngc.collect()\nprint(gc.mem_alloc())"
_FROZEN_FIRST = 'import sys\nsys.path.insert(0, ".frozen")\n'
"""As main.py has it: what is measured is what runs, whatever files a deploy has left."""
_TIMEOUT_MS = 600_000


class BoardSession:
    """A board at its raw REPL.

    Args:
        port: where the REPL is.
        probes: the package whose files are the probes.
    """

    def __init__(self, port: Port, probes: str) -> None:
        self.port = port
        self.repl = RawRepl(port)
        self._probes = probes

    def interpreter_bytes(self) -> int:
        """Of the heap, what MicroPython takes itself before anything is imported."""
        self.repl.soft_reset()
        return int(self.repl.run(_BARE, _TIMEOUT_MS))

    def call(self, probe: str, *arguments: Any) -> dict[str, Any]:
        """Run `measure` of a probe on an empty heap; what it returns.

        Raises:
            CodeFailed, HubTimeout: see `RawRepl`.
        """
        self.repl.soft_reset()
        return result(self.repl.run(probe_code(self._probes, probe, *arguments), _TIMEOUT_MS))

    def timed(self, probe: str, *arguments: Any) -> tuple[dict[str, Any], int]:
        """As `call`, of a probe that prints a line `begin` and a line `end`.

        Returns: what it returned, and the time between the two by the port's clock, us.
        """
        self.start(probe, *arguments)
        self.repl.await_text("begin\r\n", _TIMEOUT_MS)
        began_us = self._now_us()
        self.repl.await_text("end\r\n", _TIMEOUT_MS)
        took_us = self._now_us() - began_us
        return self.ended(), took_us

    def _now_us(self) -> int:
        port = self.port
        return port.now_us if isinstance(port, FineClock) else port.now_ms() * 1_000

    def start(self, probe: str, *arguments: Any) -> None:
        """Let it begin: it speaks with the host before it ends. See `ended`."""
        self.repl.soft_reset()
        self.repl.start(probe_code(self._probes, probe, *arguments))

    def ended(self) -> dict[str, Any]:
        """What a probe that was started has returned."""
        return result(self.repl.ended(_TIMEOUT_MS))


def probe_code(probes: str, probe: str, *arguments: Any) -> str:
    """The code that is sent: a file of the package `probes`, and a line that prints what its
    `measure` returns."""
    source = resources.files(probes).joinpath(f"{probe}.py")
    text = source.read_text(encoding="utf-8")
    given = ", ".join(map(repr, arguments))
    return f"{_FROZEN_FIRST}{text}\nimport json\nprint()\nprint(json.dumps(measure({given})))\n"


def result(printed: str) -> dict[str, Any]:
    """What a probe returned: the last line of what it printed.

    Raises:
        HostToolError: that is no JSON object.
    """
    lines = printed.strip().splitlines()
    try:
        found = json.loads(lines[-1] if lines else "")
    except ValueError as error:
        raise HostToolError(f"a probe printed no result, but {printed[-200:]!r}") from error
    if not isinstance(found, dict):
        raise HostToolError(f"a probe returned no object, but {printed[-200:]!r}")
    return found


def why_no_probe(client: HubClient, repl_port: str | None) -> str | None:
    """Why nothing can be measured on this hub's board itself; None: it can."""
    transport = client.hello.transport
    if transport in _NO_REPL:
        return f"the hub is no board, but a process (transport {transport})"
    if transport == "usb_repl" and repl_port is not None:
        return (
            f"the hub's link is the port of its board's REPL, and --repl-port names {repl_port}: "
            "leave that away"
        )
    is_found = isinstance(client.port, ReplBeside) or _repl_name(client, repl_port) is not None
    if transport != "usb_repl" and not is_found:
        return (
            f"the hub's link is {transport}, and its REPL is on another port: name that with "
            "--repl-port"
        )
    return None


@contextmanager
def probed(client: HubClient, probes: str, repl_port: str | None = None) -> Iterator[BoardSession]:
    """Let the hub leave its board, which boots again at the end: the client must meet it anew.

    Args:
        probes: see `BoardSession`.
        repl_port: name of the port where the board's REPL is; None: it is known.

    Raises:
        InvalidInput: the board has no REPL that can be reached.
        NoAuthority, HubRefused: the hub has a key, and it is not known here.
    """
    reason = why_no_probe(client, repl_port)
    if reason is not None:
        raise InvalidInput(reason)
    repl_port = _repl_name(client, repl_port)
    port = _repl_port(client, repl_port)
    try:
        client.enter_repl()
        session = BoardSession(port, probes)
        session.repl.enter()
        try:
            yield session
        finally:
            session.repl.reset_board()
    finally:
        if repl_port is not None:
            port.close()


def _repl_name(client: HubClient, given: str | None) -> str | None:
    """The name that was given, or of the other port of a board whose own the link is."""
    if given is None and client.hello.transport == "usb_endpoint":
        return repl_beside(client.name)
    return given


def _repl_port(client: HubClient, name: str | None) -> Port:
    if name is not None:
        return SerialPort.open(name)
    return client.port.repl_port() if isinstance(client.port, ReplBeside) else client.port
