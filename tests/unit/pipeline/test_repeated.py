"""C6: the same request again, by a key or while it runs: asked once, answered to all, and to nobody else."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lockgate.core.access import Access
from lockgate.core.auth import Caller
from lockgate.core.exchange import Route
from lockgate.core.http import Arrival, Outbound, Reply
from lockgate.core.key_digest import Pepper
from lockgate.core.problem import Kind, Problem
from lockgate.pipeline.authenticate import Entrance
from lockgate.pipeline.repeated import Flights
from lockgate.pipeline.serve import Gateway, serve
from lockgate.stores.repeats import SealedRepeats
from lockgate.stores.repeats.file import RepeatFile
from tests.fakes import Answered, Keys, Notebook, Script, inbound
from tests.unit.pipeline.gateway import OPENAI, chat, gateway, openai_answer, policies, told, whole

KEYS = {b"lg-good": Caller("key_1", "shop"), b"lg-other": Caller("key_2", "shop")}
BROKEN = Problem(Kind.UNREACHABLE, "refused", source="upstream")


class Slow(Script):
    """Answers when it is let."""

    def __init__(self, *answers: Answered | BaseException) -> None:
        super().__init__(*answers)
        self.open = asyncio.Event()
        self.left = 0

    async def send(self, outbound: Outbound) -> Arrival:
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.left += 1
            raise
        return await super().send(outbound)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SealedRepeats]:
    made = SealedRepeats(RepeatFile(tmp_path), Pepper(b"p" * 32))
    yield made
    await made.aclose()


def made(script: Script, notebook: Notebook, flights: Flights, **more: Any) -> Gateway:
    base = gateway(script, notebook)
    route = Route("fast", (OPENAI,), **more)
    allowed = policies({"fast": route}, shop=Access(models=("fast",)))
    return replace(base, policies=allowed, flights=flights, entrance=Entrance((Keys(KEYS),)))


async def ask(
    running: Gateway, key: bytes = b"k1", who: bytes = b"lg-good", *headers: tuple[bytes, bytes], **more: Any
) -> tuple[Reply, bytes]:
    named = ((b"idempotency-key", key),) if key else ()
    sent = inbound(
        "/v1/chat/completions",
        msgspec.json.encode(chat("fast", **more)),
        (b"authorization", b"Bearer " + who),
        *named,
        *headers,
    )
    reply = await serve(running, sent)
    return reply, await whole(reply)


@pytest.mark.parametrize("by", ["key", "collapse"])
async def test_C6_fifty_at_once_are_one_call(store: SealedRepeats, by: str) -> None:
    script, notebook = Slow(openai_answer()), Notebook()
    flights = Flights(store) if by == "key" else Flights()
    running = made(script, notebook, flights, collapse=by == "collapse")

    asked = [asyncio.ensure_future(ask(running, b"k1" if by == "key" else b"")) for _ in range(50)]
    await asyncio.sleep(0.01)
    script.open.set()
    answers = await asyncio.gather(*asked)

    assert len(script.sent) == 1
    assert len({body for _, body in answers}) == 1
    assert [reply.status for reply, _ in answers] == [200] * 50
    assert sum(told(reply, b"idempotent-replayed") == b"true" for reply, _ in answers) == 49
    outcomes = [record for record in notebook.records if record.kind == "outcome"]
    assert sorted(len(record.attempts) for record in outcomes) == [0] * 49 + [1]
    assert sum(record.usage is not None for record in outcomes) == 1
    assert not flights.running


async def test_C6_an_answer_is_given_again_later(store: SealedRepeats) -> None:
    script = Script(openai_answer())
    running = made(script, Notebook(), Flights(store))

    first, body = await ask(running)
    again, same = await ask(running)

    assert (again.status, same) == (200, body)
    assert told(first, b"idempotent-replayed") == b""
    assert told(again, b"content-type") == told(first, b"content-type")
    assert told(again, b"x-request-id")
    assert len(script.sent) == 1


@pytest.mark.parametrize(
    "other", [{"temperature": 1}, {"messages": [{"role": "user", "content": "ho"}]}], ids=["field", "text"]
)
async def test_C6_a_key_is_of_one_request(store: SealedRepeats, other: dict[str, Any]) -> None:
    running = made(Script(openai_answer()), Notebook(), Flights(store))
    await ask(running)

    reply, body = await ask(running, **other)

    assert reply.status == 422
    assert msgspec.json.decode(body)["error"]["code"] == "idempotency_key_reused"
    assert told(reply, b"x-should-retry") == b"false"


async def test_C6_also_while_it_runs(store: SealedRepeats) -> None:
    script = Slow(openai_answer())
    running = made(script, Notebook(), Flights(store))
    first = asyncio.ensure_future(ask(running))
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    reply, _ = await ask(running, temperature=1)
    late, _ = await ask(running, b"k1", b"lg-good", (b"x-request-timeout", b"0.02"))
    script.open.set()

    assert reply.status == 422
    assert late.status == 409
    assert told(late, b"retry-after") == b"1"
    assert (await first)[0].status == 200


async def test_C6_a_key_is_of_one_caller_and_one_policy(store: SealedRepeats) -> None:
    script = Script(openai_answer("one"), openai_answer("two"), openai_answer("three"))
    running = made(script, Notebook(), Flights(store))

    mine, theirs = await ask(running), await ask(running, b"k1", b"lg-other")
    later = await ask(replace(running, policy="another"))

    assert len({mine[1], theirs[1], later[1]}) == 3


@pytest.mark.parametrize("by", ["key", "collapse"])
async def test_S33_who_waits_under_another_policy_does_not_get_what_the_old_one_let_through(
    store: SealedRepeats, by: str
) -> None:
    """A reload while the first of them runs."""
    script = Slow(openai_answer("old"), openai_answer("new"))
    running = made(script, Notebook(), Flights(store) if by == "key" else Flights(), collapse=by == "collapse")
    key = b"k1" if by == "key" else b""
    asked = [asyncio.ensure_future(ask(each, key)) for each in (running, running)]
    await asyncio.sleep(0.01)
    asked += [asyncio.ensure_future(ask(replace(running, policy="another"), key)) for _ in range(2)]
    await asyncio.sleep(0.01)
    script.open.set()
    bodies = [body for _, body in await asyncio.gather(*asked)]

    assert [b"old" in body for body in bodies] == [True, True, False, False]
    assert len(script.sent) == 2
    assert running.flights is not None
    assert not running.flights.running


async def test_collapse_is_of_one_caller() -> None:
    script = Slow(openai_answer("one"), openai_answer("two"), openai_answer("three"))
    running = made(script, Notebook(), Flights(), collapse=True)
    asked = [ask(running, b"", who) for who in KEYS] + [ask(running, b"", b"lg-good", temperature=1)]
    waiting = [asyncio.ensure_future(each) for each in asked]
    await asyncio.sleep(0.01)
    script.open.set()

    assert len({body for _, body in await asyncio.gather(*waiting)}) == 3


async def test_C6_failures_are_not_kept_and_who_waits_shares_them(store: SealedRepeats) -> None:
    script = Slow(BROKEN, Answered(503, [b"{}"]), Answered(429, [b"{}"]), openai_answer())
    running = made(script, Notebook(), Flights(store))
    asked = [asyncio.ensure_future(ask(running)) for _ in range(5)]
    await asyncio.sleep(0.01)
    script.open.set()

    assert [reply.status for reply, _ in await asyncio.gather(*asked)] == [502] * 5
    assert [(await ask(running))[0].status for _ in range(4)] == [503, 429, 200, 200]
    assert len(script.sent) == 4


async def test_C6_a_refusal_is_kept(store: SealedRepeats) -> None:
    script = Script(Answered(400, [b'{"error": {"message": "no"}}']))
    running = made(script, Notebook(), Flights(store))

    assert [(await ask(running))[0].status for _ in range(2)] == [400, 400]
    assert len(script.sent) == 1


async def test_C6_a_hasty_one_has_no_word_for_those_who_wait() -> None:
    script = Slow(openai_answer())
    running = made(script, Notebook(), Flights(), collapse=True)

    class Hasty(Slow):
        async def send(self, outbound: Outbound) -> Arrival:
            if outbound.timeouts.total > 1:
                return await script.send(outbound)
            await asyncio.sleep(outbound.timeouts.total)
            raise Problem(Kind.UPSTREAM_TIMEOUT, "not in time", source="upstream")

    running = replace(running, transport=Hasty())
    script.open.set()
    hasty = asyncio.ensure_future(ask(running, b"", b"lg-good", (b"x-request-timeout", b"0.02")))
    await asyncio.sleep(0)
    patient = asyncio.ensure_future(ask(running, b""))

    assert (await hasty)[0].status == 504
    assert (await patient)[0].status == 200


async def test_C6_the_next_one_takes_the_place_of_a_client_that_left(store: SealedRepeats) -> None:
    script = Slow(openai_answer())
    flights = Flights(store)
    running = made(script, Notebook(), flights)
    first, second, third = (asyncio.ensure_future(ask(running)) for _ in range(3))
    await asyncio.sleep(0.01)

    first.cancel()
    await asyncio.sleep(0.01)
    script.open.set()

    assert [(await each)[0].status for each in (second, third)] == [200, 200]
    assert (len(script.sent), script.left) == (1, 1)
    assert not flights.running


@pytest.mark.parametrize("key", [b"", b"k" * 256])
async def test_C6_a_key_that_is_none_is_refused(store: SealedRepeats, key: bytes) -> None:
    running = made(Script(), Notebook(), Flights(store))

    reply, body = await ask(running, b"", b"lg-good", (b"idempotency-key", key))

    assert reply.status == 400
    assert b"idempotency key" in body


@pytest.mark.parametrize(("key", "lost"), [(b"k1", b"idempotency-key"), (b"", b"")], ids=["named", "not"])
async def test_C6_streams_are_asked_each_time_and_it_is_said(store: SealedRepeats, key: bytes, lost: bytes) -> None:
    script, notebook = Script(BROKEN, BROKEN), Notebook()
    running = made(script, notebook, Flights(store), collapse=True)

    replies = [(await ask(running, key, stream=True))[0] for _ in range(2)]

    assert len(script.sent) == 2
    assert [told(reply, b"x-lockgate-lost") for reply in replies] == [lost] * 2
    said = [record.lost for record in notebook.records if record.kind == "outcome"]
    assert said == [(lost.decode(),) if lost else ()] * 2


async def test_C6_without_a_place_to_keep_them_it_is_said(store: SealedRepeats, tmp_path: Path) -> None:
    running = made(Script(), Notebook(), Flights(store))
    await store.aclose()

    reply, body = await ask(running)

    assert reply.status == 503
    assert msgspec.json.decode(body)["error"]["code"] == "idempotency_unavailable"
