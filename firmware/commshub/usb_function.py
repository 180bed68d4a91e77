"""What the hub's own serial port is on the USB: descriptors behind those of MicroPython's port.

A second CDC-ACM function (USB CDC 1.2, PSTN 1.2), so that a host needs no driver of ours. Bytes
and numbers only; knows no device and no transfers.
"""

from commshub.compat import const

NAME = "stormbench hub"  # of the interface; host_tools/stormbench/link/board_ports.py looks for it

PACKET_BYTES = const(64)  # of a bulk endpoint at full speed
_FROM_HUB = const(0x80)  # the direction of an endpoint, in its address
_NOTICE_BYTES = const(8)


class SerialFunction:
    """The descriptors of a device with one serial port more.

    Args:
        builtin: what MicroPython says of its own part, such as USBDevice.BUILTIN_DEFAULT.

    Attributes:
        configuration: the whole configuration descriptor.
        strings: by their numbers.
        to_hub, from_hub: addresses of the two bulk endpoints.
    """

    def __init__(self, builtin):
        name = builtin.str_max
        self.to_hub = builtin.ep_max
        self.from_hub = builtin.ep_max | _FROM_HUB
        self.strings = {name: NAME}
        own = _own(builtin.itf_max, name, self.to_hub, builtin.ep_max + 1 | _FROM_HUB)
        whole = bytearray(builtin.desc_cfg) + own
        whole[2] = len(whole) & 0xFF
        whole[3] = len(whole) >> 8
        whole[4] = builtin.itf_max + 2
        self.configuration = bytes(whole)


def _own(control, name, to_hub, notices):
    """66 bytes; why a control interface with an endpoint: Linux's cdc-acm takes none without."""
    streams = control + 1
    # fmt: off
    return bytes((
        8, 11, control, 2, 2, 2, 0, name,  # two interfaces that are one function: CDC-ACM
        9, 4, control, 0, 1, 2, 2, 0, name,  # the interface for its requests
        5, 0x24, 0, 0x20, 0x01,  # CDC 1.2
        5, 0x24, 1, 0, streams,  # calls are nobody's business
        4, 0x24, 2, 2,  # line coding and line state can be told
        5, 0x24, 6, control, streams,
        7, 5, notices, 3, _NOTICE_BYTES, 0, 16,  # an interrupt endpoint, on which nothing comes
        9, 4, streams, 0, 2, 10, 0, 0, 0,  # the interface for its bytes
        7, 5, to_hub, 2, PACKET_BYTES, 0, 0,
        7, 5, to_hub | _FROM_HUB, 2, PACKET_BYTES, 0, 0,
    ))
    # fmt: on
