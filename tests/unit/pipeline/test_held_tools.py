"""Streams that pass verbatim: a call that a key may not have does not reach it, wherever the stream tells of it."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from lockgate.codec import sse
from lockgate.core.access import Access
from lockgate.core.exchange import Route
from lockgate.pipeline.serve import serve
from tests.fakes import SSE, Answered, Notebook, Script, inbound
from tests.unit.dialects.openai_responses.test_calls_told_late import CALL, NEW, SEARCH, WAYS
from tests.unit.pipeline.gateway import KEY, gateway, policies, whole
from tests.unit.pipeline.test_held import NATIVE


async def streamed(item: Any, way: str) -> bytes:
    frames = [sse.frame(msgspec.json.encode(each), each["type"]) for each in WAYS[way](item)]
    allowed = Access(models=("native",), tools=("search",))
    base = replace(
        gateway(Script(Answered(200, frames, SSE)), Notebook()),
        policies=policies({"native": Route("native", (NATIVE,))}, shop=allowed),
    )
    tool = {"type": "function", "name": "search", "parameters": {}}
    raw = msgspec.json.encode({"model": "native", "input": "hi", "stream": True, "tools": [tool]})
    return await whole(await serve(base, inbound("/v1/responses", raw, KEY)))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("item", [CALL, SEARCH, NEW], ids=lambda item: item["type"])
async def test_S63_a_call_that_a_key_may_not_have_does_not_reach_it(item: dict[str, Any], way: str) -> None:
    body = await streamed(item, way)

    assert b'"action"' not in body
    assert b'"arguments"' not in body
    assert b'"thing"' not in body
    assert b"response.completed" not in body


@pytest.mark.parametrize("way", WAYS)
async def test_one_that_it_may_have_passes(way: str) -> None:
    body = await streamed({**CALL, "name": "search"}, way)

    assert b'"arguments"' in body
    assert b"response.completed" in body
