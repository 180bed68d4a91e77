"""What can be wrong with bytes; one root, a leaf for each cause."""


class ProtocolError(Exception):
    """Bytes that are not what the protocol says, or values that do not fit into it."""


class FieldOutOfRange(ProtocolError):
    """A value that its field cannot hold, or that the table of the field does not have."""


class FrameDamaged(ProtocolError):
    """Bytes between two delimiters that are not a frame: framing, length or check sum.

    `stretch` are those bytes, of a long stretch the first: they may be text, which a board says
    between frames.
    """

    def __init__(self, sentence: str, stretch: bytes) -> None:
        """The sentence says what is wrong; it shows the stretch only as far as that helps."""
        super().__init__(sentence)
        self.stretch = stretch


class UnknownVersion(ProtocolError):
    """A frame of another version of the protocol."""


class UnknownKind(ProtocolError):
    """A good frame of a kind that this side does not know."""


class MessageDamaged(ProtocolError):
    """Bytes that are not a GBCS alert; `offset` is the byte where that showed, from 0."""

    def __init__(self, where: str, offset: int, expected: str, got: bytes | str) -> None:
        """The sentence is put together here, so that all leaves say the same things.

        Args:
            where: the part of the message, in words.
            offset: its first byte, counted from the start of the message.
            expected: what should have been there, in words.
            got: what was there, as bytes (32 of them are shown) or in words.
        """
        shown = (got[:32].hex().upper() or "nothing") if isinstance(got, bytes) else got
        super().__init__(f"{where} at byte {offset}: expected {expected}, got {shown}")
        self.offset = offset


class MessageTooShort(MessageDamaged):
    """The message, or the part that a length bounds, ends before its last field."""


class TrailingBytes(MessageDamaged):
    """Bytes are left over after the last field."""


class BadTag(MessageDamaged):
    """A byte that is the same in every alert is another one here."""


class BadLength(MessageDamaged):
    """A length that is not BER, or that cannot be at that place."""


class BadTime(MessageDamaged):
    """A time stamp that is no instant."""


class BadProtection(MessageDamaged):
    """Neither a MAC nor a signature, or both."""


class UnknownPayload(MessageDamaged):
    """The payload is not DLMS, GBZ or ASN.1."""


class NotAnAlert(MessageDamaged):
    """A GBCS message with another CRA flag: a command or a response."""


class NotHex(MessageDamaged):
    """Text that should be a message in hexadecimal digits, and is not."""
