"""What comes after an image was written: the drive goes, a port comes, and somebody answers on it.

A board tells its serial number on a port and none as a drive, so the board that came is the one
whose port was not there before.
"""

from collections.abc import Collection

from stormbench.attached.asking import Answer, Who, ask_device
from stormbench.attached.drives import BootDrive
from stormbench.errors import ForeignHub, HubTimeout
from stormbench.flashing.clock import Clock, await_found
from stormbench.flashing.copying import AGAIN
from stormbench.flashing.image_choice import FitImage
from stormbench.image.running import OnStep
from stormbench.link.board_ports import FoundPort, found_ports


def board_numbers() -> set[str | None]:
    """The serial numbers of the boards that have a port now."""
    return {port.serial_number for port in found_ports() if port.role != "adapter"}


def await_restart(
    drive: BootDrive,
    before: Collection[str | None],
    wait_s: float,
    clock: Clock,
    on_step: OnStep,
) -> None:
    """Wait until the board has restarted: its drive is gone, or its port is there.

    A drive that was mounted by hand may seem to be there when the board has long gone.

    Raises:
        HubTimeout: it has not: it has not taken the image.
    """
    on_step(f"waiting for the drive to go, at most {wait_s:g} s", None)

    def look() -> bool | None:
        return True if not drive.is_there or _new_port(before) else None

    if await_found(look, wait_s, clock) is None:
        raise HubTimeout(
            f"all is written, and {drive.path} is still there after {wait_s:g} s: the board has "
            f"not taken the image. {AGAIN}"
        )


def await_board(
    image: FitImage,
    before: Collection[str | None],
    wait_s: float,
    clock: Clock,
    on_step: OnStep,
) -> tuple[FoundPort, Answer]:
    """Wait for the board's port, and see what runs.

    Args:
        image: what was written: whether a hub has to answer.
        before: the boards that had a port while this one was a drive.

    Returns:
        The port, and who answers: the hub of the image, or a REPL where the image has no hub.

    Raises:
        HubTimeout: no port comes, or nobody answers. ForeignHub: not what was written.
    """
    on_step(f"waiting for the board's port, at most {wait_s:g} s", None)
    last: list[str] = []

    def look() -> tuple[FoundPort, Answer] | None:
        port = _new_port(before)
        if port is None:
            return None
        answer = ask_device(port.device)
        last[:] = [f"{port.device}: {answer.sentence}"]
        return (port, answer) if _is_final(answer, image) else None

    found = await_found(look, wait_s, clock)
    if found is None:
        shown = last[0] if last else "no port of a new board has come"
        raise HubTimeout(
            f"the image is written, and within {wait_s:g} s no hub answered; {shown}. `stormbench "
            f"doctor` says what is in the way of a port. {AGAIN}"
        )
    _require_image(*found, image)
    return found


def _new_port(before: Collection[str | None]) -> FoundPort | None:
    ports = (port for port in found_ports() if port.role != "adapter")
    return next((port for port in ports if port.serial_number not in before), None)


def _is_final(answer: Answer, image: FitImage) -> bool:
    """A hub shows itself anew while it boots, so a port that is away or silent may be it."""
    if image.info.source_sha256 is None and answer.who is not Who.UNREACHABLE:
        return True
    return answer.who in (Who.HUB, Who.OTHER_PROTOCOL, Who.REPL)


def _require_image(port: FoundPort, answer: Answer, image: FitImage) -> None:
    wanted = image.info.source_sha256
    runs = answer.hello.source_sha256 if answer.hello else None
    if wanted is not None and runs != wanted:
        raise ForeignHub(
            f"{port.device}: expected the hub of sources {wanted[:12].upper()}, which was "
            f"written, got: {answer.sentence}. The recovery pin (GP22 to GND) keeps a hub from "
            "starting, and so does Ctrl-C while it starts"
        )
