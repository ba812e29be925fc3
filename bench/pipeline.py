"""The whole pipeline without sockets: a gateway whose upstream answers at once from memory, and whose records go nowhere."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import replace
from typing import TypeVar

from bench import bodies
from lockgate.app.zone import zone
from lockgate.auth.api_key import ApiKeys, Entry, snapshot
from lockgate.core.access import Access
from lockgate.core.audit import Books
from lockgate.core.auth import Caller
from lockgate.core.exchange import Route, Upstream
from lockgate.core.guard import NO_RULES, Rules
from lockgate.core.http import Arrival, Fields, Headers, Inbound, Origin, Outbound, Reply
from lockgate.core.key_digest import Pepper
from lockgate.core.policy import Place, Policies
from lockgate.core.secret import Secret
from lockgate.core.sink import Event, Record
from lockgate.dialects import anthropic_messages, openai_chat
from lockgate.egress import Guarded, Scanner
from lockgate.health import Enlisted, Shared, Table
from lockgate.pipeline.authenticate import Entrance
from lockgate.pipeline.egress import CheckedTransport
from lockgate.pipeline.gate import Gate
from lockgate.pipeline.recognise import Catalogue
from lockgate.pipeline.serve import Gateway, serve
from lockgate.providers import anthropic, openai
from lockgate.sinks.metrics import Metrics

T = TypeVar("T")
KEY = "lg-" + "bench" * 10
EVENTS = 100
_HEADERS: Headers = (
    (b"host", b"127.0.0.1:8080"),
    (b"content-type", b"application/json"),
    (b"authorization", b"Bearer " + KEY.encode()),
    (b"user-agent", b"bench"),
    (b"accept", b"*/*"),
)
_JSON: Headers = ((b"content-type", b"application/json"), (b"x-request-id", b"req_1"))
_SSE: Headers = ((b"content-type", b"text/event-stream; charset=utf-8"),)


def finished(work: Coroutine[object, None, T]) -> T:
    """Runs to the end what never really waits, without a loop: it only lets others have their turn, and there are none."""
    try:
        while work.send(None) is None:
            pass
    except StopIteration as end:
        result: T = end.value
        return result
    raise RuntimeError("it waits for something, and there is no loop here")


class Memory:
    """An upstream's body."""

    def __init__(self, chunks: Sequence[bytes]) -> None:
        self._chunks = iter(chunks)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        for chunk in self._chunks:
            return chunk
        raise StopAsyncIteration

    async def read(self) -> bytes:
        return b"".join(self._chunks)

    async def aclose(self) -> None:
        pass


class Upstreams:
    """A transport. Always the same answer, in the dialect of the path."""

    def __init__(self) -> None:
        whole = {"openai": (bodies.openai_answer().encode(),), "anthropic": (bodies.anthropic_answer().encode(),)}
        self._whole = whole
        self._streams = {name: _chunks(events) for name, events in _EVENTS.items()}

    async def send(self, outbound: Outbound) -> Arrival:
        name = "anthropic" if outbound.target.startswith("/v1/messages") else "openai"
        if b'"stream":true' in outbound.body:
            return Arrival(200, _SSE, Memory(self._streams[name]))
        return Arrival(200, _JSON, Memory(self._whole[name]))


class Nowhere:
    """An audit log."""

    available = True

    def put(self, record: Record | Event) -> None:
        pass


class Standing:
    """A clock."""

    def wall(self) -> float:
        return 1_767_225_600.0

    def fresh_id(self) -> str:
        return "bench-id"


_EVENTS = {"openai": bodies.openai_events(), "anthropic": bodies.anthropic_events()}


def _chunks(events: tuple[bytes, bytes, bytes]) -> tuple[bytes, ...]:
    begin, event, end = events
    return (begin, *(event for _ in range(EVENTS)), end)


def gateway(requests: Rules = NO_RULES, responses: Rules = NO_RULES) -> Gateway:
    """Two models: `same` speaks OpenAI upstream, `translated` Anthropic. The key is looked up as always."""
    pepper = Pepper(b"p" * 32)
    caller = Caller("key_bench", "bench", teams=("bench",))
    keys = ApiKeys(pepper, snapshot([Entry(pepper.digest(KEY.encode()), caller)]))
    catalogue = Catalogue((openai_chat.plugin, anthropic_messages.plugin), openai_chat.plugin)
    return Gateway(
        catalogue, Entrance((keys,)), policies(routes(requests, responses)), Upstreams(), Books(Nowhere()), Standing()
    )


def everything() -> Gateway:
    """As a worker has it: secrets looked for on both ways out, a gate, upstreams whose health is kept, and metrics."""
    table = Table(Shared(8))
    place = table.enlist([Enlisted("openai", 1, "openai")])[0]
    served = {name: _placed(route, place) for name, route in routes().items()}
    secrets = Scanner((Guarded("a credential", b"sk-bench" * 4), Guarded("a client key", KEY.encode(), many=True)))
    plain = gateway()
    return replace(
        plain,
        policies=policies(served),
        transport=CheckedTransport(plain.transport, secrets),
        books=Books(Nowhere(), (Metrics(),)),
        egress=secrets,
        health=table,
        gate=Gate(asyncio.new_event_loop()),
    )


def _placed(route: Route, place: int) -> Route:
    return replace(route, upstreams=tuple(replace(each, place=place) for each in route.upstreams))


def routes(requests: Rules = NO_RULES, responses: Rules = NO_RULES) -> dict[str, Route]:
    origin = Origin("http", "127.0.0.1", 9, literal=True)
    served = Upstream("openai", openai.plugin, origin, "/v1", Secret("sk-bench"), "gpt")
    made = (
        Route("same", (served,), requests, responses),
        Route("translated", (Upstream("claude", anthropic.plugin, origin, "", Secret("sk-bench"), "claude"),)),
    )
    return {route.model: route for route in made}


def policies(routes: dict[str, Route]) -> Policies:
    place = Place("", ("bench",), (Access(models=("same", "translated")),))
    return Policies({"bench": place}, routes, zone)


def request(model: str, size: int, *, stream: bool = False) -> Inbound:
    return inbound(bodies.chat(model, size, stream=stream).replace(b'"stream": ', b'"stream":'))


def inbound(body: bytes) -> Inbound:
    async def read() -> bytes:
        return body

    return Inbound("POST", "/v1/chat/completions", "", Fields(_HEADERS), read)


async def answered(gateway: Gateway, inbound: Inbound) -> bytes:
    """The whole way of a request, to the last byte of its answer."""
    reply: Reply = await serve(gateway, inbound)
    body = reply.body if isinstance(reply.body, bytes) else b"".join([chunk async for chunk in reply.body])
    if reply.status != 200:
        raise RuntimeError(f"the gateway refused with {reply.status}: {body[:200]!r}")
    return body
