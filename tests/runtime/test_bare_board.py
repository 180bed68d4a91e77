"""The firmware on a board on which nothing is installed, and a hub that crashes there."""

import os
import subprocess
from pathlib import Path

import pytest

from both_runtimes import SCRIPTS
from hubwire.framing import Frame, Receiver, encode, pad
from stormbench.hub.unix import copy_firmware, interpreter
from stormbench.link.hello import hello_request, new_session

BROKEN = """
import commshub.app, commshub.outbox
def fail(*_):
    raise OSError("not even this can be told")
commshub.app.App.boot = fail
commshub.outbox.Outbox.log = fail
import main
"""


@pytest.fixture
def board(tmp_path: Path) -> Path:
    """A folder with the firmware, as it lies on a board."""
    copy_firmware(tmp_path)
    return tmp_path


def micropython(
    board: Path, *arguments: str, said_to: bytes = b""
) -> "subprocess.CompletedProcess[bytes]":
    environment = {**os.environ, "MICROPYPATH": f".:.frozen:{board}"}
    return subprocess.run(
        [interpreter(), "-X", "heapsize=2m", *arguments],
        cwd=board,
        env=environment,
        input=said_to,
        capture_output=True,
        timeout=60,
    )


def test_firmware_needs_nothing_that_an_image_for_the_pico_lacks(board: Path) -> None:
    ended = micropython(board, str(SCRIPTS / "bare_board.py"))
    assert ended.returncode == 0, ended.stderr.decode()
    names = ended.stdout.splitlines()[-1].decode()
    assert "'struct'" in names and "'machine'" not in names


def test_process_that_crashed_tells_why_when_it_runs_again(board: Path) -> None:
    crashed = micropython(board, "-c", BROKEN)
    assert crashed.returncode == 1
    assert b"not even this can be told" in crashed.stdout + crashed.stderr
    request = pad(encode(hello_request(new_session())))
    for is_told in (True, False):
        ran = micropython(board, "main.py", said_to=request)
        assert ran.returncode == 0, ran.stderr.decode()
        frames = [item for item in Receiver().feed(ran.stdout) if isinstance(item, Frame)]
        names = [frame.name for frame in frames]
        assert names == ["Hello", "Hello", "Log"][: 3 if is_told else 2]
        assert not is_told or b"not even this can be told" in frames[-1]["text"]
