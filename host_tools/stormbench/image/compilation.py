"""Calls MicroPython's own build: mpy-cross with make, then the port with cmake.

The build folder stays, so that a change of the firmware compiles what is frozen and links, no
more.
"""

import os
import shutil
import sys
from pathlib import Path

from stormbench.image.build_folder import build_folder
from stormbench.image.recipe import Recipe
from stormbench.image.running import OnStep, run
from stormbench.image.staging import mirror
from stormbench.image.toolchain import build_environment

# PICO_NO_PICOTOOL: the SDK would fetch and build picotool to write a UF2, which uf2.py does.
# CMAKE_OBJDUMP: the SDK would disassemble the image after every link, for nobody.
_FLAGS = ("-DPICO_NO_PICOTOOL=1", "-DCMAKE_BUILD_TYPE=MinSizeRel", "-DCMAKE_OBJDUMP:STRING=true")


def compile_image(recipe: Recipe, folder: Path, on_step: OnStep) -> bytes:
    """Compile MicroPython with the firmware frozen in.

    Args:
        recipe: What goes in.
        folder: The build folder; what is there is used again where it can be. The caller sees to
            it that nobody else is in it.
        on_step: Told what is being done.

    Returns:
        The contents of flash, from its start on.

    Raises:
        BuildFailed: A program failed; its last lines are in the text, all of them in the log.
    """
    with build_folder(folder, recipe.surroundings):
        log = folder / "build.log"
        log.write_text("", encoding="utf-8")
        _stage(recipe, folder)
        mpy_cross = folder / "mpy-cross" / "mpy-cross"
        environment = build_environment(recipe.micropython, mpy_cross)
        if not mpy_cross.is_file():
            command = _mpy_cross_command(recipe.micropython.path, mpy_cross.parent)
            run(command, log, environment, "building mpy-cross", on_step)
        run(_configure_command(recipe, folder), log, environment, "configuring", on_step)
        run(_make(folder / "cmake"), log, environment, "building MicroPython", on_step)
        return (folder / "cmake" / "firmware.bin").read_bytes()


def _stage(recipe: Recipe, folder: Path) -> None:
    """Put down what is frozen; makemanifest.py judges by times, and a clock may go back."""
    mirror(recipe.board_files, folder / "boards")
    if mirror(recipe.frozen, folder / "frozen"):
        shutil.rmtree(folder / "cmake" / "frozen_mpy", ignore_errors=True)
        (folder / "cmake" / "frozen_content.c").unlink(missing_ok=True)


def _mpy_cross_command(micropython: Path, build: Path) -> list[str]:
    # It works for a second in each build: compiling it at -O0 saves half of its own build.
    return [*_make(micropython / "mpy-cross"), f"BUILD={build}", "COPT=-O0"]


def _configure_command(recipe: Recipe, folder: Path) -> list[str]:
    return [
        *("cmake", "-S", str(recipe.micropython.path / "ports" / "rp2")),
        *("-B", str(folder / "cmake"), "-G", "Unix Makefiles"),
        f"-DMICROPY_BOARD={recipe.board}",
        f"-DMICROPY_BOARD_DIR={folder / 'boards' / recipe.board}",
        f"-DSTORMBENCH_FIRMWARE={folder / 'frozen'}",
        # Of one name whichever virtual environment calls: another name compiles all again.
        f"-DPython3_EXECUTABLE={Path(sys.executable).resolve()}",
        *_FLAGS,
    ]


def _make(folder: Path) -> list[str]:
    return ["make", "--no-print-directory", "-C", str(folder), f"-j{os.cpu_count() or 1}"]
