"""The application between the protocol and the pipeline: scope to `Inbound`, `Reply` to messages."""

import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from time import perf_counter
from typing import cast

from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

from lockgate.core.http import Headers, Inbound, Reply
from lockgate.core.problem import Kind, Problem
from lockgate.edge.options import EdgeOptions
from lockgate.edge.reader import Bodies, Reader
from lockgate.edge.refusal import timing
from lockgate.edge.tls import certificate

Serve = Callable[[Inbound], Awaitable[Reply]]
Refuse = Callable[[Problem, Inbound], Reply]

_log = logging.getLogger("lockgate.edge")
_OURS = frozenset(
    b"connection content-length date keep-alive proxy-connection server te trailer transfer-encoding upgrade".split()
)
"""Framing, persistence and the name of the server are said by the edge, whatever an upstream said."""
_NO_STORE = (b"cache-control", b"no-store")


def asgi(serve: Serve, refuse: Refuse, options: EdgeOptions) -> ASGI3Application:
    """`serve` answers a request and turns its own problems into replies; `refuse` renders one that it let out.

    Replies are not stored by caches unless they say so. The body of a reply is closed however the request ends, and
    one that fails after its first byte breaks the connection: it never ends cleanly.
    """
    bodies = Bodies()

    async def app(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        began = perf_counter()
        http = cast("HTTPScope", scope)
        headers = tuple(http["headers"])
        reader = Reader(receive, options, bodies)
        client = http["client"]
        inbound = Inbound(
            http["method"],
            http["raw_path"].decode("ascii"),
            http["query_string"].decode("ascii"),
            headers,
            reader.read,
            client[0] if client else "",
            http["scheme"] == "https",
            certificate(http),
        )
        try:
            try:
                reply = await (_here(began) if inbound.method == "HEAD" and inbound.path == "/" else serve(inbound))
            except Problem as problem:
                reply = refuse(problem, inbound)
            except Exception:  # noqa: BLE001 - whatever it is, the client gets an answer
                _log.exception("serving failed")
                reply = refuse(Problem(Kind.INTERNAL, "internal error", source="gateway"), inbound)
            if isinstance(reply.body, bytes) or inbound.method == "HEAD":
                await _send_whole(reply, send)
            else:
                await _send_stream(reply, reply.body, send)
        finally:
            reader.release()

    return app


async def _here(began: float) -> Reply:
    """Claude Code asks `HEAD /` whether anybody is there. Whoever may connect may know that."""
    return Reply(200, ((b"x-request-id", secrets.token_hex(16).encode()), (b"server-timing", timing(began))), b"")


def _told(headers: Headers) -> list[tuple[bytes, bytes]]:
    kept = [field for field in headers if field[0] not in _OURS]
    for name, _ in kept:
        if name == b"cache-control":
            return kept
    kept.append(_NO_STORE)
    return kept


async def _send_whole(reply: Reply, send: ASGISendCallable) -> None:
    """A body of known length in one write. The answer to a HEAD has none, but its stream is closed all the same."""
    headers, body = _told(reply.headers), reply.body
    if isinstance(body, bytes):
        if reply.status != 204:  # RFC 9110 8.6 forbids it there
            headers.append((b"content-length", b"%d" % len(body)))
    else:
        await _closed(body)
        body = b""
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _send_stream(reply: Reply, body: AsyncIterator[bytes], send: ASGISendCallable) -> None:
    try:
        await send({"type": "http.response.start", "status": reply.status, "headers": _told(reply.headers)})
        async for chunk in body:
            if chunk:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        await _closed(body)


async def _closed(body: AsyncIterator[bytes]) -> None:
    close = getattr(body, "aclose", None)  # a generator and an upstream's body have it, a plain iterator has not
    if close is not None:
        await close()
