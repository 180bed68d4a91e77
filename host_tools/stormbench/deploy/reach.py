"""From a port to the raw REPL behind it, and from there to the hub that then boots.

What is sent first is what is sent to any hub: a HelloRequest. Where a hub answers, it is asked to
leave, with its key if it has one. MicroPython's REPL gives itself away by saying again what it
hears, and is entered.

Where neither answers there may be a Pico that is busy with a program of its owner's, or a device
that has nothing to do with us, which a Ctrl-C may stop. So such a port gets nothing more, unless
its USB ids say that MicroPython is behind it. The vendor's id alone would not do: Raspberry Pi's
debug probe has it too, and hands on what it gets to whatever is wired to it.
"""

from contextlib import suppress

from stormbench.errors import ForeignHub, HubTimeout, LinkLost
from stormbench.image.identity import Identity
from stormbench.link.client import HubClient
from stormbench.link.port import Port
from stormbench.link.raw_repl import RawRepl
from stormbench.link.stream import ReplAnswers

_GOES = 2


def reach_repl(port: Port, may_interrupt: bool = False) -> RawRepl:
    """Get the board's hub out of the way, if it runs one, and enter the raw REPL.

    Args:
        port: MicroPython's own port of the board.
        may_interrupt: MicroPython is known to be behind it, so a program that answers nothing may
            be stopped.

    Raises:
        NoAuthority, HubRefused: the hub has a key, and it is not known here.
        ForeignHub: the hub is of another protocol, and cannot be asked to leave.
        HubTimeout: no MicroPython answers, or nobody does who may be interrupted.
        LinkLost: the port is gone.
    """
    repl = RawRepl(port)
    try:
        HubClient(port).enter_repl()
    except ReplAnswers:
        pass
    except HubTimeout as error:
        if not may_interrupt:
            raise _left_alone(port) from error
        _enter_unanswered(repl, port)
        return repl
    except ForeignHub as error:
        raise ForeignHub(
            f"{error}. It cannot be asked to leave its board: connect GP22 to GND, which also "
            "takes its key, reset the board, and deploy again"
        ) from error
    repl.enter()
    return repl


def _left_alone(port: Port) -> HubTimeout:
    return HubTimeout(
        f"expected a hub or MicroPython's REPL on {port.name}, and neither answers. Nothing more "
        "was sent, because no USB ids say that it is a board: name the USB port of the board "
        "(`stormbench ports`); or stop its program with Ctrl-C in a terminal, and deploy again"
    )


def _enter_unanswered(repl: RawRepl, port: Port) -> None:
    try:
        repl.enter()
    except HubTimeout as error:
        raise HubTimeout(
            f"expected a board with MicroPython on {port.name}, and neither a hub nor a REPL "
            "answers. If it is a Pico without MicroPython, put that on it first (`stormbench "
            "firmware get`); if it has one, plug it in anew"
        ) from error


def boot_hub(repl: RawRepl, port: Port, identity: Identity) -> HubClient:
    """Let the board boot, and meet the hub that was put there.

    Raises:
        ForeignHub: it is another one. HubTimeout: none answers.
    """
    repl.reset_board()
    client = _met(repl, port)
    if client.hello.source_sha256 != identity.source_sha256:
        raise ForeignHub(
            f"expected a hub of the sources {identity.source_sha256[:12]} on {port.name}, got "
            f"{client.hello.source_sha256[:12]}"
        )
    return client


def _met(repl: RawRepl, port: Port) -> HubClient:
    """The board goes when it is reset, and once more when its hub adds a port of its own.

    In between it imports the firmware, which takes 1.4 s (emulated Pico).
    """
    for _ in range(_GOES):
        with suppress(LinkLost, HubTimeout):
            repl.await_port()
            return HubClient(port)
    repl.await_port()
    return HubClient(port)
