"""Listens on given sockets, watches the deadlines, and drains. Signals and processes are its caller's business."""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Sequence
from functools import partial
from socket import socket
from typing import cast

from lockgate.edge.accepting import LAST, Accepting, Doorstep, Handshake
from lockgate.edge.certificate import HSTS
from lockgate.edge.exchange import Application
from lockgate.edge.options import EdgeOptions
from lockgate.edge.protocol import Connection
from lockgate.edge.state import SECURITY, EdgeState

_log = logging.getLogger("lockgate.edge")

_LAST_WORDS = 5.0
"""Seconds that cancelled requests get to write down how they ended."""

_HELD_UP = 1.0
"""Seconds that a tick may be late before it only lets what came be read."""

_LINGER = 1.0
"""Seconds that idle connections stay open for a request that is on its way."""


class Server:
    """The data plane of one process: `start`, and in the end `drain`."""

    def __init__(self, app: Application, options: EdgeOptions) -> None:
        self._app = app
        self._options = options
        self._servers: list[asyncio.Server | Doorstep] = []
        self._sockets: list[socket] = []
        self._timer: asyncio.TimerHandle | None = None
        self._state: EdgeState | None = None
        self._backlog = 0
        self._tls: ssl.SSLContext | None = None
        self._hsts = False
        self._due = 0.0
        self._late = False
        self._opening: asyncio.Task[None] | None = None

    @property
    def accepts(self) -> bool:
        """Somebody takes new connections."""
        return any(server.is_serving() for server in self._servers)

    @property
    def connections(self) -> int:
        """Open connections."""
        return len(self._open())

    @property
    def in_flight(self) -> int:
        """Requests whose application has not ended."""
        return len(self._state.running) if self._state else 0

    def _open(self) -> list[Connection]:
        return cast("list[Connection]", list(self._state.uvicorn.connections)) if self._state else []

    async def start(
        self, sockets: Sequence[socket], *, tls: ssl.SSLContext | None = None, hsts: bool = False, backlog: int = 2048
    ) -> None:
        """Answers on sockets that are bound already. A server starts once. `hsts`: replies say that TLS is here to stay."""
        self._state = state = EdgeState(self._app, self._options, asyncio.get_running_loop())
        self._backlog = backlog
        await self._listen(state, sockets, tls, hsts=hsts)
        state.filled = self._pause
        self._due = state.loop.time()
        self._tick(state)

    async def renew(self, tls: ssl.SSLContext | None, *, hsts: bool = False, doubted: bool = False) -> None:
        """Another context for the connections to come. Those that stand keep theirs, and none is refused in between.

        `doubted`: other certificates of clients are good now, so whoever has shown one has to show it again.
        """
        if self._state is None or self._state.draining:
            return
        if tls is not None and self._tls is not None:
            for server in self._servers:
                if isinstance(server, Doorstep):
                    server.renew(Handshake(tls, self._options.head_deadline))
            self._secure(self._state, tls, hsts=hsts)
        else:
            await self._listen_anew(self._state, tls, hsts=hsts)
        for connection in (*self._open(), *self._state.handshakes) if doubted else ():
            connection.doubt()

    async def _listen_anew(self, state: EdgeState, tls: ssl.SSLContext | None, *, hsts: bool) -> None:
        """With TLS where there was none, or without: other listeners on the same sockets."""
        before = self._servers
        try:
            fresh = [one.dup() for one in self._sockets]
        except OSError as error:
            _log.error("TLS is on, or off, as before, until the next reload: %s", error.strerror)
            return
        try:
            await self._listen(state, fresh, tls, hsts=hsts)
        finally:
            for server in before:
                server.close()

    async def _listen(
        self, state: EdgeState, sockets: Sequence[socket], tls: ssl.SSLContext | None, *, hsts: bool
    ) -> None:
        self._servers = [await self._listener(state, one, tls) for one in sockets]
        self._sockets = list(sockets)
        state.full = False
        self._secure(state, tls, hsts=hsts)

    def _secure(self, state: EdgeState, tls: ssl.SSLContext | None, *, hsts: bool) -> None:
        self._tls, self._hsts = tls, hsts
        state.secured = SECURITY + (HSTS if tls is not None and hsts else b"")
        state.openings.clear()

    async def _listener(self, state: EdgeState, one: socket, tls: ssl.SSLContext | None) -> asyncio.Server | Doorstep:
        made = partial(Connection, state)
        if tls is not None:
            accepting = Accepting(state, one, made, Handshake(tls, self._options.head_deadline))
            return Doorstep(state.loop, one, accepting, self._backlog)
        return await state.loop.create_server(Accepting(state, one, made), sock=one, backlog=self._backlog)

    def _tick(self, state: EdgeState) -> None:
        now = state.loop.time()
        state.openings.clear()  # they have the date in them
        state.noes.said.clear()
        state.cuts = 0
        self._late = not self._late and now - self._due > _HELD_UP
        if not self._late:  # else what clients sent while nobody looked is read first
            for connection in self._open():
                connection.check(now)
        if state.full and not state.draining:
            self._resume_soon(state)
        self._due = now + self._options.tick
        self._timer = state.loop.call_later(self._options.tick, self._tick, state)

    def _close_listeners(self) -> None:
        """Also those that nobody listens on at the moment."""
        for server in self._servers:
            server.close()
        if not self._servers:
            for one in self._sockets:
                one.close()

    def _resume_soon(self, state: EdgeState) -> None:
        if self._opening is None and state.room > 0:
            self._opening = state.loop.create_task(self._resume(state))

    def _pause(self) -> None:
        """Who comes while there is no room waits in the system's queue, or is taken by another process."""
        if not self._servers or (self._state is not None and self._state.draining):
            return
        before, self._sockets = self._servers, [one.dup() for one in self._sockets]
        self._servers = []
        for server in before:
            server.close()

    async def _resume(self, state: EdgeState) -> None:
        try:
            if self._servers:
                state.full = False
            else:
                await self._listen(state, self._sockets, self._tls, hsts=self._hsts)
        except OSError as error:
            _log.warning("no connections are accepted yet: %s", error.strerror)
        finally:
            self._opening = None

    def retire(self) -> None:
        """Idle connections end now, the others after the reply that is under way.

        New ones are still taken, for one reply each: the socket is open in other processes too, and a client that is let in
        and told to go elsewhere is better off than one that waits for nobody.
        """
        if self._state is None:
            return
        self._state.draining = True
        for connection in self._open():
            connection.retire()
        self._state.loop.call_later(LAST, _cut_off, tuple(self._state.arriving))

    async def leave(self, grace: float) -> bool:
        """Takes no new connections, for somebody else listens on the same sockets, and then drains.

        Kept connections are good for one more request, so that one which is on its way is not lost.
        """
        if self._state is None:
            return True
        self._close_listeners()
        self._state.draining = True
        linger = min(_LINGER, grace)
        await _quiet(linger, self._state)
        return await self.drain(grace - linger)

    async def drain(self, grace: float) -> bool:
        """Retires and waits up to `grace` seconds for the requests under way; cancels what is left then.

        Returns whether all ended by themselves. Afterwards nothing of the server is left.
        """
        self.retire()
        state = self._state
        if state is None:
            return True
        ended = await _quiet(grace, state)
        self._close_listeners()
        state.over = True
        for connection in self._open():
            connection.abort()
        for task in tuple(state.running):
            task.cancel()
        await _quiet(_LAST_WORDS, state)
        if self._timer is not None:
            self._timer.cancel()
        return ended


def _cut_off(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Those whose handshake was under way when the server began to end, and is still."""
    for task in tasks:
        task.cancel()


async def _quiet(seconds: float, state: EdgeState) -> bool:
    """Nothing runs and nobody is connected, now and not only a while ago; False: not in that time."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while state.running or state.uvicorn.connections:
                state.quiet.clear()
                await state.quiet.wait()
            return True
    return False
