"""What must not be kept of a link: the keys of hubs, and what was signed with them.

A SetKey frame bears a key in clear, plain or inside an Authorised one. A MAC that the hub did not
get to hear could still be obeyed in the same boot. Both become zeros, in a frame that is whole
otherwise.
"""

from hubwire.errors import ProtocolError
from hubwire.frames import BY_NAME, KEY_BYTES, MAC_BYTES
from hubwire.framing import DELIMITER, Frame, decode, encode

_SET_KEY, _AUTHORISED = BY_NAME["SetKey"].kind, BY_NAME["Authorised"].kind
_KIND_AT = 4
"""On the wire: behind the code of COBS, which is above 4 because nothing before the kind is 00,
and version, cells and cells_check."""


def is_secret(stretch: bytes) -> bool:
    """Whether it is, or was meant to be, a frame that bears a key or a MAC."""
    return len(stretch) > _KIND_AT and stretch[_KIND_AT] in (_SET_KEY, _AUTHORISED)


def is_frame(stretch: bytes) -> bool:
    """Whether it is a frame of this protocol."""
    try:
        decode(stretch)
    except ProtocolError:
        return False
    return True


def redacted(stretch: bytes) -> bytes | None:
    """The same frame with zeros for its key and MAC; None where it is damaged."""
    try:
        frame = decode(stretch)
    except ProtocolError:
        return None
    values = dict(frame.values)
    if frame.name == "SetKey":
        values["key"] = bytes(KEY_BYTES)
    else:
        values["mac"] = bytes(MAC_BYTES)
        if values["command"] == _SET_KEY:
            values["payload"] = bytes(len(values["payload"]))
    return encode(Frame(frame.name, frame.seq, values, frame.boot)).strip(DELIMITER)
