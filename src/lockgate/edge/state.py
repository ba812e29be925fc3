"""What all connections of one server share."""

import asyncio
import secrets
import time
import weakref
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE
from uvicorn.server import ServerState

from lockgate.edge.connections import Connections
from lockgate.edge.exchange import Application
from lockgate.edge.no import Noes
from lockgate.edge.options import EdgeOptions
from lockgate.edge.refusal import overloaded
from lockgate.edge.turns import Turns

SECURITY = (
    b"x-content-type-options: nosniff\r\n"
    b"content-security-policy: default-src 'none'; frame-ancestors 'none'\r\n"
    b"referrer-policy: no-referrer\r\n"
)
"""For a browser that was led here: nothing of an answer is a page, a script or a frame."""


class EdgeState:
    """Limits, counts and the clock of a server. `running` keeps every application task alive until it ended."""

    __slots__ = (
        "app",
        "arriving",
        "config",
        "connections",
        "cuts",
        "draining",
        "filled",
        "full",
        "loop",
        "noes",
        "openings",
        "options",
        "over",
        "quiet",
        "running",
        "secured",
        "shaking",
        "turns",
        "uvicorn",
    )

    def __init__(self, app: Application, options: EdgeOptions, loop: asyncio.AbstractEventLoop) -> None:
        self.app = app
        self.options = options
        self.loop = loop
        self.config = Config(app, interface="asgi3", lifespan="off", ws="none", log_config=None, proxy_headers=False)
        self.config.load()
        self.uvicorn = ServerState()
        self.connections = Connections(options)
        self.turns, self.noes = Turns(loop), Noes()
        self.running: set[asyncio.Task[None]] = set()
        self.arriving: set[asyncio.Task[None]] = set()
        """Those among them that let somebody in whose handshake is under way."""
        self.draining = self.over = False
        """`over`: nothing answers any more, and who comes all the same is cut off."""
        self.full = False
        self.cuts = 0
        """Connections since the last tick that were closed before their handshake."""
        self.filled: Callable[[], object] = lambda: None
        """There are as many connections as there may be, and those beyond them that were told so: `filled` is called then."""
        self.shaking: set[weakref.ref[object]] = set()
        """Connections whose handshake is under way: each has a descriptor, and is not counted anywhere else."""
        self.quiet = asyncio.Event()
        self.secured = SECURITY
        """What all replies say besides; over TLS there is more."""
        self.openings: dict[int, bytes] = {}
        """The first lines of replies by status: they are good for as long as the date in them."""

    def ended(self) -> None:
        """Something ended; while draining, somebody waits for the last of it."""
        if self.draining and not self.running and not self.uvicorn.connections:
            self.quiet.set()

    def beyond(self) -> bool:
        """After a connection that is one too many: whether it is too late to tell it why. `full` from the last one on."""
        more = len(self.uvicorn.connections) + len(self.shaking) - self.connections.total
        last = more >= self.options.spare and self.connections.full
        if last:
            self._fill()
        return more > self.options.spare

    def _fill(self) -> None:
        if not self.full:
            self.full = True
            self.loop.call_soon(self.filled)

    def shakes(self, connection: object) -> None:
        """A handshake begins. It is over when the connection is made, or when nobody holds it any more."""
        self.shaking.add(weakref.ref(connection, self.shaking.discard))
        if self.room <= 0:
            self._fill()

    @property
    def handshakes(self) -> list[Any]:
        """Those connections."""
        return [one for each in tuple(self.shaking) if (one := each()) is not None]

    def cut(self, address: str) -> None:
        """One too many of an address is closed before its handshake. Nobody can tell it why, so the first one since the last
        tick is noted as it would be without TLS: not each, for one costs next to nothing.
        """
        self.cuts += 1
        if self.cuts == 1 and self.options.noted is not None:
            self.options.noted(overloaded("too many connections"), secrets.token_hex(16), address)

    def shaken(self, connection: object) -> None:
        self.shaking.discard(weakref.ref(connection))

    @property
    def room(self) -> int:
        """So many more connections there may be."""
        taken = len(self.uvicorn.connections) + len(self.shaking)
        return self.options.max_connections + self.options.spare - taken

    def opening(self, status: int) -> bytes:
        """Status line and date of a reply."""
        lines = self.openings.get(status)
        if lines is not None:
            return lines
        date = formatdate(time.time(), usegmt=True).encode("ascii")
        self.openings[status] = lines = b"%bdate: %b\r\n%b" % (STATUS_LINE[status], date, self.secured)
        return lines
