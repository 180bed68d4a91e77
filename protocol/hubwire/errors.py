"""What can be wrong with bytes; one root, a leaf for each cause."""


class ProtocolError(Exception):
    """Bytes that are not what the protocol says, or values that do not fit into it."""


class FieldOutOfRange(ProtocolError):
    """A value that its field cannot hold."""


class FrameDamaged(ProtocolError):
    """Bytes between two delimiters that are not a frame: framing, length or check sum."""


class UnknownVersion(ProtocolError):
    """A frame of another version of the protocol."""


class UnknownKind(ProtocolError):
    """A good frame of a kind that this side does not know."""
