"""Takes connections that wait behind others.

uvloop accepts one connection in a turn of its loop. A turn of a busy worker takes tens of milliseconds, so that clients would
wait in the system's queue for seconds, with nobody to tell them that there is too much to do. Here a worker takes as many more
as it would have, had its turns been short. One with nothing to do takes none, so workers that share a socket share its clients.
"""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from socket import socket
from time import perf_counter
from typing import final

from lockgate.edge.state import EdgeState

RATE = 4000
"""Connections a second."""
MOST = 256
"""In one turn."""


@final
class Accepting:
    """Of one listening socket: what `create_server` makes its protocols with.

    Who is being let in is among what runs, so that a server which ends cuts it off.
    """

    __slots__ = ("_coming", "_looking", "_made", "_patience", "_since", "_sock", "_state", "_tls")

    def __init__(
        self,
        state: EdgeState,
        sock: socket,
        made: Callable[[], asyncio.Protocol],
        *,
        tls: ssl.SSLContext | None = None,
        patience: float | None = None,
    ) -> None:
        self._state, self._sock, self._made = state, sock, made
        self._tls, self._patience = tls, patience
        self._looking, self._since, self._coming = False, 0.0, 0

    def __call__(self) -> asyncio.Protocol:
        """The system had a connection; perhaps it has more."""
        if not self._looking:
            self._looking = True
            self._state.loop.call_soon(self._begin)
        return self._one()

    def _one(self) -> asyncio.Protocol:
        one = self._made()
        if self._tls is not None:
            self._state.shakes(one)
        return one

    def _begin(self) -> None:
        self._since = perf_counter()
        self._state.loop.call_soon(self._more)

    def _more(self) -> None:
        """A whole turn later."""
        now = perf_counter()
        coming = self._coming if self._tls is None else 0  # else they are counted where all handshakes are
        due = min(MOST, int((now - self._since) * RATE), self._state.room - coming)
        self._since = now
        if due > 0 and self._taken(due):
            self._state.loop.call_soon(self._more)
        else:
            self._looking = False

    def _taken(self, most: int) -> bool:
        """False: nobody waits any more, or nobody listens."""
        for _ in range(most):
            try:
                one, _address = self._sock.accept()
            except OSError:  # also when there are no descriptors, which uvloop reports
                return False
            one.setblocking(False)
            self._coming += 1
            task = self._state.loop.create_task(self._let_in(one))
            self._state.running.add(task)
            task.add_done_callback(self._is_in)
        return True

    def _is_in(self, task: asyncio.Task[None]) -> None:
        self._coming -= 1
        self._state.running.discard(task)
        self._state.ended()

    async def _let_in(self, one: socket) -> None:
        into = partial(self._state.loop.connect_accepted_socket, self._one, one)
        with suppress(OSError):  # it left, or its handshake was none; ssl.SSLError is an OSError
            await (into() if self._tls is None else into(ssl=self._tls, ssl_handshake_timeout=self._patience))
