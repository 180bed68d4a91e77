"""A socket of this computer as the end of a port: pyserial's `socket://`, on any system."""

import socket

_HOST = "127.0.0.1"
"""Nobody else's: a board that takes commands is not for the network."""


class Loopback:
    """See `End`. One tool at a time; who comes meanwhile waits."""

    def __init__(self) -> None:
        self._door = socket.create_server((_HOST, 0), backlog=1)
        self._door.setblocking(False)
        self._tool: socket.socket | None = None
        self.name = f"socket://{_HOST}:{self._door.getsockname()[1]}"

    def appear(self) -> None:
        """From now on who comes is let in."""

    def vanish(self) -> None:
        """Hang up; who comes waits."""
        if self._tool is not None:
            self._tool.close()
            self._tool = None

    def is_open(self) -> bool:
        """Whether a tool has it open."""
        if self._tool is None:
            try:
                self._tool, _ = self._door.accept()
            except BlockingIOError:
                return False
            self._tool.setblocking(False)
            self._tool.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return True

    def take(self, most_bytes: int) -> bytes:
        """What the tool has written, as far as it is here."""
        if self._tool is None:
            return b""
        try:
            octets = self._tool.recv(most_bytes)
        except BlockingIOError:
            return b""
        except OSError:
            octets = b""
        if not octets:
            self.vanish()
        return octets

    def give(self, octets: bytes) -> int:
        """Let the tool have these; how many of them it has room for."""
        if self._tool is None:
            return 0
        try:
            return self._tool.send(octets)
        except BlockingIOError:
            return 0
        except OSError:
            self.vanish()
            return 0

    def close(self) -> None:
        """Hang up, and take the door away."""
        self.vanish()
        self._door.close()
