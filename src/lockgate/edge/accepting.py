"""Takes connections that wait behind others.

uvloop accepts one connection in a turn of its loop. A turn of a busy worker takes tens of milliseconds, so that clients would
wait in the system's queue for seconds, with nobody to tell them that there is too much to do. Here a worker takes as many more
as it would have, had its turns been short. One with nothing to do takes none, so workers that share a socket share its clients.
"""

import asyncio
import errno
import logging
import os
import ssl
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from socket import socket
from time import perf_counter
from typing import final

from msgspec import Struct

from lockgate.edge.life import Life
from lockgate.edge.state import EdgeState

TOLD_SECONDS = 1.0
"""Between two lines in the log about clients whose certificates are not good: anybody can send such."""
RATE = 4000
"""Connections a second."""
MOST = 256
"""In one turn."""
REST = 1.0
"""Seconds in which nobody is let in when the system has nothing left for it, as asyncio rests."""
LAST = 1.0
"""Seconds for a handshake of a server that ends: who says nothing is not waited for, as nobody is who was let in and asks nothing."""
_NOTHING_LEFT = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM))

_log = logging.getLogger("lockgate.edge")


class Handshake(Struct, frozen=True):
    """What one takes, and how long it may take."""

    context: ssl.SSLContext
    patience: float


@final
class Accepting:
    """Of one listening socket: what `create_server` makes its protocols with.

    Who is being let in is among what runs, so that a server which ends cuts it off.
    """

    __slots__ = ("_coming", "_looking", "_made", "_since", "_sock", "_state", "_tls", "_told", "starved")

    def __init__(self, state: EdgeState, sock: socket, made: Callable[[], Life], tls: Handshake | None = None) -> None:
        self._state, self._sock, self._made, self._tls = state, sock, made, tls
        self._looking, self._since, self._coming, self._told = False, 0.0, 0, -TOLD_SECONDS
        self.starved = ""
        """Why the system could not let the last one in, where the fault is its own: who waits goes on waiting."""

    def __call__(self) -> asyncio.Protocol:
        """The system had a connection; perhaps it has more."""
        self.look()
        return self._made()

    def renew(self, tls: Handshake) -> None:
        self._tls = tls

    def look(self) -> None:
        if not self._looking:
            self._looking = True
            self._state.loop.call_soon(self._begin)

    def _begin(self) -> None:
        self._since = perf_counter()
        self._state.loop.call_soon(self._more)

    def _more(self) -> None:
        """A whole turn later."""
        now = perf_counter()
        coming = self._coming if self._tls is None else 0  # else they are counted where all handshakes are
        due = min(MOST, int((now - self._since) * RATE), self._state.room - coming)
        self._since = now
        if due > 0 and self.taken(due):
            self._state.loop.call_soon(self._more)
        else:
            self._looking = False

    def taken(self, most: int) -> bool:
        """False: nobody waits any more, or nobody listens."""
        self.starved = ""
        for _ in range(most):
            try:
                one, address = self._sock.accept()
            except OSError as error:  # uvloop's own listener deals with a want of descriptors itself
                self.starved = os.strerror(error.errno) if error.errno in _NOTHING_LEFT else ""
                return False
            one.setblocking(False)
            made = self._made()
            client = address[0] if isinstance(address, tuple) else ""
            if self._tls is not None and not made.foreseen(client):
                made.unmade()
                one.close()
                continue
            self._coming += 1
            task = self._state.loop.create_task(self._let_in(one, made, client))
            self._state.running.add(task)
            if self._tls is not None:
                self._state.arriving.add(task)
            task.add_done_callback(self._is_in)
        return True

    def _is_in(self, task: asyncio.Task[None]) -> None:
        self._coming -= 1
        self._state.running.discard(task)
        self._state.arriving.discard(task)
        self._state.ended()

    async def _let_in(self, one: socket, made: Life, client: str) -> None:
        into = partial(self._state.loop.connect_accepted_socket, lambda: made, one)
        if self._tls is None:
            with suppress(OSError):  # it left
                await into()
            return
        try:
            patience = min(self._tls.patience, LAST) if self._state.draining else self._tls.patience
            await into(ssl=self._tls.context, ssl_handshake_timeout=patience)
        except OSError as error:  # it left, or its handshake was none; ssl.SSLError is an OSError
            self._tell(error, client)
        finally:
            made.unmade()

    def _tell(self, error: OSError, client: str) -> None:
        """The operator, of certificates that are not good: the client itself sees a closed connection and no reason."""
        if isinstance(error, ssl.SSLCertVerificationError):
            why = f"its certificate is not good ({error.verify_message})"
        elif getattr(error, "reason", "") == "PEER_DID_NOT_RETURN_A_CERTIFICATE":
            why = "it shows no certificate"
        else:
            return
        now = self._state.loop.time()
        if now - self._told >= TOLD_SECONDS:
            self._told = now
            _log.warning("a client at %s gets no connection: %s", client or "an unknown address", why)


@final
class Doorstep:
    """A listener whose clients are counted before their handshake, which costs more than a request; else those who never end
    theirs would take the places of all others. uvloop's own listeners do not say who comes before the handshake is over.
    """

    __slots__ = ("_accepting", "_loop", "_open", "_sock")

    def __init__(self, loop: asyncio.AbstractEventLoop, sock: socket, accepting: Accepting, backlog: int) -> None:
        self._loop, self._sock, self._accepting, self._open = loop, sock, accepting, True
        sock.setblocking(False)
        sock.listen(backlog)
        loop.add_reader(sock, self._comes)

    def is_serving(self) -> bool:
        return self._open

    def renew(self, tls: Handshake) -> None:
        """For those who come from now on. Nothing is opened for it: it cannot fail for a want of descriptors."""
        self._accepting.renew(tls)

    def close(self) -> None:
        if self._open:
            self._open = False
            self._loop.remove_reader(self._sock)
            self._sock.close()

    def _comes(self) -> None:
        """One in a turn, as uvloop has it, and perhaps more."""
        self._accepting.taken(1)
        if self._accepting.starved:  # who waits makes the socket readable in every turn
            _log.warning("no connection is accepted for a second: %s", self._accepting.starved)
            self._loop.remove_reader(self._sock)
            self._loop.call_later(REST, self._rested)
            return
        self._accepting.look()

    def _rested(self) -> None:
        if self._open:
            self._loop.add_reader(self._sock, self._comes)
