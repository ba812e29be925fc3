"""A stream that leaves as it comes, without waking its reader, is the stream that its reader would have given."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from lockgate.core.http import Arrival, Outbound
from lockgate.core.problem import Kind
from lockgate.core.sink import Record
from lockgate.pipeline.serve import serve
from lockgate.transports.http.response import ResponseBody
from tests.fakes import SSE, Notebook, Script, inbound
from tests.unit.pipeline.gateway import KEY, chat, claude_stream, gateway, openai_stream

OPENAI = b"".join(openai_stream("Hello", " bluebird", " and", " good", " bye").chunks)  # type: ignore[arg-type]
CLAUDE = b"".join(claude_stream("Hello", " bluebird", " and", " good", " bye").chunks)  # type: ignore[arg-type]
ERROR = b'data: {"error":{"message":"busy"}}\n\n'


class Socket:
    def abort(self) -> None: ...
    def resume(self) -> None: ...


class Live(Script):
    """A transport whose one answer is still coming."""

    def __init__(self) -> None:
        super().__init__()
        self.body = ResponseBody(asyncio.get_running_loop(), Socket())

    async def send(self, outbound: Outbound) -> Arrival:
        return Arrival(200, SSE, self.body)

    async def play(self, chunks: Sequence[bytes], *, whole: bool, hurry: bool) -> None:
        """As a connection does: what was read is pushed, then told of; in a hurry two reads before anybody runs."""
        for number, chunk in enumerate(chunks):
            self.body.push(chunk)
            self.body.arrived()
            if number % 3 or not hurry:
                await settled()
        if whole:
            self.body.finish()
        else:
            self.body.fail(Kind.UNREACHABLE, "cut")


async def settled() -> None:
    for _ in range(8):
        await asyncio.sleep(0)


async def streamed(
    model: str, chunks: Sequence[bytes], refusals: Sequence[bool] | None, *, whole: bool, hurry: bool = True
) -> tuple[bytes, Record, int]:
    """All that the client gets, the outcome, and how many chunks its reader was woken for. None: nothing is poured."""
    transport, notebook, out = Live(), Notebook(), []
    refused, woken = list(refusals or ()), 0

    def put(chunk: bytes) -> bool:
        if refused and refused.pop(0):
            return False
        out.append(chunk)
        return True

    playing = asyncio.ensure_future(transport.play(chunks, whole=whole, hurry=hurry))
    request = inbound("/v1/chat/completions", msgspec.json.encode(chat(model, stream=True)), KEY)
    reply = await serve(gateway(transport, notebook), request)
    body: Any = reply.body
    if isinstance(body, bytes):
        out.append(body)
    else:
        if refusals is not None:
            body.pour(put)
        async for chunk in body:
            woken += 1
            out.append(chunk)
    await playing
    return b"".join(out), notebook.outcome, woken


def plain(record: Record) -> Record:
    """Without what depends on the clock: what nobody counted and nobody saw is estimated by it."""
    usage = None if record.estimated else record.usage
    return structs.replace(record, ts=0.0, duration_ms=0.0, first_byte_ms=None, gateway_ms=0.0, usage=usage)


def cut(raw: bytes, places: Sequence[int]) -> list[bytes]:
    edges = sorted({0, len(raw), *(place % (len(raw) + 1) for place in places)})
    return [raw[a:b] for a, b in pairwise(edges)]


@given(
    st.sampled_from([("fast", OPENAI), ("cross", CLAUDE), ("guarded", OPENAI), ("guarded-cross", CLAUDE)]),
    st.sampled_from(["", "short", "error", "nonsense"]),
    st.lists(st.integers(0, 3000), max_size=12),
    st.lists(st.booleans(), max_size=12),
    st.booleans(),
)
def test_poured_or_read_the_stream_is_the_same(
    lane: tuple[str, bytes], harm: str, places: list[int], refusals: list[bool], whole: bool
) -> None:
    model, raw = lane
    half = raw[: len(raw) // 2]
    sent = {"": raw, "short": half, "error": half + b"\n\n" + ERROR, "nonsense": half + b"\n\ndata: {\n\n"}[harm]
    chunks = cut(sent, places)
    hurry = not harm  # what was read together with what is broken is lost with it, and a reader may read more together

    async def both() -> tuple[tuple[bytes, Record, int], tuple[bytes, Record, int]]:
        return (
            await streamed(model, chunks, refusals, whole=whole, hurry=hurry),
            await streamed(model, chunks, None, whole=whole, hurry=hurry),
        )

    poured, read = asyncio.run(both())

    assert poured[0] == read[0]
    assert plain(poured[1]) == plain(read[1])


@pytest.mark.parametrize(("model", "raw"), [("fast", OPENAI), ("cross", CLAUDE)])
async def test_nobody_is_woken_for_what_leaves_at_once(model: str, raw: bytes) -> None:
    frames = [frame + b"\n\n" for frame in raw.split(b"\n\n") if frame]

    transport_woken = (await streamed(model, frames, [], whole=True))[2]
    reader_woken = (await streamed(model, frames, None, whole=True))[2]

    assert transport_woken < reader_woken / 2
