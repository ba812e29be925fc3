"""Turns of every kind of client, read into the canonical chat."""

import msgspec

from lockgate.core.chat import Message, Text, Tool, ToolCall, ToolChoice, ToolResult
from tests.unit.dialects.openai_chat.chats import chat, turns


def test_roles() -> None:
    found = turns(*({"role": role, "content": role} for role in ("system", "developer", "user", "assistant")))

    assert [turn.role for turn in found] == ["system", "developer", "user", "assistant"]
    assert [turn.blocks for turn in found] == [(Text(turn.role),) for turn in found]


def test_results_that_follow_each_other_are_one_turn() -> None:
    call = {"id": "a", "function": {"name": "f", "arguments": "{}"}}
    found = turns(
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "a", "content": "1"},
        {"role": "tool", "tool_call_id": "b", "content": [{"type": "text", "text": "2"}], "name": "g"},
        {"role": "user", "content": "go on"},
        {"role": "tool", "tool_call_id": "c", "content": None, "cache_control": {"type": "ephemeral"}},
    )

    assert found == (
        Message("assistant", (ToolCall("a", "f", "{}"),)),
        Message("user", (ToolResult("a", (Text("1"),), "f"), ToolResult("b", (Text("2"),), "g"))),
        Message("user", (Text("go on"),)),
        Message("user", (ToolResult("c", (), cache="5m"),)),
    )


def test_the_old_function_call_is_a_tool_call() -> None:
    found = chat(
        functions=[{"name": "f", "description": "d", "parameters": {"type": "object"}}],
        function_call={"name": "f"},
        messages=[
            {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
            {"role": "function", "name": "f", "content": "1"},
        ],
    )

    assert found.tools == (Tool("f", "d", msgspec.Raw(b'{"type":"object"}')),)
    assert found.tool_choice == ToolChoice("tool", "f")
    call, result = (turn.blocks[0] for turn in found.messages)
    assert (call.name, call.arguments, result.name) == ("f", "{}", "f")
    assert call.id == result.call_id != ""


def test_a_result_of_an_unknown_function_has_an_id() -> None:
    assert turns({"role": "function", "name": "f", "content": "1"})[0].blocks[0].call_id == "call_f"
