"""Every attempt begins once and ends once, with what came of it; what runs goes back to nothing (I10)."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from math import inf
from typing import Any

import msgspec
import pytest

from lockgate.core.access import Access
from lockgate.core.exchange import Route, Upstream
from lockgate.core.health import Outcome
from lockgate.core.problem import Kind, Problem
from lockgate.core.sink import Event, Record
from lockgate.core.view import FINE, State, View
from lockgate.pipeline.serve import serve
from tests.fakes import SSE, Answered, Notebook, Script, inbound
from tests.unit.pipeline.gateway import (
    CLAUDE,
    KEY,
    OPENAI,
    chat,
    claude_stream,
    gateway,
    openai_answer,
    openai_stream,
    policies,
    whole,
)

REFUSED = Problem(Kind.UNREACHABLE, "refused", source="upstream")
HUNG = Problem(Kind.UPSTREAM_TIMEOUT, "too slow", source="upstream")


class Told:
    """A health that writes down what it is told."""

    def __init__(self) -> None:
        self.running: list[str] = []
        self.pending: list[str] = []
        self.outcomes: list[tuple[str, Outcome]] = []
        self.unmade: list[str] = []

    def began(self, upstream: Upstream) -> None:
        self.running.append(upstream.name)
        self.pending.append(upstream.name)

    def answered(self, upstream: Upstream, ttft_s: float | None = None, headroom: float | None = None) -> None:
        self.pending.remove(upstream.name)

    def ended(self, upstream: Upstream, outcome: Outcome, *, answered: bool) -> None:
        self.running.remove(upstream.name)
        if not answered:
            self.pending.remove(upstream.name)
        self.outcomes.append((upstream.name, outcome))

    def room(self, upstream: Upstream) -> bool:
        return True

    def claim(self, upstream: Upstream, now: float) -> bool:
        return True

    def patience(self, upstream: Upstream) -> float:
        return inf

    def let_go(self, upstream: Upstream) -> None:
        self.unmade.append(upstream.name)

    def snapshot(self, now: float) -> View:
        return View()

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return [(name, outcome.kind) for name, outcome in self.outcomes]


async def run(model: str, *answers: Answered | BaseException, stream: bool = False) -> Told:
    told = Told()
    made = replace(gateway(Script(*answers), Notebook()), health=told)
    body: dict[str, Any] = chat(model, stream=True) if stream else chat(model)
    reply = await serve(made, inbound("/v1/chat/completions", msgspec.json.encode(body), KEY))
    await whole(reply)
    assert not told.running
    assert not told.pending
    return told


async def test_an_answer_is_well_and_timed() -> None:
    told = await run("fast", openai_answer())

    assert told.kinds == [("oai", "ok")]
    outcome = told.outcomes[0][1]
    assert outcome.ttft_s is not None
    assert outcome.total_s is not None
    assert 0 <= outcome.ttft_s <= outcome.total_s


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (REFUSED, "connect"),
        (HUNG, "timeout"),
        (Answered(503), "status"),
        (Answered(401), "status"),
        (Answered(429, headers=((b"retry-after", b"7"),)), "rate_limited"),
    ],
    ids=["refused", "hung", "503", "401", "429"],
)
async def test_a_failed_attempt_ends_before_the_next_begins(first: Answered | BaseException, kind: str) -> None:
    told = await run("both", first, claude_stream("hi"), stream=True)

    assert told.kinds == [("oai", kind), ("ant", "ok")]
    assert told.outcomes[0][1].retry_after_s == (7 if kind == "rate_limited" else None)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answered(400, [b'{"error": {"message": "no"}}']), "ok"),
        (Answered(404, [b'{"error": {"message": "no"}}']), "ok"),
        (Answered(500, [b'{"error": {"message": "no"}}']), "status"),
        (Answered(429, [b'{"error": {"message": "no"}}']), "rate_limited"),
        (Answered(200, [b"not json"]), "bad_answer"),
        (Answered(200, [REFUSED]), "reset"),
    ],
    ids=["400", "404", "500", "429", "nonsense", "lost"],
)
async def test_the_last_answer_counts_as_what_it_was(answer: Answered, kind: str) -> None:
    assert (await run("fast", answer)).kinds == [("oai", kind)]


@pytest.mark.parametrize("model", ["fast", "guarded"])
async def test_a_stream_ends_when_it_ends(model: str) -> None:
    assert (await run(model, openai_stream("a", "b"), stream=True)).kinds == [("oai", "ok")]
    assert (await run(model, openai_stream("a", "b", end=False), stream=True)).kinds == [("oai", "bad_answer")]
    assert (await run(model, Answered(200, [*openai_stream("a").chunks[:2], REFUSED], SSE), stream=True)).kinds == [
        ("oai", "reset")
    ]


async def test_who_leaves_says_nothing_of_the_upstream() -> None:
    told = Told()
    made = replace(gateway(Script(openai_stream("a", "b")), Notebook()), health=told)
    reply = await serve(made, inbound("/v1/chat/completions", msgspec.json.encode(chat("fast", stream=True)), KEY))
    body: Any = reply.body

    await anext(body)
    assert told.running == ["oai"]
    await body.aclose()

    assert told.kinds == [("oai", "cancelled")]
    assert not told.running


async def test_a_client_that_leaves_while_waiting_ends_the_attempt() -> None:
    told = Told()
    made = replace(gateway(Script(asyncio.CancelledError()), Notebook()), health=told)

    with pytest.raises(asyncio.CancelledError):
        await serve(made, inbound("/v1/chat/completions", msgspec.json.encode(chat("fast")), KEY))

    assert told.kinds == [("oai", "cancelled")]
    assert not told.pending


class OnTrial(Told):
    """The first upstream was out, and one request may try it now."""

    def __init__(self) -> None:
        super().__init__()
        self.claims: list[str] = []

    def claim(self, upstream: Upstream, now: float) -> bool:
        self.claims.append(upstream.name)
        return True

    def snapshot(self, now: float) -> View:
        return View((State(tripped=True, out_until=1.0), FINE), frozenset((0,)))


async def test_U8_who_counts_tokens_does_not_take_the_turn_of_an_upstream_that_cannot_count() -> None:
    """It would try nothing, and for a while nobody else could."""
    told, script = OnTrial(), Script(Answered(200, [b'{"input_tokens":12}'], ((b"content-type", b"application/json"),)))
    route = Route("both", (replace(OPENAI, place=0), CLAUDE))
    allowed = policies({"both": route}, shop=Access(models=("both",)))
    made = replace(gateway(script, Notebook()), health=told, policies=allowed)
    asked = msgspec.json.encode(chat("both", max_tokens=1))

    reply = await serve(made, inbound("/v1/messages/count_tokens", asked, KEY))

    assert (reply.status, await whole(reply)) == (200, b'{"input_tokens":12}')
    assert told.claims == []
    assert told.kinds == [("ant", "ok")]


class Full(Told):
    """The first upstream takes no more."""

    def room(self, upstream: Upstream) -> bool:
        return upstream.name != "oai"


async def test_U8_an_attempt_that_cannot_be_made_gives_back_its_turn() -> None:
    told, deadline = Full(), (b"x-request-timeout", b"0.000001")
    made = replace(gateway(Script(claude_stream("hi")), Notebook()), health=told)
    asked = msgspec.json.encode(chat("both", stream=True))

    reply = await serve(made, inbound("/v1/chat/completions", asked, KEY))
    await whole(reply)
    late = await serve(made, inbound("/v1/chat/completions", asked, KEY, deadline))

    assert (reply.status, late.status) == (200, 504)
    assert told.kinds == [("ant", "ok")]
    assert told.unmade == ["oai", "oai"]


class Undecided(Notebook):
    """Does not say whether it takes a record."""

    def put(self, record: Record | Event) -> Awaitable[bool] | None:
        super().put(record)
        return asyncio.get_running_loop().create_future()


@pytest.mark.parametrize("books", [Notebook(full=True), Undecided()], ids=["not written down", "the client leaves"])
async def test_U8_one_who_was_to_try_it_and_ended_before_lets_the_next_one_try(books: Notebook) -> None:
    told, script = OnTrial(), Script()
    route = Route("fast", (replace(OPENAI, place=0), CLAUDE))
    allowed = policies({"fast": route}, shop=Access(models=("fast",)))
    made = replace(gateway(script, books), health=told, policies=allowed)

    asking = asyncio.ensure_future(serve(made, inbound("/v1/chat/completions", msgspec.json.encode(chat("fast")), KEY)))
    await asyncio.sleep(0)
    if not books.full:
        asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)

    assert (told.claims, told.unmade, script.sent) == (["oai"], ["oai"], [])
