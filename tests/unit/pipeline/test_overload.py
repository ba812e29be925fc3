"""What the gate means for a request: it is refused before anything is done for it, and does not count while it waits for others."""

import asyncio
from dataclasses import replace

import msgspec
import pytest

from lockgate.core.gradient import Gradient
from lockgate.core.http import Arrival, Inbound, Outbound, Reply
from lockgate.core.rank import NOBODY
from lockgate.core.sink import Event, Record
from lockgate.pipeline.gate import Gate
from lockgate.pipeline.serve import Gateway, serve
from tests.fakes import Notebook, Script, inbound
from tests.unit.pipeline.gateway import KEY, chat, gateway, openai_answer, openai_stream, told, whole

BODY = msgspec.json.encode(chat("fast"))


def gated(script: Script, notebook: Notebook, limit: int = 16, room: int = 0) -> tuple[Gateway, Gate]:
    gate = Gate(asyncio.get_running_loop(), Gradient(limit=limit), room)
    return replace(gateway(script, notebook), gate=gate), gate


async def never() -> bytes:
    raise AssertionError("the body was read")


async def refused(path: str) -> tuple[Reply, Notebook]:
    """Of a gateway without memory; it would fail if it read the body."""
    notebook = Notebook()
    one, gate = gated(Script(), notebook)
    gate.serve_only(NOBODY)
    return await serve(one, msgspec.structs.replace(inbound(path, b"", KEY), read=never)), notebook


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [("/v1/chat/completions", 503, b'"code":"overloaded"'), ("/v1/messages", 529, b'"type":"overloaded_error"')],
)
async def test_K7_a_refusal_is_in_the_dialect_of_the_path_and_comes_before_the_body_is_read(
    path: str, status: int, word: bytes
) -> None:
    reply, notebook = await refused(path)

    assert reply.status == status
    assert word in await whole(reply)
    assert told(reply, b"retry-after") in (b"1", b"2", b"3")
    assert (notebook.outcome.code, notebook.outcome.end, notebook.outcome.key_id) == ("overloaded", "refused", "key_1")


async def test_K7_nobody_without_a_key_learns_how_full_it_is() -> None:
    one, gate = gated(Script(), Notebook())
    gate.serve_only(NOBODY)

    assert (await serve(one, inbound("/v1/chat/completions", BODY, (b"authorization", b"Bearer lg-no")))).status == 401


class Slow(Notebook):
    """An audit log whose disk never answers."""

    def put(self, record: Record | Event) -> "asyncio.Future[bool]":
        super().put(record)
        return asyncio.get_running_loop().create_future()


async def test_a_refusal_is_written_down_and_does_not_wait_for_the_disk() -> None:
    notebook = Slow()
    one, gate = gated(Script(), notebook)
    gate.serve_only(NOBODY)

    reply = await asyncio.wait_for(serve(one, inbound("/v1/chat/completions", BODY, KEY)), 1)

    assert (reply.status, notebook.outcome.code) == (503, "overloaded")


class Counting(Script):
    """Notes how many are at work when an upstream is asked."""

    gate: Gate
    seen: int = -1

    async def send(self, outbound: Outbound) -> Arrival:
        self.seen = self.gate.inside
        return await super().send(outbound)


@pytest.mark.parametrize("stream", [False, True])
async def test_I10_who_waits_for_an_upstream_is_not_at_work(stream: bool) -> None:
    script = Counting(openai_stream("a", "b") if stream else openai_answer())
    one, script.gate = gated(script, Notebook(), limit=1)

    reply = await serve(one, inbound("/v1/chat/completions", msgspec.json.encode(chat("fast", stream=stream)), KEY))

    assert (reply.status, script.seen, script.gate.inside) == (200, 0, 0)
    await whole(reply)
    assert script.gate.inside == 0


@pytest.mark.parametrize("body", [b"no JSON", b'{"model":"nothing","messages":[]}'], ids=["broken", "unknown"])
async def test_I10_a_request_that_is_refused_later_leaves_its_place(body: bytes) -> None:
    one, gate = gated(Script(), Notebook(), limit=1)

    replies = [await serve(one, inbound("/v1/chat/completions", body, KEY)) for _ in range(3)]

    assert [reply.status // 100 for reply in replies] == [4, 4, 4]
    assert gate.inside == 0


async def test_a_client_that_sends_its_body_slowly_holds_no_place() -> None:
    coming: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    one, gate = gated(Script(openai_answer(), openai_answer()), Notebook(), limit=1)

    async def read() -> bytes:
        return await coming

    slowly = msgspec.structs.replace(inbound("/v1/chat/completions", b"", KEY), read=read, whole=False)
    slow = asyncio.ensure_future(serve(one, slowly))
    await asyncio.sleep(0)
    assert (await serve(one, inbound("/v1/chat/completions", BODY, KEY))).status == 200
    coming.set_result(BODY)

    assert ((await slow).status, gate.inside) == (200, 0)


async def test_I10_a_client_that_leaves_in_the_line_or_at_work_leaves_no_place_behind() -> None:
    async def hang() -> bytes:
        return await asyncio.get_running_loop().create_future()

    one, gate = gated(Script(openai_answer()), Notebook(), limit=1, room=5)
    stuck = asyncio.ensure_future(serve(one, hanging(hang)))
    await asyncio.sleep(0)
    waits = asyncio.ensure_future(serve(one, inbound("/v1/chat/completions", BODY, KEY)))
    leaves = asyncio.ensure_future(serve(one, inbound("/v1/chat/completions", BODY, KEY)))
    await asyncio.sleep(0)
    assert (gate.inside, gate.waiting) == (1, 2)

    leaves.cancel()
    stuck.cancel()

    assert (await waits).status == 200
    assert (gate.inside, gate.waiting, gate.refusals) == (0, 0, {})
    assert stuck.cancelled()
    assert leaves.cancelled()


def hanging(read: object) -> Inbound:
    """It claims to be whole, and is not."""
    return msgspec.structs.replace(inbound("/v1/chat/completions", b"", KEY), read=read)


async def test_the_limit_is_learned_from_requests_that_reached_an_upstream() -> None:
    one, gate = gated(Script(*[openai_answer() for _ in range(12)]), Notebook())
    for _ in range(12):
        await serve(one, inbound("/v1/chat/completions", BODY, KEY))

    learner = gate._learner
    assert 0 < learner.usual < 1
