"""What framing costs on a Pico: `python tests/bench/framing.py [--json]`, some 4 minutes.

On the emulated Pico, under the MicroPython that the hub's image holds and with the firmware
frozen in as it is on a hub, but with a main.py that leaves the board to its REPL. Four framings of
the same bodies: the firmware's COBS (viper, in place); the same lines as plain Python; SLIP-like
stuffing in viper; and with `bytes.replace`, which is C. END is C0, ESC DB, and 03 is escaped too,
because Ctrl-C is what such a framing could keep out of a REPL. Each ends with two delimiters and
is padded to cells. The bodies are HanAlerts, header and CRC included: of real GBCS alerts, and of
messages chosen to be the worst for one or the other.

Then what reading costs: one stream of padded frames through the USB port, in blocks of 1, 16, 32
and 64 bytes, with and without a look whether something is there; and the firmware's own link.

The times are device time, without the empty loop. There is no XIP cache in the emulator, and
emulated times are 0.8 to 1.7 times those of boards: the ratios are the figures.
"""

import argparse
import json
import random
import shutil
import struct
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # for what tests share
sys.path.insert(0, str(Path(__file__).parents[1] / "emulated"))

import raw_repl
from frame_heads import head
from hubwire.frames import BY_NAME, CELL_BYTES, MAX_MESSAGE_BYTES
from hubwire.framing import Frame, encode
from hubwire.gbcs import encode as encode_message
from hubwire.gbcs_make import Recipe, make
from stormbench.emulator import EmulatedPico
from tree_copy import CHECKOUT, TreeCopy

MESSAGE_BYTES = (85, 124, 582, MAX_MESSAGE_BYTES)
MADE_UP_BYTES = 124
BLOCKS_BYTES = (1, 16, 32, 64)
DELIMITERS = 2
LEAD_FRAMES = 10  # more than the 512 bytes that the port holds
TIMED_FRAMES = 16
LONGEST_US = 60_000_000


def alerts() -> Iterator[tuple[str, bytes]]:
    """Names and messages: what a hub carries."""
    signed = Recipe(code=0x8F3E, counter=1_700_000_000_123)
    plain = Recipe(code=0x8154, counter=1_700_000_000_123)
    recipes = dict(zip((85, 124), (plain, signed), strict=True))
    for size_bytes in MESSAGE_BYTES:
        message = encode_message(make(recipes.get(size_bytes, signed)))
        if len(message) < size_bytes:
            message = longer(signed, size_bytes)
        assert len(message) == size_bytes, (len(message), size_bytes)
        yield f"alert {size_bytes}", message


def longer(recipe: Recipe, size_bytes: int) -> bytes:
    """An alert of exactly this size, by an element of use-case data."""
    for padding_bytes in range(1, size_bytes):
        padded = Recipe(code=recipe.code, counter=recipe.counter, padding_bytes=padding_bytes)
        message = encode_message(make(padded))
        if len(message) >= size_bytes:
            return message
    raise AssertionError(f"no alert of {size_bytes} bytes")


def made_up() -> Iterator[tuple[str, bytes]]:
    """Names and messages: random, and the worst for one framing or the other."""
    numbers = random.Random(4)
    size_bytes = MADE_UP_BYTES
    yield "random", numbers.randbytes(size_bytes)
    yield "3 of 4 00", bytes(numbers.choice((0, 0, 0, 7)) for _ in range(size_bytes))
    yield "all 00", bytes(size_bytes)
    yield "all C0", b"\xc0" * size_bytes
    yield "01 to FF", (bytes(range(1, 256)) * 5)[:MAX_MESSAGE_BYTES]
    yield "all C0", b"\xc0" * MAX_MESSAGE_BYTES


def body_of(message: bytes) -> bytes:
    """A HanAlert as it is before its framing."""
    layout = BY_NAME["HanAlert"].layout
    body = head(BY_NAME["HanAlert"].kind, 0x1234, 0x5678)
    body += layout.build({"at_ms": 1_234_567, "message": message})
    return body + struct.pack("<I", zlib.crc32(body))


def padded_bytes(wire_bytes: int) -> int:
    """The length in whole cells."""
    return -(-wire_bytes // CELL_BYTES) * CELL_BYTES


class Board:
    """An emulated Pico in its raw REPL, with the scripts on it."""

    def __init__(self, uf2: Path) -> None:
        self._pico = EmulatedPico(uf2, unique_id=bytes(8))
        raw_repl.enter(self._pico)
        self.run(Path(__file__).with_name("framing_on_pico.py").read_text(encoding="utf-8"))
        plain = (CHECKOUT / "firmware/commshub/cobs.py").read_text(encoding="utf-8")
        self.run(f"PLAIN = {{}}\nexec({plain.replace('@micropython.viper', '')!r}, PLAIN)")

    def run(self, code: str, meanwhile: bytes = b"") -> str:
        """Run code and answer what it printed; once it waits, `meanwhile` comes through the port.

        Raises:
            RuntimeError: It ended with an exception.
        """
        self._pico.write(code.encode() + raw_repl.END)
        answer = b""
        if meanwhile:
            answer = raw_repl.read_until(self._pico, raw_repl.STARTED)
            self._pico.run_for_us(100_000)
            self._pico.write(meanwhile)
        answer += raw_repl.read_until(self._pico, raw_repl.END + b">", LONGEST_US)
        printed, fault = answer[len(raw_repl.STARTED) :].split(raw_repl.END)[:2]
        if fault:
            raise RuntimeError(f"on the board: {fault.decode()}")
        return printed.decode()


def coding(board: Board) -> Iterator[dict[str, Any]]:
    """A row for each message and codec."""
    for name, message in [*alerts(), *made_up()]:
        body = body_of(message)
        for line in board.run(f"measure({body!r}, PLAIN)").splitlines():
            codec, *numbers = line.split()
            code_bytes, encode_dus, decode_dus, heap_bytes = map(int, numbers)
            yield {
                "message": name,
                "body_bytes": len(body),
                "codec": codec,
                "wire_bytes": code_bytes + DELIMITERS,
                "padded_bytes": padded_bytes(code_bytes + DELIMITERS),
                "encode_us": encode_dus / 10,
                "decode_us": decode_dus / 10,
                "heap_bytes": heap_bytes,
            }


def side_costs(board: Board) -> Iterator[dict[str, Any]]:
    """A row for each of the alerts and what its frame costs besides."""
    for _, message in alerts():
        body = body_of(message)
        for line in board.run(f"measure_side_costs({body!r})").splitlines():
            what, dus = line.split()
            yield {"body_bytes": len(body), "side_cost": what, "us": int(dus) / 10}


def reading(board: Board) -> Iterator[dict[str, Any]]:
    """A row for each way to read."""
    numbers = LEAD_FRAMES, TIMED_FRAMES, LEAD_FRAMES
    for message in (message for _, message in alerts() if len(message) < 200):
        frame = encode(Frame("HanAlert", 0x1234, {"at_ms": 1_234_567, "message": message}))
        for block_bytes in BLOCKS_BYTES:
            padded = frame + bytes(-len(frame) % block_bytes)
            for polls in (False, True):
                values = block_bytes, len(padded), *numbers, polls
                took_us = int(board.run(f"measure_reading{values}", padded * sum(numbers)))
                yield read_row(f"blocks of {block_bytes}", polls, frame, padded, took_us)
        for cell_bytes in BLOCKS_BYTES[1:]:
            padded = frame + bytes(-len(frame) % cell_bytes)
            code = f"measure_link{(cell_bytes, *numbers)}"
            took_us = int(board.run(code, padded * sum(numbers)))
            how = f"firmware's link and framer, cells of {cell_bytes}"
            yield read_row(how, None, frame, padded, took_us)


def read_row(
    how: str, polls: bool | None, frame: bytes, padded: bytes, took_us: int
) -> dict[str, Any]:
    """One way to read, of one frame."""
    return {
        "read": how,
        "polls": polls,
        "wire_bytes": len(frame),
        "padded_bytes": len(padded),
        "us_a_frame": took_us / TIMED_FRAMES,
    }


def show_coding(rows: list[dict[str, Any]]) -> None:
    """The codecs as a table."""
    print(f"{'message':<12}{'body':>6} {'framing':<14}{'wire':>6}{'cells':>7}", end="")
    print(f"{'encode us':>11}{'decode us':>11}{'heap bytes':>12}")
    for row in rows:
        sizes = f"{row['wire_bytes']:>6}{row['padded_bytes']:>7}"
        times = f"{row['encode_us']:>11.1f}{row['decode_us']:>11.1f}{row['heap_bytes']:>12}"
        print(f"{row['message']:<12}{row['body_bytes']:>6} {row['codec']:<14}{sizes}{times}")


def show_side_costs(rows: list[dict[str, Any]]) -> None:
    """What a frame costs besides."""
    for row in rows:
        print(f"{row['side_cost']} of {row['body_bytes']} bytes: {row['us']:.1f} us")


def show_reading(rows: list[dict[str, Any]]) -> None:
    """The ways to read as a table."""
    for row in rows:
        look = {None: "", True: ", with a look before each", False: ""}[row["polls"]]
        sizes = f"{row['wire_bytes']} bytes, padded to {row['padded_bytes']}"
        print(f"{sizes}, {row['read']}{look}: {row['us_a_frame']:.0f} us")


def main() -> None:
    """Measure all in one run, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="a JSON object a line instead")
    as_json = parser.parse_args().json
    with tempfile.TemporaryDirectory() as folder:
        copy = TreeCopy(Path(folder) / "tree")
        main_py = copy.root / "firmware" / "main.py"
        main_py.write_text('"""Leaves the board to its REPL."""\n', encoding="utf-8")
        board = Board(Path(shutil.move(copy.build(), copy.root / "repl.uf2")))
    about = board.run("import os\nprint(os.uname().machine, os.uname().version, sep='; ')").strip()
    codecs, besides, reads = list(coding(board)), list(side_costs(board)), list(reading(board))
    collection_us, live_bytes, free_bytes = map(int, board.run("measure_collection()").split())
    if as_json:
        for row in [{"image": about}, *codecs, *besides, *reads]:
            print(json.dumps(row))
        return
    print(f"MicroPython on the emulated Pico: {about}")
    show_coding(codecs)
    show_side_costs(besides)
    print(f"a collection with {live_bytes} bytes live, {free_bytes} free: {collection_us} us")
    show_reading(reads)


if __name__ == "__main__":
    main()
