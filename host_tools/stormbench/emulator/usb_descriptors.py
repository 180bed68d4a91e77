"""What a configuration descriptor says about the pipes through which bytes can go.

Pure: bytes in, tuples out. A pipe is an interface with one bulk endpoint in each direction, be it
CDC data or a vendor's own; the pipes are numbered in the order of the descriptor, so that pipe 0
is the REPL and pipe 1 the first interface that the firmware itself adds.
"""

from collections.abc import Iterator
from dataclasses import dataclass

INTERFACE = 4
ENDPOINT = 5
CS_INTERFACE = 0x24

CDC_UNION = 6
CDC_DATA_CLASS = 0x0A
BULK = 2
DIRECTION_IN = 0x80


@dataclass(frozen=True)
class Pipe:
    """One pair of bulk endpoints.

    Attributes:
        in_endpoint: Number 1 to 15, device to host.
        out_endpoint: Number 1 to 15, host to device.
        packet_bytes: wMaxPacketSize of the OUT endpoint.
        control_interface: Where CDC requests (DTR) go, None where there are none.
    """

    in_endpoint: int
    out_endpoint: int
    packet_bytes: int
    control_interface: int | None


@dataclass
class _Interface:
    number: int
    klass: int
    in_endpoint: int | None = None
    out_endpoint: int | None = None
    packet_bytes: int = 64


def find_pipes(configuration: bytes) -> tuple[Pipe, ...]:
    """The pipes of a configuration descriptor, in its order; broken tails are ignored."""
    interfaces: list[_Interface] = []
    control_of: dict[int, int] = {}
    for block in _blocks(configuration):
        if block[1] == INTERFACE and len(block) >= 9:
            interfaces.append(_Interface(number=block[2], klass=block[5]))
        elif block[1] == ENDPOINT and len(block) >= 7 and interfaces:
            _add_endpoint(interfaces[-1], block)
        elif block[1] == CS_INTERFACE and len(block) >= 5 and block[2] == CDC_UNION:
            control_of.update(dict.fromkeys(block[4:], block[3]))
    return tuple(pipe for one in interfaces if (pipe := _pipe(one, control_of)) is not None)


def _blocks(configuration: bytes) -> Iterator[bytes]:
    offset = 0
    while offset + 2 <= len(configuration):
        length = configuration[offset]
        if length < 2:
            return
        yield configuration[offset : offset + length]
        offset += length


def _add_endpoint(interface: _Interface, block: bytes) -> None:
    if block[3] & 3 != BULK:
        return
    number = block[2] & 0x0F
    if block[2] & DIRECTION_IN:
        interface.in_endpoint = number
    else:
        interface.out_endpoint = number
        interface.packet_bytes = block[4] | block[5] << 8


def _pipe(one: _Interface, control_of: dict[int, int]) -> Pipe | None:
    if one.in_endpoint is None or one.out_endpoint is None:
        return None
    control = control_of.get(one.number) if one.klass == CDC_DATA_CLASS else None
    return Pipe(one.in_endpoint, one.out_endpoint, one.packet_bytes, control)
