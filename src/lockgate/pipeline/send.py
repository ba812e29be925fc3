"""Ask the upstreams, in order, until one answers. The next one is tried only before a byte of an answer was used."""

from collections.abc import Sequence
from functools import partial
from time import perf_counter

from msgspec import Struct

from lockgate.core.body import Body
from lockgate.core.dialect import Watch
from lockgate.core.exchange import Call, Upstream
from lockgate.core.health import Health
from lockgate.core.http import Arrival, Headers, Incoming, Outbound, Transport, header
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.credentials import ask
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.passing import request_headers
from lockgate.pipeline.translate import Translated, translate
from lockgate.pipeline.tried import Tried

RETRYABLE = frozenset((401, 408, 409, 425, 429, 500, 502, 503, 504, 529))
"""Another upstream may do better. 401 is about our credential there, not about the client's."""

JSON: Headers = ((b"content-type", b"application/json"),)
PEEK = 64 * 1024


class Sent(Struct, frozen=True):
    """An upstream that answered: what it was asked, what arrived, and the chunks that were looked at already."""

    upstream: Upstream
    asked: Translated
    arrival: Arrival
    peeked: tuple[bytes, ...] = ()


async def send(
    call: Call, body: Body, upstreams: Sequence[Upstream], transport: Transport, ledger: Ledger, *, health: Health
) -> Sent:
    last = upstreams[-1]
    for upstream in upstreams:
        asked = translate(call, body, upstream)
        outbound = partial(_outbound, call, asked=asked, ledger=ledger)
        started = perf_counter()
        tried = Tried(health, upstream, ledger.wall)
        try:
            arrival = await ask(upstream, outbound, transport, ledger)
            peeked = await _peek(asked, arrival) if call.ask.stream and arrival.status == 200 else ()
            tried.answered(arrival)
        except Problem as problem:
            tried.failed(problem)
            ledger.attempted(upstream, error=problem.kind.code)
            if upstream is last:
                raise
            continue
        except BaseException:
            tried.ended("cancelled")
            ledger.attempted(upstream, error="cancelled")
            raise
        finally:
            ledger.waited += perf_counter() - started
        ledger.attempted(upstream, arrival.status)
        if upstream is last or arrival.status not in RETRYABLE:
            ledger.lose(asked.lost)
            ledger.tried = tried
            return Sent(upstream, asked, arrival, peeked)
        tried.failed(None)
        await arrival.body.aclose()
    raise Problem(Kind.INTERNAL, "no upstream was asked", source="gateway")


def _outbound(call: Call, upstream: Upstream, asked: Translated, ledger: Ledger) -> Outbound:
    path = asked.service.count_tokens if call.operation == "count_tokens" else asked.service.path(asked.ask)
    passing = asked.dialect.passing if asked.dialect is call.dialect else None
    return Outbound(
        upstream.origin,
        "POST",
        upstream.base_path + path,
        JSON + request_headers(call, passing, upstream, ledger),
        asked.wire,
        upstream.timeouts,
    )


async def _peek(asked: Translated, arrival: Arrival) -> tuple[bytes, ...]:
    """Up to the first whole frame: a provider may answer 200 and then say that it cannot."""
    if not _streams(asked, arrival):
        return ()
    try:
        return await _first_frame(asked, arrival.body)
    except BaseException as error:
        await arrival.body.aclose()
        if isinstance(error, ValueError):
            raise Problem(Kind.BAD_UPSTREAM, "the upstream sent an event without an end", source="upstream") from error
        raise


def _streams(asked: Translated, arrival: Arrival) -> bool:
    """Not when it is a whole answer after all, and not when it is no answer: that is for `relay` to say."""
    media = (header(arrival.headers, b"content-type") or b"").partition(b";")[0].strip().lower()
    return media in (b"", b"text/event-stream", b"text/plain", asked.dialect.media_type(asked.ask))


async def _first_frame(asked: Translated, body: Incoming) -> tuple[bytes, ...]:
    watch, framing = asked.dialect.watch(), asked.dialect.framing(asked.ask)
    chunks: list[bytes] = []
    size = 0
    async for chunk in body:
        chunks.append(chunk)
        size += len(chunk)
        frames = framing.feed(chunk)
        if refusal := _failed(watch, frames):
            raise refusal
        if frames or size > PEEK:
            break
    return tuple(chunks)


def _failed(watch: Watch, frames: Sequence[bytes]) -> Problem | None:
    for frame in frames:
        watch.feed(frame)
    return watch.failed
