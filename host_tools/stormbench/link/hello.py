"""Who answers on a port: what a hub says of itself, as plain values."""

import secrets
from dataclasses import dataclass

from hubwire.frames import CLOCKS, GREETING, KEYS, RESETS, STARTS, TRANSPORTS
from hubwire.framing import DELIMITER, Frame, encode

_FIRST_PRINTABLE = 0x20
_DELETE = 0x7F
_REQUEST_SEQ = 0x2020


@dataclass(frozen=True)
class Hello:
    """Who answered, in plain values."""

    boot_id: int
    reset_cause: str
    firmware_version: str
    micropython_version: str
    source_sha256: str
    unique_id: str
    device_capacity: int
    key_capacity: int
    held_messages: int
    max_message_bytes: int
    keyed: bool
    key: str
    counter: int
    clock: str
    transport: str
    start: str
    board: str
    """MicroPython's name of the board that the image is for; empty where there is none."""


def plain_hello(frame: Frame) -> Hello:
    """The plain value of a Hello frame."""
    return Hello(
        boot_id=frame["boot_id"],
        reset_cause=RESETS.get(number := frame["reset_cause"], f"number {number}"),
        firmware_version=".".join(map(str, frame["firmware_version"])),
        micropython_version=".".join(map(str, frame["micropython_version"])),
        source_sha256=frame["source_sha256"].hex(),
        unique_id=frame["unique_id"].hex().upper(),
        device_capacity=frame["device_capacity"],
        key_capacity=frame["key_capacity"],
        held_messages=frame["held_messages"],
        max_message_bytes=frame["max_message_bytes"],
        keyed=bool(frame["keyed"]),
        key=KEYS[frame["keyed"]],
        counter=frame["counter"],
        clock=CLOCKS[frame["clock"]],
        transport=TRANSPORTS[frame["transport"]],
        start=STARTS[frame["start"]],
        board=frame["board"].decode(errors="replace"),
    )


def new_session() -> int:
    """A number that no other client has, but by a chance of one in a billion."""
    while True:
        session = secrets.randbits(32)
        if all(map(_is_harmless, session.to_bytes(4, "little"))):
            return session


def hello_request(session: int) -> Frame:
    """A request that means nothing to a board that boots or is at its REPL: see FORMAT.md."""
    while True:
        values = {"nonce": secrets.randbits(32), "session": session, "greeting": GREETING}
        request = Frame("HelloRequest", _REQUEST_SEQ, values)
        if all(map(_is_harmless, encode(request).rstrip(DELIMITER))):
            return request


def _is_harmless(byte: int) -> bool:
    return byte >= _FIRST_PRINTABLE and byte != _DELETE
