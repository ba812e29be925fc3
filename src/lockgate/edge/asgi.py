"""The application between the protocol and the pipeline: scope to `Inbound`, `Reply` to what is written."""

import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from time import perf_counter
from typing import cast

from lockgate.core.http import Headers, Inbound, Reply
from lockgate.core.problem import Kind, Problem
from lockgate.edge.exchange import Application, Exchange
from lockgate.edge.no import No
from lockgate.edge.options import EdgeOptions
from lockgate.edge.reader import Bodies, Reader
from lockgate.edge.refusal import timing
from lockgate.edge.tls import certificate

Serve = Callable[[Inbound], Awaitable[Reply]]
Refuse = Callable[[Problem, Inbound], Reply]

_log = logging.getLogger("lockgate.edge")


def asgi(serve: Serve, refuse: Refuse, options: EdgeOptions) -> Application:
    """`serve` answers a request and turns its own problems into replies; `refuse` renders one that it let out.

    Replies are not stored by caches unless they say so. The body of a reply is closed however the request ends, and
    one that fails after its first byte breaks the connection: it never ends cleanly.
    """
    bodies = Bodies()

    async def app(exchange: Exchange) -> None:
        began = perf_counter()
        http = exchange.scope
        reader = Reader(exchange.intake, options, bodies)
        client = http["client"]
        inbound = Inbound(
            http["method"],
            http["raw_path"].decode("ascii"),
            http["query_string"].decode("ascii"),
            cast("Headers", http["headers"]),
            reader.read,
            client[0] if client else "",
            http["scheme"] == "https",
            certificate(http),
            exchange.intake.whole,
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
                await _send_whole(exchange, reply)
            else:
                await _send_stream(exchange, reply, reply.body)
        finally:
            reader.release()

    return app


async def _here(began: float) -> Reply:
    """Claude Code asks `HEAD /` whether anybody is there. Whoever may connect may know that."""
    return Reply(200, ((b"x-request-id", secrets.token_hex(16).encode()), (b"server-timing", timing(began))), b"")


async def _send_whole(exchange: Exchange, reply: Reply) -> None:
    """A body of known length in one write. The answer to a HEAD has none, but its stream is closed all the same."""
    body = reply.body
    if isinstance(body, bytes):
        if (shed := reply.shed) is not None:
            if shed.again is None:
                exchange.pause = shed.pause
            else:
                exchange.no = No(reply.status, reply.headers, body, shed.again, shed.pause)
        exchange.start(reply.status, reply.headers, len(body), reply.lines)
        wait = exchange.put(body, more=False)
        if wait is not None:
            await wait
    else:
        await _closed(body)
        exchange.start(reply.status, reply.headers, None, reply.lines)
        exchange.put(b"", more=False)


async def _send_stream(exchange: Exchange, reply: Reply, body: AsyncIterator[bytes]) -> None:
    try:
        exchange.start(reply.status, reply.headers, None, reply.lines)
        put, pour = exchange.put, getattr(body, "pour", None)
        if pour is not None:
            pour(exchange.pour)
        async for chunk in body:
            if chunk:
                wait = put(chunk, more=True)
                if wait is not None:
                    await wait
        put(b"", more=False)
    finally:
        await _closed(body)


async def _closed(body: AsyncIterator[bytes]) -> None:
    close = getattr(body, "aclose", None)  # a generator and an upstream's body have it, a plain iterator has not
    if close is not None:
        await close()
