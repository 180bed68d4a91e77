"""A deploy: what the board is, what differs, and then one file after the other.

Nothing is written before the board was found fit for all of it, and every file that was written is
read again there before the next. What can be in the way is told with what to do about it.
"""

import errno
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mpremote.transport import TransportExecError

from stormbench.deploy.board_files import About, BoardFiles
from stormbench.deploy.firmware import MAIN, Firmware, compiled
from stormbench.deploy.mpy_cross import MpyCross
from stormbench.deploy.mpy_version import RP2040, MpyVersion, read_mpy
from stormbench.deploy.plan import PACKAGES, PART, OnBoard, Plan, blocks_needed, plan
from stormbench.errors import ForeignHub, HostToolError, HubTimeout, InvalidInput, LinkLost
from stormbench.link.raw_repl import RawRepl

OnStep = Callable[[str, float | None], None]
"""Told what is being done, and the share of it that is done."""

_SPARE_BLOCKS = 8
"""littlefs writes what is new beside the old, the lists of its folders too."""


@dataclass(frozen=True)
class Deployed:
    """What a deploy has done to a board.

    Attributes:
        firmware: what is there now.
        micropython_version: the board's.
        copied: paths on the board.
        removed: of files that were of another firmware.
        kept: how many files were there already.
    """

    firmware: Firmware
    micropython_version: str
    copied: tuple[str, ...]
    removed: tuple[str, ...]
    kept: int


def say_nothing(_text: str, _share: float | None) -> None:
    """An `OnStep` for nobody."""


def deploy(
    repl: RawRepl,
    compiler: MpyCross,
    may_replace_main: bool = False,
    on_step: OnStep = say_nothing,
) -> Deployed:
    """Put the tree's firmware onto a board; only what is not there already.

    Args:
        repl: of the board, where no firmware runs.
        compiler: makes the `.mpy` files.
        may_replace_main: a main.py that is not the hub's may go.
        on_step: told of every file.

    Raises:
        ForeignHub: the board takes no such files, or has a hub in its image.
        InvalidInput: it has a main.py of its own, or too little room.
        HostToolError: a file did not arrive whole.
        LinkLost, HubTimeout: the board went away, or does not answer; the same can be begun again.
    """
    repl.soft_reset()
    files = BoardFiles(repl)
    try:
        about = _about(files)
        require_fit(about, compiler.version)
        on_step("compiling", None)
        firmware = compiled(compiler)
        on_step("comparing with what is there", None)
        present = files.present()
        steps = plan(firmware.files, present)
        if MAIN in {*steps.remove, *steps.write} & set(present) and not may_replace_main:
            _require_main_is_ours(files)
        _require_room(about, steps, firmware.files, present)
    except TransportExecError as error:
        raise HostToolError(f"the board could not say what is on it: {_last(error)}") from error
    _carry_out(files, steps, firmware.files, on_step)
    version = ".".join(map(str, about.version))
    return Deployed(firmware, version, steps.write, steps.remove, steps.kept)


def _about(files: BoardFiles) -> About:
    try:
        return files.about()
    except (TransportExecError, ValueError, TypeError) as error:
        reason = _last(error) if isinstance(error, TransportExecError) else str(error)
        raise ForeignHub(
            f"expected MicroPython with a file system on a Raspberry Pi Pico, got: {reason}; put "
            "MicroPython's stock image on it first"
        ) from error


def require_fit(about: About, compiler: MpyVersion) -> None:
    """Go on only with a board that can run what the compiler makes.

    Raises:
        ForeignHub: it cannot, or the hub in its image would run in place of the one in its files.
    """
    version = ".".join(map(str, about.version))
    found, architecture = read_mpy(about.mpy)
    if about.platform != "rp2" or architecture != RP2040:
        raise ForeignHub(
            f"expected MicroPython on an RP2040 (rp2, {RP2040}), got {about.machine or 'no name'} "
            f"({about.platform}, {architecture}): the firmware has machine code for no other chip"
        )
    if found != compiler:
        raise ForeignHub(
            f"expected a board that takes .mpy {compiler}, which mpy-cross makes, got MicroPython "
            f"{version} with .mpy {found}: put another MicroPython on the board (`stormbench "
            "firmware get` has the one that fits), or install the mpy-cross of the board's version"
        )
    if about.has_frozen_hub:
        raise ForeignHub(
            "expected stock MicroPython, got an image with a hub in it, which would run in place "
            "of the files: flash the new image (`stormbench firmware build`, `stormbench firmware "
            "flash`), or a stock one first (`stormbench firmware get`, `stormbench firmware flash "
            "IMAGE.uf2`)"
        )


def _require_main_is_ours(files: BoardFiles) -> None:
    if PACKAGES[0].encode() not in files.fs_readfile(MAIN, chunk_size=1_024):
        raise InvalidInput(
            f"the board has a {MAIN} that is not the hub's, and it would be lost: copy it from "
            f"there (`mpremote cp :{MAIN} .`), and then say --replace-main"
        )


def _require_room(
    about: About, steps: Plan, wanted: Mapping[str, bytes], present: Mapping[str, OnBoard]
) -> None:
    if not steps.write:
        return
    needed = blocks_needed(steps, wanted, present, about.block_bytes) + _SPARE_BLOCKS
    if about.free_blocks < needed:
        raise InvalidInput(
            f"expected {needed * about.block_bytes // 1024} kB of free flash on the board, got "
            f"{about.free_blocks * about.block_bytes // 1024} kB: remove files from it (`mpremote "
            "rm :FILE`); nothing was written"
        )


def _carry_out(
    files: BoardFiles, steps: Plan, wanted: Mapping[str, bytes], on_step: OnStep
) -> None:
    path = ""
    try:
        for path in steps.remove:
            files.remove(path)
        for path in sorted({name.partition("/")[0] for name in steps.write if "/" in name}):
            files.make_folder(path)
        for number, path in enumerate(steps.write):
            on_step(f"copying {len(steps.write)} files", number / len(steps.write))
            _copy(files, path, wanted[path])
    except (LinkLost, HubTimeout) as error:
        raise type(error)(f"{error}; {_left(path)}") from error
    except (TransportExecError, OSError) as error:
        raise HostToolError(f"{path}: {_reason(error)}; {_left(path)}") from error


def _copy(files: BoardFiles, path: str, content: bytes) -> None:
    """Write a file and have it read again; main.py gets its name only then."""
    name = PART if path == MAIN else path
    files.write(name, content)
    expected, [got] = hashlib.sha256(content).digest(), files.sha256(name)
    if got != expected:
        raise HostToolError(
            f"{path}: expected SHA-256 {expected.hex().upper()} on the board, got "
            f"{got.hex().upper()}; {_left(path)}"
        )
    if name != path:
        files.rename(name, path)


def _left(path: str) -> str:
    return (
        f"the deploy ended at {path}. The board does not start half a firmware: give the same "
        "command again"
    )


def _reason(error: TransportExecError | OSError) -> str:
    text = _last(error) if isinstance(error, TransportExecError) else str(error)
    is_full = errno.errorcode[errno.ENOSPC] in text or f"Errno {errno.ENOSPC}" in text
    return f"the board's file system is full ({text}): remove files from it" if is_full else text


def _last(error: TransportExecError) -> str:
    lines = str(error.error_output).strip().splitlines()
    return lines[-1] if lines else "an exception without a word"
