"""Addresses in the configuration, and that of a socket which listens already."""

from socket import socket

from lockgate.core.address import Listen, forbidden, listen, upstream

__all__ = ["Listen", "bound", "forbidden", "listen", "upstream"]


def bound(listener: socket) -> Listen:
    """Where a socket listens."""
    host, port = listener.getsockname()[:2]
    return Listen(host, port)
