"""What all connections of one server share."""

import asyncio
import time
from email.utils import formatdate

from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.server import ServerState

from lockgate.edge.connections import Connections
from lockgate.edge.options import EdgeOptions


class EdgeState:
    """Limits, counts and the clock of a server. `running` keeps every application task alive until it ended."""

    __slots__ = ("app", "config", "connections", "date", "draining", "loop", "options", "quiet", "running", "uvicorn")

    def __init__(self, app: ASGI3Application, options: EdgeOptions, loop: asyncio.AbstractEventLoop) -> None:
        self.app = app
        self.options = options
        self.loop = loop
        self.config = Config(app, interface="asgi3", lifespan="off", ws="none", log_config=None, proxy_headers=False)
        self.config.load()
        self.uvicorn = ServerState()
        self.connections = Connections(options)
        self.running: set[asyncio.Task[None]] = set()
        self.draining = False
        self.quiet = asyncio.Event()
        self.date = b""
        self.tell_time()

    def ended(self) -> None:
        """Something ended; while draining, somebody waits for the last of it."""
        if self.draining and not self.running and not self.uvicorn.connections:
            self.quiet.set()

    def tell_time(self) -> None:
        """The `date` of all replies; the second is exact enough."""
        self.date = formatdate(time.time(), usegmt=True).encode("ascii")
