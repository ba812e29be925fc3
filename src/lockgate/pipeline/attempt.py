"""One attempt at one upstream: translated, signed, sent, and looked at as far as it can still be taken back."""

from collections.abc import Sequence
from functools import partial
from time import perf_counter

from msgspec import Raw, Struct
from msgspec.structs import replace

from lockgate.core.answer import Answer
from lockgate.core.audit import Books
from lockgate.core.body import Body
from lockgate.core.dialect import Watch
from lockgate.core.exchange import Call, Upstream
from lockgate.core.health import Health
from lockgate.core.http import Arrival, Headers, Incoming, Outbound, Timeouts, Transport
from lockgate.core.problem import Kind, Problem
from lockgate.core.refusal import STATUSES, refusal
from lockgate.core.retry import Hedge, Refusal, Retry
from lockgate.core.retry_after import retry_after
from lockgate.pipeline import no_answer
from lockgate.pipeline.credentials import Read, ask
from lockgate.pipeline.deadline import timeouts
from lockgate.pipeline.filtered import begun, nothing_left
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.passing import request_headers
from lockgate.pipeline.translate import Translated, translated
from lockgate.pipeline.tried import Tried

JSON: Headers = ((b"content-type", b"application/json"),)
PEEK = 64 * 1024
ALIVE = 5.0
"""Seconds of nothing but signs of life, after which they go on to the client: it needs them, too."""
OK = 200
FILTER: Refusal = "content_filter"


class Sent(Struct, frozen=True):
    """An upstream that answered: what it was asked, what arrived, and the chunks that were looked at already.

    `top` are the top keys of a whole answer, and `answer` is what it says where it has to be translated, or said as a stream.
    `filtered`: its own filter let nothing of it through, and the route goes on for that.
    """

    upstream: Upstream
    asked: Translated
    arrival: Arrival
    tried: Tried
    peeked: tuple[bytes, ...] = ()
    filtered: bool = False
    top: dict[str, Raw] | None = None
    answer: Answer | None = None

    async def dropped(self) -> None:
        """Another answer is used."""
        self.tried.failed(None)
        await self.arrival.body.aclose()


class Failed(Struct, frozen=True):
    """An attempt that another one may follow: a problem, or an answer whose status says that there is none.

    `retry_after` is in seconds, None where the upstream did not say. Not `made`: it came to nothing before it was sent.
    """

    upstream: Upstream
    problem: Problem | None = None
    sent: Sent | None = None
    refusal: Refusal = ""
    retry_after: float | None = None
    made: bool = True

    @property
    def status(self) -> int:
        return self.sent.arrival.status if self.sent is not None else 0

    async def dropped(self) -> None:
        if self.sent is not None:
            await self.sent.dropped()

    def last(self) -> Sent:
        """There is no other attempt: what the client gets. Raises the problem."""
        if self.sent is None:
            assert self.problem is not None
            raise self.problem
        return self.sent


class Asking(Struct, frozen=True):
    """What all attempts for a request have in common."""

    call: Call
    body: Body
    transport: Transport
    ledger: Ledger
    health: Health
    retry: Retry
    books: Books
    hedge: Hedge | None = None


async def attempt(asking: Asking, upstream: Upstream) -> Sent | Failed:
    """Written down in the ledger, however it ends."""
    ledger = asking.ledger
    try:
        asked = translated(asking.call, asking.body, upstream, ledger)
        limits = timeouts(upstream, ledger, stream=asked.ask.stream)
    except Problem as problem:  # it cannot be said in this upstream's dialect, or there is no time left
        asking.health.let_go(upstream)
        return Failed(upstream, problem, made=False)
    if not asking.health.room(upstream):
        asking.health.let_go(upstream)
        full = Problem(Kind.OVERLOADED, "every upstream of this model is full", source="upstream", retry_after=1)
        return Failed(upstream, full, made=False)
    outbound = partial(_outbound, asking.call, asked=asked, limits=limits, ledger=ledger)
    started = perf_counter()
    tried = Tried(asking.health, upstream, ledger.wall, ledger.patience, started + limits.total)
    try:
        sent = Sent(upstream, asked, await ask(upstream, outbound, asking.transport, ledger), tried)
        sent = await _looked_at(asking, sent)
        tried.answered(sent.arrival)
    except Problem as problem:
        tried.failed(problem)
        ledger.attempted(upstream, error=problem.kind.code, said=problem.usage)
        return Failed(upstream, problem, retry_after=problem.retry_after)
    except BaseException:
        tried.ended("cancelled")
        ledger.attempted(upstream, error="cancelled")
        raise
    finally:
        ledger.waited += perf_counter() - started
    ledger.attempted(upstream, sent.arrival.status)
    return sent if sent.arrival.status == OK and not sent.filtered else _refused(asking, sent)


def _refused(asking: Asking, sent: Sent) -> Failed:
    arrival = sent.arrival
    if sent.filtered:
        return Failed(sent.upstream, None, sent, FILTER)
    why = refusal(arrival.status, arrival.body.kept) if isinstance(arrival.body, Read) and asking.retry.refusals else ""
    return Failed(sent.upstream, None, sent, why, retry_after(arrival.headers, asking.ledger.wall))


async def _looked_at(asking: Asking, sent: Sent) -> Sent:
    """Of a stream the first frame, for a provider may answer 200 and then say that it cannot. A whole answer is read, for
    it may break off, and be none.
    """
    arrival, stream = sent.arrival, asking.call.ask.stream
    try:
        no_answer.by_its_head(arrival, stream=stream)
        if arrival.status == OK and stream and not no_answer.is_whole(arrival, sent.asked.dialect, sent.asked.ask):
            return await _first(asking, sent)
        if arrival.status == OK and asking.call.dialect.vectors is not None:
            return await _begun(sent)
        if arrival.status != OK and not (asking.retry.refusals and arrival.status in STATUSES):
            return sent
        return await _read(asking, sent)
    except BaseException:
        await arrival.body.aclose()
        raise


async def _first(asking: Asking, sent: Sent) -> Sent:
    body, asked = sent.arrival.body, sent.asked
    try:
        peeked = await _first_frame(asked, body)
        if FILTER not in asking.retry.refusals:
            return replace(sent, peeked=peeked)
        peeked, filtered = await begun(peeked, body, asked.dialect, asked.ask)
        return replace(sent, peeked=peeked, filtered=filtered)
    except ValueError as error:
        raise no_answer.bad("the upstream sent an event without an end") from error


async def _read(asking: Asking, sent: Sent) -> Sent:
    arrival, dialect, ask_ = sent.arrival, sent.asked.dialect, sent.asked.ask
    sent.tried.answered(arrival)
    body = await arrival.body.read()
    whole = Arrival(arrival.status, arrival.headers, Read(body))
    if arrival.status != OK:
        return replace(sent, arrival=whole)
    top = no_answer.found(body, dialect)
    if asking.call.operation != "chat":
        return replace(sent, arrival=whole, top=top)
    as_it_is = dialect is asking.call.dialect and not asking.call.ask.stream
    answer = None if as_it_is else no_answer.understood(body, dialect, ask_)
    filtered = FILTER in asking.retry.refusals and nothing_left(body, dialect, ask_, answer)
    return replace(sent, arrival=whole, top=top, answer=answer, filtered=filtered)


async def _begun(sent: Sent) -> Sent:
    """An answer of vectors: all of it, as long as it is small. What is large goes on as it comes."""
    chunks, size = list[bytes](), 0
    sent.tried.answered(sent.arrival)
    async for chunk in sent.arrival.body:
        chunks.append(chunk)
        size += len(chunk)
        if size > PEEK:
            return replace(sent, peeked=tuple(chunks))
    whole = b"".join(chunks)
    no_answer.found(whole, sent.asked.dialect)
    return replace(sent, arrival=Arrival(sent.arrival.status, sent.arrival.headers, Read(whole)))


def _outbound(call: Call, upstream: Upstream, asked: Translated, limits: Timeouts, ledger: Ledger) -> Outbound:
    path = asked.service.count_tokens if call.operation == "count_tokens" else asked.service.path(asked.ask)
    passing = asked.dialect.passing if asked.dialect is call.dialect else None
    return Outbound(
        upstream.origin,
        "POST",
        upstream.base_path + path,
        JSON + request_headers(call, passing, upstream, ledger, asked.service.sign),
        asked.wire,
        limits,
        upstream.max_bytes,
    )


async def _first_frame(asked: Translated, body: Incoming) -> tuple[bytes, ...]:
    """Up to the first frame that says something: comments keep a connection alive, and an error may come behind them."""
    watch, framing, payload = asked.dialect.watch(), asked.dialect.framing(asked.ask), asked.dialect.payload
    chunks: list[bytes] = []
    size, begun = 0, perf_counter()
    async for chunk in body:
        chunks.append(chunk)
        size += len(chunk)
        frames = framing.feed(chunk)
        if refused := _failed(watch, frames, asked):
            raise refused
        if (
            size > PEEK
            or any(no_answer.begins(payload(frame, asked.ask)) for frame in frames)
            or (frames and perf_counter() - begun > ALIVE)
        ):
            return tuple(chunks)
    rest = framing.end()
    if refused := _failed(watch, rest, asked):
        raise refused
    if not any(no_answer.begins(payload(frame, asked.ask)) for frame in rest):
        raise no_answer.bad("the upstream ended the stream without an answer")
    return tuple(chunks)


def _failed(watch: Watch, frames: Sequence[bytes], asked: Translated) -> Problem | None:
    for frame in frames:
        watch.feed(frame)
        if watch.failed is not None:
            watch.failed.usage = watch.usage or asked.dialect.unary_usage(asked.dialect.payload(frame, asked.ask))
            return watch.failed
    return None
