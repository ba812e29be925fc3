"""Turns to the wire: the order and the merging that the API demands."""

from lockgate.core.chat import Message, Text, ToolCall, ToolResult
from tests.unit.dialects.anthropic_messages.requests import PNG, USER, written


def test_turns_of_one_role_are_merged_and_results_come_first() -> None:
    wire, lost = written(
        USER,
        Message("assistant", (Text("look"),)),
        Message("assistant", (ToolCall("c1", "a", "{}"), ToolCall("c2", "b", '{"x":1}'))),
        Message("user", (ToolResult("c1", (Text("one"),)),)),
        Message("user", (Text("by the way"),)),
        Message("user", (ToolResult("c2", (Text("two"), PNG), error=True),)),
    )

    assert [turn["role"] for turn in wire["messages"]] == ["user", "assistant", "user"]
    assert [part["type"] for part in wire["messages"][1]["content"]] == ["text", "tool_use", "tool_use"]
    results = wire["messages"][2]["content"]
    assert [part["type"] for part in results] == ["tool_result", "tool_result", "text"]
    assert results[0] == {"type": "tool_result", "tool_use_id": "c1", "content": "one"}
    assert (results[1]["is_error"], results[1]["content"][1]["type"]) == (True, "image")
    assert lost == ()


def test_every_system_message_goes_to_the_top() -> None:
    wire, lost = written(
        Message("system", (Text("a"),)),
        USER,
        Message("developer", (Text("b", "1h"), PNG)),
        Message("user", (Text("c"),)),
    )

    assert wire["system"] == [
        {"type": "text", "text": "a"},
        {"type": "text", "text": "b", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
    ]
    assert wire["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "hi"}, {"type": "text", "text": "c"}]}
    ]
    assert lost == ("place of system messages", "media in system messages")


def test_texts_without_a_visible_character_are_left_out() -> None:
    wire, lost = written(Message("user", (Text(""), Text(" \n"), Text("a"))), Message("assistant", (Text(""),)))

    assert wire["messages"] == [{"role": "user", "content": "a"}]
    assert lost == ()


def test_a_conversation_begins_with_the_user() -> None:
    wire, lost = written(Message("assistant", (Text("Hello \n"),)))

    assert wire["messages"] == [{"role": "user", "content": "."}, {"role": "assistant", "content": "Hello"}] or wire[
        "messages"
    ] == [{"role": "user", "content": [{"type": "text", "text": "."}]}, {"role": "assistant", "content": "Hello"}]
    assert lost == ("an opening by the assistant",)


def test_a_system_message_alone_is_said_by_the_user() -> None:
    wire, lost = written(Message("system", (Text("a"),)), Message("system", (Text("b"),)))

    assert (wire["system"], wire["messages"]) == ("a", [{"role": "user", "content": "b"}])
    assert lost == ("system messages without a user's",)
