"""What an answer says of places in documents is not said where the model saw other ones than the client sent."""

from typing import Any

import msgspec
import pytest

from tests.fakes import SSE, Answered, Script
from tests.unit.pipeline.gateway import ask
from tests.unit.pipeline.test_provider_runs import claude

CITED = {
    "type": "char_location",
    "cited_text": "is due",
    "document_index": 0,
    "document_title": "t",
    "start_char_index": 25,
    "end_char_index": 31,
}
CALL = {"type": "tool_use", "id": "c", "name": "f", "input": {"start_char_index": 25}}
KEY = b"authorization", b"Bearer lg-good"


def request(text: str, *, stream: bool, citations: bool = True) -> dict[str, Any]:
    source = {"type": "text", "media_type": "text/plain", "data": text}
    document = {"type": "document", "source": source} | ({"citations": {"enabled": True}} if citations else {})
    content = [document, {"type": "text", "text": "what is due?"}]
    return {
        "model": "guarded-cross",
        "max_tokens": 9,
        "stream": stream,
        "messages": [{"role": "user", "content": content}],
    }


def of_a_tool(text: str) -> dict[str, Any]:
    said = request(text, stream=False)
    document, asked = said["messages"][0]["content"]
    call = {"type": "tool_use", "id": "c", "name": "f", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "c", "content": [document]}
    messages = [{"role": "assistant", "content": [call]}, {"role": "user", "content": [result, asked]}]
    return {**said, "messages": messages}


def answer(*, stream: bool) -> Answered:
    if not stream:
        blocks = [{"type": "text", "text": "it", "citations": [CITED]}, CALL]
        message = {"id": "m1", "type": "message", "role": "assistant", "model": "m", "content": blocks}
        return Answered(
            200, [msgspec.json.encode({**message, "stop_reason": "end_turn", "usage": {"input_tokens": 1}})]
        )
    start = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "", "citations": []}}
    deltas = [{"type": "citations_delta", "citation": CITED}, {"type": "text_delta", "text": '"start_char_index":25'}]
    said = [{"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas]
    return Answered(200, [claude(start, *said, {"type": "content_block_stop", "index": 0})], SSE)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("text", "place"), [("the bluebird of the north is due", 0), ("the bird of the north is due", 25)]
)
async def test_a_place_in_a_document_that_was_masked_is_nowhere(text: str, place: int, *, stream: bool) -> None:
    script = Script(answer(stream=stream))

    reply, got, _ = await ask(script, request(text, stream=stream), KEY, path="/v1/messages")

    assert reply.status == 200
    assert b"bluebird" not in script.sent[0].body
    if not stream:
        told = msgspec.json.decode(got)["content"]
        assert told[1] == CALL
        cited = told[0]["citations"][0]
    else:
        assert b'\\"start_char_index\\":25' in got
        frames = [
            msgspec.json.decode(each.partition(b"data: ")[2]) for each in got.split(b"\n\n") if b"cited_text" in each
        ]
        cited = frames[0]["delta"]["citation"]
    end = 31 if place else 0
    assert cited == {**CITED, "start_char_index": place, "end_char_index": end}


async def test_what_is_masked_elsewhere_moves_no_document() -> None:
    body = request("nothing of it", stream=False)
    body["messages"][0]["content"][1]["text"] = "where is the bluebird?"
    script = Script(answer(stream=False))

    _, got, _ = await ask(script, body, KEY, path="/v1/messages")

    assert b"bluebird" not in script.sent[0].body
    assert msgspec.json.decode(got)["content"][0]["citations"] == [CITED]


@pytest.mark.parametrize(
    ("text", "place"), [("the bluebird of the north is due", 0), ("the bird of the north is due", 25)]
)
async def test_a_place_in_a_document_that_a_tool_brought(text: str, place: int) -> None:
    script = Script(answer(stream=False))

    _, got, _ = await ask(script, of_a_tool(text), KEY, path="/v1/messages")

    assert b"bluebird" not in script.sent[0].body
    assert msgspec.json.decode(got)["content"][0]["citations"][0]["start_char_index"] == place
