"""The sockets that everything listens on: bound here, before anything is forked, or handed over by a service manager.

A manager that keeps the sockets (systemd's `.socket` unit: LISTEN_FDS, sd_listen_fds(3)) makes a restart that refuses nobody: who
connects between two processes waits in the socket for the next one.
"""

import os
import socket
from collections.abc import MutableMapping
from dataclasses import dataclass

from lockgate.app import address
from lockgate.app.load import Loaded
from lockgate.core.provider import Provider
from lockgate.core.registry import tables

FIRST = 3
"""The first descriptor that is handed over."""


@dataclass(frozen=True, slots=True)
class Sockets:
    """Bound before anything is forked, so that a port that is taken is told at once, and every process has them.

    `kept`: somebody else holds them, too, and will give them to the next process.
    """

    data_plane: socket.socket
    admin: socket.socket
    demo: socket.socket | None
    kept: bool = False

    @property
    def demo_port(self) -> int:
        return int(self.demo.getsockname()[1]) if self.demo else 0


def sockets(loaded: Loaded, listen: str, admin: str, environ: MutableMapping[str, str]) -> Sockets:
    """Raises `OSError` for an address that cannot be had, `ValueError` for sockets that are not what they should be."""
    providers = tables("lockgate.providers", Provider)
    builtin = any(providers[settings.kind].builtin for settings in loaded.valid.providers.values())
    demo = _bind(address.Listen("127.0.0.1", 0)) if builtin else None
    given = handed_over(environ)
    if given is not None:
        return Sockets(*given, demo, kept=True)
    return Sockets(_bind(address.listen(listen)), _bind(address.listen(admin)), demo)


def handed_over(environ: MutableMapping[str, str]) -> tuple[socket.socket, socket.socket] | None:
    """The data plane's socket and the admin listener's, by the names `data` and `admin` or in this order; None without any.

    The variables are taken out of the environment, so that no child takes them for its own.
    """
    pid, number, names = (environ.pop(name, "") for name in ("LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"))
    if not number or pid != str(os.getpid()):
        return None
    if number != "2":
        raise ValueError(
            f"two sockets are wanted from the service manager, the data plane's and the admin listener's, not {number}"
        )
    called = names.split(":") if names else []
    order = [called.index("data"), called.index("admin")] if {"data", "admin"} == set(called) else [0, 1]
    taken = [socket.socket(fileno=FIRST + at) for at in order]
    for one in taken:
        if one.family not in (socket.AF_INET, socket.AF_INET6) or one.type != socket.SOCK_STREAM:
            raise ValueError("the service manager gave a socket that is not TCP")
        one.set_inheritable(False)
    return taken[0], taken[1]


def _bind(place: address.Listen) -> socket.socket:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((place.host, place.port))
    except OSError as error:
        raise OSError(f"cannot listen on {place}: {error.strerror}") from error
    bound.listen(2048)
    return bound
