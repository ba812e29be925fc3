"""Addresses that are faults in themselves: nothing of a request reaches them (U1, U2, U15).

refused           nobody listens                          tls-expired, tls-other-name, tls-self-signed
black-hole        the handshake of TCP is never answered  tls-stalled   it takes the connection and says nothing
tls               sound; its authority is `tls-ca`        tls-1.1       an old version of TLS, and no other
"""

import asyncio
import socket
import ssl
from contextlib import AsyncExitStack, closing, suppress
from pathlib import Path
from typing import Any, Protocol

from lockgate.app.faulty.certificates import Authority
from lockgate.app.faulty.server import Faulty

HOST = "127.0.0.1"


class Named(Protocol):
    """A socket."""

    def getsockname(self) -> Any: ...


async def open_places(faulty: Faulty, folder: Path, stack: AsyncExitStack) -> dict[str, str]:
    """Opens them all, until the stack is closed; their addresses by name."""
    places = {"refused": _refused(stack), "black-hole": _black_hole(stack)}
    authority = Authority(folder)
    places["tls-ca"] = str(authority.file)
    secure = {
        "tls": authority.context("tls"),
        "tls-expired": authority.context("tls-expired", expired=True),
        "tls-other-name": authority.context("tls-other-name", host="elsewhere.example"),
        "tls-self-signed": authority.context("tls-self-signed", alone=True),
        "tls-1.1": _old(authority.context("tls-1.1")),
    }
    for name, context in secure.items():
        places[name] = await _listening(faulty, context, stack)
    places["tls-stalled"] = await _stalled(stack)
    return places


def _refused(stack: AsyncExitStack) -> str:
    """Bound, so that nobody else gets the port, and not listening."""
    bound = stack.enter_context(closing(socket.socket()))
    bound.bind((HOST, 0))
    return _address(bound)


def _black_hole(stack: AsyncExitStack) -> str:
    """A listener whose queue is full: Linux drops the SYNs that come after."""
    bound = stack.enter_context(closing(socket.socket()))
    bound.bind((HOST, 0))
    bound.listen(0)
    for _ in range(3):
        filler = stack.enter_context(closing(socket.socket()))
        filler.setblocking(False)
        with suppress(BlockingIOError):
            filler.connect(bound.getsockname())
    return _address(bound)


def _old(context: ssl.SSLContext) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    return context


async def _listening(faulty: Faulty, context: ssl.SSLContext, stack: AsyncExitStack) -> str:
    server = await asyncio.get_running_loop().create_server(faulty.protocol, HOST, 0, ssl=context)
    stack.callback(server.close)
    return _address(server.sockets[0])


async def _stalled(stack: AsyncExitStack) -> str:
    server = await asyncio.get_running_loop().create_server(asyncio.Protocol, HOST, 0)
    stack.callback(server.close)
    return _address(server.sockets[0])


def _address(bound: Named) -> str:
    host, port = bound.getsockname()[:2]
    return f"{host}:{port}"
