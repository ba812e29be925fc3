"""A large answer of vectors goes by as it comes, and never ends cleanly when it is not whole."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from lockgate.core.audit import Proving
from lockgate.core.exchange import Route
from lockgate.core.problem import Kind, Problem
from lockgate.egress import Guarded, Scanner
from lockgate.pipeline.attempt import PEEK
from lockgate.pipeline.serve import serve
from tests.fakes import Answered, Notebook, Script, inbound
from tests.unit.pipeline.embedding import OAI, OUR_SECRET, USAGE, answer, gateway
from tests.unit.pipeline.gateway import KEY


def pieces(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


@pytest.mark.parametrize("size", [16_000, PEEK])
@pytest.mark.parametrize("first", [True, False], ids=["counts first", "counts last"])
async def test_a_large_answer_goes_by_as_it_comes(size: int, first: bool) -> None:
    body = answer(40, 1536, "base64")
    if first:
        body = msgspec.json.encode({"usage": USAGE, **msgspec.json.decode(body), "usage ": 1}).replace(
            b',"usage":{"prompt_tokens":8,"total_tokens":8}', b""
        )
    script, notebook = Script(Answered(200, pieces(body, size))), Notebook()
    raw = b'{"model":"e","input":["a"]}'
    one = gateway(
        script,
        notebook,
        Route("e", (OAI,)),
        proving=Proving("p", always=True),
        egress=Scanner([Guarded("k", OUR_SECRET)]),
    )
    reply = await serve(one, inbound("/v1/embeddings", raw, KEY))

    assert not isinstance(reply.body, bytes)
    first_out = await anext(reply.body)
    assert len(script.bodies[0]._chunks) >= len(body) // size - PEEK // size - 1  # the rest has not come yet
    assert all(record.kind == "intent" for record in notebook.records)
    got = first_out + b"".join([chunk async for chunk in reply.body])

    assert got == body
    outcome = notebook.outcome
    assert outcome.usage is not None
    assert (outcome.usage.input, outcome.end, outcome.estimated) == (8, "complete", False)
    assert outcome.hashes is not None


@pytest.mark.parametrize("end", ["reset", "short", "leak", "leak over two chunks"])
async def test_a_large_answer_that_goes_wrong_never_ends_cleanly(end: str) -> None:
    body = answer(40, 1536)
    chunks: list[bytes | BaseException] = [*pieces(body, 16_000)[:8]]
    if end == "reset":
        chunks.append(Problem(Kind.UPSTREAM_RESET, "gone", source="upstream"))
    elif end == "leak":
        chunks.append(b"," + OUR_SECRET + b",")
    elif end != "short":
        chunks += [b"," + OUR_SECRET[:20], OUR_SECRET[20:] + b","]
    script, notebook = Script(Answered(200, chunks)), Notebook()
    one = gateway(script, notebook, Route("e", (OAI,)), egress=Scanner([Guarded("k", OUR_SECRET)]))
    reply = await serve(one, inbound("/v1/embeddings", b'{"model":"e","input":"a"}', KEY))
    got: list[bytes] = []

    assert not isinstance(reply.body, bytes)
    with pytest.raises(Problem):
        await _into(got, reply.body)
    await reply.body.aclose()  # type: ignore[attr-defined]

    assert body.startswith(b"".join(got).rstrip(b","))
    assert OUR_SECRET[:8] not in b"".join(got)
    assert notebook.outcome.end == ("blocked" if "leak" in end else "upstream_error")
    assert script.bodies[0].closed


async def test_its_last_byte_waits_for_the_record() -> None:
    body = answer(40, 1536)
    script, notebook = Script(Answered(200, pieces(body, 16_000))), Notebook(takes=[True, False])
    reply = await serve(
        gateway(script, notebook, Route("e", (OAI,))), inbound("/v1/embeddings", b'{"model":"e","input":"a"}', KEY)
    )
    got: list[bytes] = []

    assert not isinstance(reply.body, bytes)
    with pytest.raises(Problem):
        await _into(got, reply.body)

    assert b"".join(got) == body[:-1]


async def _into(got: list[bytes], body: AsyncIterator[bytes]) -> None:
    async for chunk in body:
        got.append(chunk)  # noqa: PERF401  what came before it broke
