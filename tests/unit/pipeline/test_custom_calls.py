"""A custom tool of OpenAI's, which takes any text, is called under the same rules as one that takes JSON."""

from typing import Any

import msgspec
import pytest

from lockgate.core.guard import NO_RULES
from tests.fakes import SSE, Answered
from tests.unit.pipeline.gateway import rules
from tests.unit.pipeline.test_flow_rules import FLOW, TURNS, asked

HEAD = {"id": "c1", "created": 5, "model": "m"}


def whole(name: str, text: str) -> Answered:
    call = {"id": "c", "type": "custom", "custom": {"name": name, "input": text}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    return Answered(200, [msgspec.json.encode({**HEAD, "object": "chat.completion", "choices": [choice]})])


def streamed(name: str, *parts: str) -> Answered:
    def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        document = {**HEAD, "object": "chat.completion.chunk", "choices": [choice]}
        return b"data: " + msgspec.json.encode(document) + b"\n\n"

    begin = {"index": 0, "id": "c", "type": "custom", "custom": {"name": name, "input": ""}}
    more = [chunk({"tool_calls": [{"index": 0, "custom": {"input": part}}]}) for part in parts]
    return Answered(200, [chunk({"tool_calls": [begin]}), *more, chunk({}, "tool_calls"), b"data: [DONE]\n\n"], SSE)


@pytest.mark.parametrize("stream", [False, True])
async def test_S60_a_flow_rule_holds_for_custom_tools(stream: bool) -> None:
    answer = streamed("send_mail", "all of it") if stream else whole("send_mail", "all of it")

    _, raw, notebook, _ = await asked(answer, body={**TURNS["openai"][1], "stream": stream}, flows=(FLOW,))

    assert b"send_mail" not in raw
    assert b"all of it" not in raw
    assert notebook.outcome.end == "blocked"


async def test_S62_what_a_custom_tool_is_told_is_read_as_one_text() -> None:
    answer = streamed("note", "a blue", "bird sings")
    route = {"request_rules": NO_RULES, "response_rules": rules("mask", "response")}

    _, raw, notebook, _ = await asked(answer, body={**TURNS["openai"][1], "stream": True}, **route)

    assert b"bird" not in raw
    assert b"[BLOCKLIST]" in raw
    assert [found.action for found in notebook.outcome.findings] == ["mask"]


async def test_what_holds_nothing_is_not_touched() -> None:
    answer = streamed("note", "a black", "bird sings")
    route = {"request_rules": NO_RULES, "response_rules": rules("mask", "response")}

    _, raw, _, _ = await asked(answer, body={**TURNS["openai"][1], "stream": True}, **route)

    assert raw == b"".join(part for part in answer.chunks if isinstance(part, bytes))
