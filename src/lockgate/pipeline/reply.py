"""The last touch to every reply: the headers that all of them carry, and the settlement."""

from collections.abc import Sequence
from time import perf_counter

from lockgate.core.dialect import Dialect
from lockgate.core.http import Headers, Reply
from lockgate.core.sink import Sink
from lockgate.pipeline.flow import Flow
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.limit_headers import limit_headers, replaced
from lockgate.pipeline.settle import settle


def finish(reply: Reply, dialect: Dialect, ledger: Ledger, sinks: Sequence[Sink]) -> Reply:
    """A whole body is settled now; a stream settles itself when it ends."""
    headers = reply.headers
    if ledger.standings:
        headers = replaced(headers, limit_headers(ledger.standings, dialect, ledger.wall))
    out = Reply(reply.status, headers + _ours(dialect, ledger), reply.body)
    if isinstance(reply.body, Flow):
        reply.body.attach(sinks)
    else:
        ledger.first_byte = perf_counter() - ledger.started
        settle(ledger, sinks, reply.status, ledger.end or "complete")
    return out


def marks(ledger: Ledger) -> Headers:
    """The request's id, and the gateway's own time so far."""
    ledger.own = perf_counter() - ledger.started - ledger.waited
    timing = f"lockgate;dur={ledger.own * 1e3:.3f}"
    if ledger.waited:
        timing += f", upstream;dur={ledger.waited * 1e3:.3f}"
    return (b"x-request-id", ledger.request_id.encode()), (b"server-timing", timing.encode())


def _ours(dialect: Dialect, ledger: Ledger) -> Headers:
    headers: Headers = (*marks(ledger), *dialect.extra_headers(ledger.request_id))
    if ledger.lost:
        headers += ((b"x-lockgate-lost", _listed(ledger.lost)),)
    return headers


def _listed(names: Sequence[str]) -> bytes:
    """Names of losses, comma separated. They may quote field names of the client: nothing but plain characters leaves."""
    text = ", ".join(names)[:1024]
    return "".join(c if " " <= c <= "~" else "?" for c in text).encode()
