"""Requests from the wire: what they mean."""

from typing import Any

import msgspec

from lockgate.core.chat import Chat, Format, Media, Message, Reasoning, Text, Thinking, ToolCall, ToolChoice, ToolResult
from tests.unit.dialects.anthropic_messages.requests import read


def blocks(*content: Any, role: str = "user") -> Chat:
    return read(messages=[{"role": role, "content": list(content)}])


def only(chat: Chat) -> Any:
    return chat.messages[0].blocks[0]


def test_the_model_is_the_one_that_was_routed() -> None:
    assert read(model="alias").model == "claude-opus-5"


def test_a_string_is_one_text_block_and_system_may_be_anywhere() -> None:
    chat = read(system="a", messages=[{"role": "user", "content": "b"}, {"role": "system", "content": "c"}])

    assert chat.messages == (
        Message("system", (Text("a"),)),
        Message("user", (Text("b"),)),
        Message("system", (Text("c"),)),
    )


def test_a_document_of_blocks_becomes_its_text() -> None:
    inner = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    chat = blocks({"type": "document", "source": {"type": "content", "content": inner}})

    assert only(chat) == Media("file", mime="text/plain", text="a\nb")


def test_citations_asked_for_are_named() -> None:
    source = {"type": "text", "media_type": "text/plain", "data": "a"}

    assert blocks({"type": "document", "source": source, "citations": {"enabled": False}}).unsaid == ()
    assert blocks({"type": "document", "source": source, "citations": {"enabled": True}}).unsaid == (
        "messages.0.content.0.citations",
    )


def test_cache_markers_have_the_default_lifetime() -> None:
    assert only(blocks({"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}})) == Text("a", "5m")


def test_a_result_may_be_empty_or_text() -> None:
    assert only(blocks({"type": "tool_result", "tool_use_id": "a"})) == ToolResult("a", ())
    assert only(blocks({"type": "tool_result", "tool_use_id": "a", "content": "b", "is_error": True})) == ToolResult(
        "a", (Text("b"),), error=True
    )


def test_arguments_are_json_text() -> None:
    call = {"type": "tool_use", "id": "a", "name": "b", "input": {"x": ["é"]}, "caller": {"type": "direct"}}

    assert only(blocks(call, role="assistant")) == ToolCall("a", "b", '{"x":["é"]}')


def test_thinking_without_a_signature_is_still_thinking() -> None:
    assert only(blocks({"type": "thinking", "thinking": "hm"}, role="assistant")) == Thinking("hm")


def test_tool_choices() -> None:
    assert read(tool_choice={"type": "auto"}).tool_choice == ToolChoice("auto")
    assert read(tool_choice={"type": "any"}).tool_choice == ToolChoice("required")
    assert read(tool_choice={"type": "none"}).tool_choice == ToolChoice("none")
    chosen = read(tool_choice={"type": "tool", "name": "a", "disable_parallel_tool_use": True})
    assert (chosen.tool_choice, chosen.parallel_tools) == (ToolChoice("tool", "a"), False)


def test_reasoning() -> None:
    assert read(thinking={"type": "disabled"}).reasoning == Reasoning(enabled=False)
    assert read(thinking={"type": "adaptive", "display": "omitted"}).reasoning == Reasoning(shown=False)
    assert read(output_config={"effort": "max"}).reasoning == Reasoning(effort="max")
    assert read(thinking={"type": "between_tools"}, output_config={"effort": "low"}).reasoning == Reasoning(
        effort="low"
    )


def test_the_format_of_the_beta_is_understood() -> None:
    chat = read(output_format={"type": "json_schema", "schema": {"type": "object"}})

    assert chat.format == Format("schema", msgspec.Raw(b'{"type":"object"}'))
