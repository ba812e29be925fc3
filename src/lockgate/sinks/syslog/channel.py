"""How messages reach the collector: one datagram each, or one after the other with their length (RFC 6587)."""

import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol
from urllib.parse import urlsplit

PATIENCE = 5.0


class Channel(Protocol):
    """Raises `OSError`. After that the next `send` begins anew."""

    def send(self, messages: Sequence[bytes]) -> None: ...
    def close(self) -> None: ...


def channel(address: str) -> Channel:
    """`ValueError` with advice for an address that is none."""
    parts = urlsplit(address)
    if parts.scheme == "unix" and parts.path and not parts.netloc:
        return Datagrams(socket.AF_UNIX, parts.path)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if parts.scheme in ("udp", "tcp") and host and port and not parts.path.strip("/"):
        return Stream(host, port) if parts.scheme == "tcp" else Datagrams(socket.AF_INET, (host, port))
    raise ValueError("an address like unix:///dev/log, udp://HOST:514 or tcp://HOST:601")


class Datagrams:
    """Nobody confirms them: what the operating system took counts."""

    def __init__(self, family: int, target: str | tuple[str, int]) -> None:
        self._family, self._target = family, target
        self._socket: socket.socket | None = None

    def send(self, messages: Sequence[bytes]) -> None:
        try:
            open_socket = self._socket or self._open()
            for message in messages:
                open_socket.send(message)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _open(self) -> socket.socket:
        family, target = self._family, self._target
        if not isinstance(target, str):
            family, _, _, _, target = socket.getaddrinfo(*target, type=socket.SOCK_DGRAM)[0]  # type: ignore[assignment]
        made = socket.socket(family, socket.SOCK_DGRAM)
        made.settimeout(PATIENCE)
        try:
            made.connect(target)
        except OSError:
            made.close()
            raise
        self._socket = made
        return made


class Stream:
    """A connection that is kept. One that the collector has closed is noticed before something is sent into it."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._socket: socket.socket | None = None

    def send(self, messages: Sequence[bytes]) -> None:
        try:
            self._open().sendall(b"".join(b"%d %b" % (len(message), message) for message in messages))
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_WR)
            self._socket.close()
            self._socket = None

    def _open(self) -> socket.socket:
        if self._socket is not None and self._left(self._socket):
            self.close()
        if self._socket is None:
            self._socket = socket.create_connection(self._address, PATIENCE)
        return self._socket

    def _left(self, kept: socket.socket) -> bool:
        """Collectors say nothing: what can be read is the end of the connection."""
        kept.setblocking(False)
        try:
            return kept.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True
        finally:
            kept.settimeout(PATIENCE)
