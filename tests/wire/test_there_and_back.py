"""What an upstream said goes to a client of another dialect, and comes back as a part of the next request."""

from typing import Any

import msgspec
import pytest

from lockgate.core.answer import Answer, Choice
from lockgate.core.chat import Block, Chat, Media, Message, Text, Thinking, ToolCall, ToolResult
from lockgate.core.dialect import Ask
from lockgate.core.events import Ended, Finished, Started, TextDelta, ThinkingDelta, ThinkingSigned
from lockgate.dialects import gemini_generate, openai_chat
from tests.wire import carry

SIGNED = ("openai_chat", "gemini_generate", "anthropic_messages")


def test_a_signature_behind_streamed_thoughts_closes_them() -> None:
    encoder = gemini_generate.plugin.encoder(Ask("m", stream=True, array=True))
    events = [
        Started("r", "m"),
        ThinkingDelta("Let me "),
        ThinkingDelta("see."),
        ThinkingSigned("c2ln"),
        TextDelta("4"),
        Finished("stop"),
        Ended(),
    ]
    chunks: list[Any] = msgspec.json.decode(b"".join(encoder.feed(event) for event in events))
    parts = [part for chunk in chunks for part in chunk["candidates"][0]["content"]["parts"]]
    history = {"contents": [{"role": "user", "parts": [{"text": "2+2?"}]}, {"role": "model", "parts": parts}]}

    chat = gemini_generate.plugin.decode_chat(msgspec.json.encode(history), Ask("m"))

    assert chat.messages[1].blocks == (Thinking("Let me see.", "c2ln"), Text("4"))


def test_a_file_that_another_provider_holds_is_no_file_of_openais() -> None:
    held = Media("file", mime="application/pdf", file_id="https://generativelanguage.googleapis.com/v1beta/files/abc")

    encoded = openai_chat.plugin.encode_chat(Chat(model="m", messages=(Message("user", (Text("?"), held)),)))

    assert b"googleapis" not in encoded.wire
    assert encoded.lost == ("files by id",)


@pytest.mark.parametrize("client", SIGNED)
def test_the_history_is_what_was_said(client: str) -> None:
    """Thoughts with their signatures, text, calls with ids and arguments, in their order."""
    blocks: tuple[Block, ...] = (
        Thinking("Let me see.", "c2ln"),
        Text("I look."),
        ToolCall("toolu_1", "weather", '{"city":"Rome"}', "c2ln" if client == "gemini_generate" else ""),
        ToolCall("toolu_2", "weather", '{"city":"Oslo"}'),
    )
    answer = Answer(id="a", model="m", choices=(Choice(blocks, "tool_use"),))
    wire = msgspec.json.decode(carry.DIALECTS[client].encode_answer(answer, carry.WHOLE).wire)

    chat = carry.chat(client, msgspec.json.encode(FOLLOW[client](wire)))

    assert chat.messages[1].blocks == blocks
    results = [block for block in chat.messages[2].blocks if isinstance(block, ToolResult)]
    assert [(result.call_id, result.content) for result in results] == [
        ("toolu_1", (Text("31"),)),
        ("toolu_2", (Text("2"),)),
    ]


def openai(wire: Any) -> Any:
    results = [
        {"role": "tool", "tool_call_id": "toolu_1", "content": "31"},
        {"role": "tool", "tool_call_id": "toolu_2", "content": "2"},
    ]
    return {"model": "m", "messages": [{"role": "user", "content": "?"}, wire["choices"][0]["message"], *results]}


def gemini(wire: Any) -> Any:
    results = [
        {"functionResponse": {"name": "weather", "response": {"output": "31"}}},
        {"functionResponse": {"name": "weather", "response": {"output": "2"}}},
    ]
    turns = [{"role": "user", "parts": [{"text": "?"}]}, wire["candidates"][0]["content"]]
    return {"contents": [*turns, {"role": "user", "parts": results}]}


def anthropic(wire: Any) -> Any:
    results = [
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": "31"},
        {"type": "tool_result", "tool_use_id": "toolu_2", "content": "2"},
    ]
    said = {"role": "assistant", "content": wire["content"]}
    asked = {"role": "user", "content": "?"}
    return {"model": "m", "max_tokens": 9, "messages": [asked, said, {"role": "user", "content": results}]}


FOLLOW = {"openai_chat": openai, "gemini_generate": gemini, "anthropic_messages": anthropic}
