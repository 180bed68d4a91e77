"""What can be wrong with bytes; one root, a leaf for each cause."""


class ProtocolError(Exception):
    """Bytes that are not what the protocol says, or values that do not fit into it."""


class FieldOutOfRange(ProtocolError):
    """A value that its field cannot hold."""
