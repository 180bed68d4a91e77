"""Captures in a test: a client on `sim` whose link is recorded, and what is in the file then."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from command_line import Ran, stormbench
from hubwire.framing import DELIMITER, Frame, decode, encode
from replay_bench import METER, POLICY, STORM, SUPPLIER, replayed
from stormbench.capture.frames import Said, said
from stormbench.capture.reading import Capture
from stormbench.capture.recording import Recording
from stormbench.capture.records import HEAD, Record, Stretch, octets_of
from stormbench.capture.writing import CaptureFile
from stormbench.hub.open import open_hub
from stormbench.link.client import HubClient
from stormbench.policy_file import frame_values, policy_of
from stormbench.replay.run import message_of
from stormbench.replay.trace_file import Row

SMALL_POLICY = policy_of(tomllib.loads(POLICY), "POLICY")


def storm_capture(folder: Path) -> Path:
    """A capture of `stormbench replay` with 20 alerts of one key."""
    path = folder / "storm.capture"
    replayed(folder, STORM, "--capture", path)
    return path


@contextmanager
def recorded_hub(path: Path, name: str = "sim") -> Iterator[HubClient]:
    """A hub under the policy of `replay_bench`, on its own clock, whose link is recorded."""
    with CaptureFile(path, print) as file:
        client = open_hub(name, recording=Recording(file.write))
        try:
            client.set_policy(frame_values(SMALL_POLICY))
            yield client
        finally:
            client.close()


def message(counter: int) -> bytes:
    """An alert of one key."""
    return message_of(Row(0, bytes.fromhex(METER), bytes.fromhex(SUPPLIER), 0x8F3E), counter)


def records_of(path: Path) -> list[Record]:
    """All that can be read."""
    return [record for _, record in Capture(path).records()]


def frames_of(path: Path, name: str = "") -> list[Said]:
    """What was said, or what was said in frames of that name."""
    stretches = (record for record in records_of(path) if isinstance(record, Stretch))
    return [each for each in map(said, stretches) if name in ("", each.kind)]


def write_capture(path: Path, records: list[Record]) -> Path:
    """A capture of these records."""
    path.write_bytes(HEAD + DELIMITER + b"".join(map(octets_of, records)))
    return path


def with_other_values(record: Record, name: str, **values: object) -> Record:
    """The record with other values in its frame, if that is called `name`."""
    if not isinstance(record, Stretch) or said(record).kind != name:
        return record
    frame = decode(record.octets)
    changed = Frame(name, frame.seq, {**frame.values, **values}, frame.boot)
    return replace(record, octets=encode(changed).strip(DELIMITER))


def capture(*arguments: object) -> Ran:
    """What `stormbench capture ARGUMENTS` does."""
    return stormbench("capture", *arguments)
