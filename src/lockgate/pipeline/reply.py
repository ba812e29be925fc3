"""The last touch to every reply: the headers that all of them carry, and the settlement."""

from collections.abc import Sequence
from time import perf_counter

from lockgate.core.audit import Books, Proving
from lockgate.core.dialect import Dialect
from lockgate.core.http import Headers, Reply
from lockgate.pipeline.additions import given
from lockgate.pipeline.flow import Flow
from lockgate.pipeline.intend import unrecorded
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.limit_headers import limit_headers, replaced, told
from lockgate.pipeline.limit_lines import limit_lines, untouched
from lockgate.pipeline.patient import Waiting
from lockgate.pipeline.prove import pending, receipt
from lockgate.pipeline.refuse import refuse
from lockgate.pipeline.settle import settle

COST = b"x-lockgate-cost"
VIA = (b"via", b"1.1 lockgate")


async def finish(reply: Reply, dialect: Dialect, ledger: Ledger, books: Books, proving: Proving) -> Reply:
    """A whole body is settled now, and waits for its record; a stream settles itself when it ends.

    An answer of a model whose record nobody takes is not given out. Who is refused because there is too much to do is
    written down like everybody, but does not wait for it.
    """
    dressed = dress(reply, dialect, ledger)
    if isinstance(reply.body, Flow | Waiting):
        reply.body.attach(books)
        return _with(dressed, pending(ledger))
    ledger.first_byte = perf_counter() - ledger.started
    if ledger.digests is not None and isinstance(reply.body, bytes):
        ledger.digests.response.update(reply.body)
    kept = settle(ledger, books, reply.status, ledger.end or "complete")
    dressed = _with(dressed, _cost(ledger))
    if ledger.shed is not None:
        return Reply(dressed.status, dressed.headers, dressed.body, ledger.shed, dressed.lines)
    if kept is None or await kept or not (ledger.admitted or ledger.cache in ("hit", "repeat")):
        return _with(dressed, await receipt(ledger, proving)) if ledger.digests is not None else dressed
    return dress(refuse(unrecorded(), dialect, ledger.request_id), dialect, ledger)


def _with(reply: Reply, more: Headers) -> Reply:
    return Reply(reply.status, reply.headers + more, reply.body, None, reply.lines) if more else reply


def _cost(ledger: Ledger) -> Headers:
    """In dollars, of all attempts. It is known when the request is settled; what a stream costs, not before it left."""
    if ledger.cost_usd is None or not ledger.attempts:
        return ()
    if ledger.headers is not None and COST in ledger.headers.reply_remove:
        return ()
    return ((COST, ledger.cost_usd.encode()),)


def dress(reply: Reply, dialect: Dialect, ledger: Ledger) -> Reply:
    """The reply with the headers that all of them carry, and as the operator wants them."""
    headers, lines = reply.headers, b""
    if ledger.chosen is not None:
        if untouched(ledger) and not told(headers):
            lines = limit_lines(ledger.chosen, ledger.standings, dialect, ledger.wall)
        if not lines:
            headers = replaced(headers, limit_headers(ledger.chosen, ledger.standings, dialect, ledger.wall))
    headers += _ours(dialect, ledger)
    if ledger.headers is not None:
        headers = given(headers, ledger.headers, ledger.caller, ledger.request_id)
    return Reply(reply.status, headers, reply.body, None, lines)


def marks(ledger: Ledger) -> Headers:
    """The request's id, and the gateway's own time so far."""
    if ledger.own is None:
        ledger.own = perf_counter() - ledger.started - ledger.waited
    timing = b"lockgate;dur=%d.%03d" % divmod(round(ledger.own * 1e6), 1000)  # whole numbers are quicker to write
    if ledger.waited:
        timing += b", upstream;dur=%d.%03d" % divmod(round(ledger.waited * 1e6), 1000)
    return (b"x-request-id", ledger.request_id.encode()), (b"server-timing", timing)


def _ours(dialect: Dialect, ledger: Ledger) -> Headers:
    headers: Headers = (*marks(ledger), *dialect.extra_headers(ledger.request_id))
    if tried := ledger.attempts:
        target = tried[-1].upstream.encode()
        headers += (b"x-lockgate-target", target), (b"x-lockgate-attempts", b"%d" % len(tried)), VIA
    if ledger.lost:
        headers += ((b"x-lockgate-lost", _listed(ledger.lost)),)
    if ledger.cache and ledger.cache != "repeat":
        headers += ((b"x-lockgate-cache", ledger.cache.encode()),)
    if ledger.similarity is not None:
        headers += ((b"x-lockgate-cache-similarity", b"%.3f" % ledger.similarity),)
    if ledger.trace:
        headers += ((b"traceresponse", ledger.trace),)
    return headers


def _listed(names: Sequence[str]) -> bytes:
    """Names of losses, comma separated. They may quote field names of the client: nothing but plain characters leaves."""
    text = ", ".join(names)[:1024]
    return "".join(c if " " <= c <= "~" else "?" for c in text).encode()
