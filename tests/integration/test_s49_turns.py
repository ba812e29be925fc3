"""S49: a large body or answer is looked at in turns: over real sockets, another client's request is answered meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import msgspec

from lockgate.core.access import Access
from lockgate.core.exchange import Route
from lockgate.core.guard import Finding, Hit, Pattern, Rule, Rules
from lockgate.core.http import Inbound, Reply
from lockgate.patterns.looking import Looking
from lockgate.pipeline.serve import serve
from tests.fakes import Answered, Notebook, Script
from tests.integration.front_door import Client, Door, door, post, until
from tests.unit.pipeline.gateway import OPENAI, chat, gateway, openai_answer, policies

TEXTS = 20_000
AUTH = b"Authorization: Bearer lg-good"


@dataclass
class Looked:
    """A guard that counts the texts that it was asked about, and says when it was asked first."""

    patterns: Sequence[Pattern] = (Pattern("bluebird"),)
    reach: int = 8
    before: int = 0
    texts: int = 0
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    def confirm(self, text: str, hits: Sequence[Hit]) -> Sequence[Finding]:
        self.texts += 1
        self.begun.set()
        return ()


@asynccontextmanager
async def guarded(guard: Looked, script: Script, notebook: Notebook) -> AsyncIterator[Door]:
    engine, sides = Looking([guard], streams=False), ("request", "response")
    rules = [Rules([Rule("r", 0, "block", frozenset((side,)))], engine, side) for side in sides]
    routes = {"fast": Route("fast", (OPENAI,)), "slow": Route("slow", (OPENAI,), *rules)}
    own = replace(gateway(script, notebook), policies=policies(routes, shop=Access(models=tuple(routes))))

    async def served(inbound: Inbound) -> Reply:
        return await serve(own, inbound)

    async with door(served, max_body=10_000_000, body_idle=30.0) as front:
        yield front


async def begun(front: Door, guard: Looked) -> Client:
    """A client whose large body is being looked at."""
    messages = [{"role": "user", "content": f"a bluebird {number}"} for number in range(TEXTS)]
    client = await front.connect()
    await client.send(post(msgspec.json.encode({"model": "slow", "messages": messages}), AUTH))
    async with asyncio.timeout(10):
        await guard.begun.wait()
    return client


async def test_S49_another_request_is_answered_while_a_large_body_is_looked_at() -> None:
    guard, script, notebook = Looked(), Script(openai_answer("second"), openai_answer("first")), Notebook()
    async with guarded(guard, script, notebook) as front:
        large = await begun(front, guard)
        small = await front.connect()
        await small.send(post(msgspec.json.encode(chat("fast")), AUTH))
        answer = await small.one(10)
        then = guard.texts

        assert b"second" in answer.body
        assert then < TEXTS
        assert b"first" in (await large.one(30)).body
        assert guard.texts == TEXTS
        small.close()
        large.close()


async def test_S49_who_leaves_is_not_looked_at_any_more() -> None:
    guard, script, notebook = Looked(), Script(), Notebook()
    async with guarded(guard, script, notebook) as front:
        (await begun(front, guard)).close()
        await until(lambda: bool(notebook.records))

        assert notebook.outcome.end == "client_gone"
        assert guard.texts < TEXTS
        assert not script.sent


def large_answer() -> Answered:
    """Two megabytes of texts."""
    document = msgspec.json.decode(b"".join(openai_answer("first").chunks))
    texts = [f"a bluebird {number} {'and more ' * 10}" for number in range(TEXTS)]
    return Answered(200, [msgspec.json.encode({**document, "brand_new": texts})])


async def test_S49_another_request_is_answered_while_a_large_answer_is_looked_at() -> None:
    guard, script, notebook = Looked(), Script(large_answer(), openai_answer("second")), Notebook()
    async with guarded(guard, script, notebook) as front:
        large, small = await front.connect(), await front.connect()
        await large.send(post(msgspec.json.encode(chat("slow")), AUTH))
        async with asyncio.timeout(10):
            await guard.begun.wait()
        await small.send(post(msgspec.json.encode(chat("fast")), AUTH))
        answer = await small.one(10)
        then = guard.texts

        assert b"second" in answer.body
        assert then < TEXTS
        body = (await large.one(30)).body
        assert b"first" in body
        assert len(body) > 2_000_000
        assert guard.texts == TEXTS
        small.close()
        large.close()
