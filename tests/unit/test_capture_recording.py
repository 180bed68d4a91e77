"""What a recording makes of a link that is cut and closed, and of a drive that takes little."""

import os
from pathlib import Path
from threading import Thread

import pytest
from pytest_mock import MockerFixture

from capture_bench import capture, storm_capture
from stormbench.capture.reading import Records
from stormbench.capture.recording import Recording
from stormbench.capture.records import TITLE, Ended, Record, Reopened, Stretch
from stormbench.capture.writing import CaptureFile, CaptureIncomplete
from stormbench.hub.sim import SimPort
from stormbench.link.witness import Witness

FIRST, SECOND = b"first record\0", b"second record\0"


@pytest.fixture
def kept() -> bytearray:
    """Where the records go."""
    return bytearray()


@pytest.fixture
def witness(kept: bytearray) -> Witness:
    """Of a link on which nothing was said yet."""
    return Recording(kept.extend).witness(SimPort(), "sim", 1)


def records(kept: bytearray) -> list[Record]:
    """All but how it began."""
    return list(Records().feed(bytes(kept)))[1:]


def test_what_was_cut_off_by_a_lost_link_is_not_continued_behind_it(
    kept: bytearray, witness: Witness
) -> None:
    witness.on_came(b"half of ")
    witness.on_reopened()
    witness.on_came(b"another\0")
    first, reopened, second = records(kept)
    assert isinstance(first, Stretch) and isinstance(second, Stretch)
    assert (first.octets, second.octets) == (b"half of ", b"another")
    assert isinstance(reopened, Reopened)


def test_link_that_is_closed_twice_ends_once(kept: bytearray, witness: Witness) -> None:
    witness.on_closed()
    witness.on_closed()
    assert [type(record) for record in records(kept)] == [Ended]


def test_drive_that_takes_a_few_bytes_at_a_time_gets_all(
    tmp_path: Path, mocker: MockerFixture
) -> None:
    written = os.write
    mocker.patch(
        "stormbench.capture.writing.os.write",
        side_effect=lambda file, octets: written(file, octets[:7]),
    )
    ran = capture("replay", storm_capture(tmp_path))
    assert (ran.exit_code, ran.err) == (0, "")


def test_capture_that_is_continued_has_one_title(tmp_path: Path) -> None:
    storm_capture(tmp_path)
    assert storm_capture(tmp_path).read_bytes().count(TITLE) == 1


def test_nothing_follows_what_did_not_fit_and_that_is_told_once(
    tmp_path: Path, mocker: MockerFixture
) -> None:
    told: list[str] = []
    path = tmp_path / "a.capture"
    with pytest.raises(CaptureIncomplete), CaptureFile(path, told.append) as file:
        file.write(FIRST)
        write = mocker.patch(
            "stormbench.capture.writing.os.write", side_effect=OSError(28, "full")
        )
        file.write(FIRST)
        file.write(FIRST)
        mocker.stop(write)
        file.write(SECOND)
    assert len(told) == 1 and SECOND not in path.read_bytes()


def test_record_of_another_thread_does_not_come_into_the_middle_of_one(
    tmp_path: Path, mocker: MockerFixture
) -> None:
    path = tmp_path / "a.capture"
    written, others = os.write, []

    def write(file: int, octets: bytes) -> int:
        """A half at a time; another thread comes after the first half."""
        count = written(file, octets[: len(octets) // 2 + 1])
        if not others:
            others.append(Thread(target=recorded.write, args=(SECOND,)))
            others[0].start()
            others[0].join(0.2)  # it waits for its turn, or is through by then
        return count

    with CaptureFile(path, print) as recorded:
        mocker.patch("stormbench.capture.writing.os.write", side_effect=write)
        recorded.write(FIRST)
        others[0].join()
    assert path.read_bytes().endswith(FIRST + SECOND)
