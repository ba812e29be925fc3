"""Chats of other dialects, written as OpenAI takes them, and what that loses."""

from typing import Any

import msgspec
import pytest

from lockgate.core.chat import (
    Block,
    Chat,
    Format,
    Media,
    Message,
    Reasoning,
    Refusal,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from lockgate.dialects.openai_chat import plugin


def wire(**fields: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    encoded = plugin.encode_chat(Chat(**{"model": "m", "messages": (), **fields}))
    tree: dict[str, Any] = msgspec.json.decode(encoded.wire)
    return tree, encoded.lost


def user(*blocks: Block) -> tuple[Any, tuple[str, ...]]:
    tree, lost = wire(messages=(Message("user", blocks),))
    return tree["messages"], lost


def assistant(*blocks: Block) -> tuple[Any, tuple[str, ...]]:
    tree, lost = wire(messages=(Message("assistant", blocks),))
    (message,) = tree["messages"]
    return message, lost


def test_the_least_there_is() -> None:
    assert wire() == ({"model": "m", "messages": []}, ())


def test_a_stream_is_always_counted() -> None:
    tree, _ = wire(stream=True)

    assert (tree["stream"], tree["stream_options"]) == (True, {"include_usage": True})


def test_results_come_before_what_the_user_says() -> None:
    messages, lost = user(
        Text("and this"),
        ToolResult("a", (Text("1"), Media("image", url="https://x/y")), error=True),
        ToolResult("b", (), cache="5m"),
    )

    assert messages == [
        {"role": "tool", "tool_call_id": "a", "content": "1"},
        {"role": "tool", "tool_call_id": "b", "content": ""},
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": "https://x/y"}},
                {"type": "text", "text": "and this"},
            ],
        },
    ]
    assert lost == ("place of media in tool results", "error flag of tool results", "cache markers")


def test_media() -> None:
    messages, lost = user(
        Media("image", mime="image/png", data="AAAA", detail="low", cache="5m"),
        Media("audio", mime="audio/x-wav", data="AAAA"),
        Media("audio", mime="audio/flac", data="AAAA"),
        Media("file", mime="text/csv", data="AAAA"),
        Media("file", data="AAAA", name="a.pdf"),
        Media("file", file_id="f"),
        Media("file", text="plain"),
    )

    assert messages[0]["content"] == [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA", "detail": "low"}},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "flac"}},
        {"type": "file", "file": {"filename": "document.csv", "file_data": "data:text/csv;base64,AAAA"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AAAA"}},
        {"type": "file", "file": {"file_id": "f"}},
        {"type": "text", "text": "plain"},
    ]
    assert lost == ("cache markers",)


def test_what_a_user_cannot_say() -> None:
    messages, lost = user(
        Media("image", file_id="f"),
        Media("audio", url="https://x/y"),
        Media("file", url="https://x/y"),
        Media("video", url="https://x/y"),
        Thinking("t"),
        ToolCall("1", "f", "{}"),
        Refusal("no"),
        Text("a", "1h"),
    )

    assert messages == [
        {"role": "user", "content": [{"type": "text", "text": "no"}, {"type": "text", "text": "a"}]},
    ]
    assert lost == (
        "images by file id",
        "audio by reference",
        "files by URL",
        "video",
        "thinking outside of answers",
        "tool calls outside of answers",
        "cache markers",
    )


def test_a_turn_that_says_nothing_is_still_one() -> None:
    assert user()[0] == [{"role": "user", "content": ""}]
    assert assistant()[0] == {"role": "assistant", "content": ""}


def test_an_earlier_answer() -> None:
    message, lost = assistant(
        Thinking("t", "s"),
        Thinking(redacted="r"),
        Text("a"),
        Text("b", "5m"),
        Refusal("no"),
        ToolCall("1", "f", "", "g", "5m"),
        Media("audio", file_id="x"),
    )

    assert message == {
        "role": "assistant",
        "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
        "reasoning_content": "t",
        "reasoning_details": [
            {"type": "reasoning.text", "text": "t", "signature": "s", "index": 0},
            {"type": "reasoning.encrypted", "data": "r", "index": 1},
        ],
        "refusal": "no",
        "audio": {"id": "x"},
        "tool_calls": [
            {
                "id": "1",
                "type": "function",
                "function": {"name": "f", "arguments": "{}"},
                "extra_content": {"google": {"thought_signature": "g"}},
            }
        ],
    }
    assert lost == ("cache markers",)


def test_what_an_answer_cannot_say() -> None:
    message, lost = assistant(Media("image", url="https://x/y"), ToolResult("1", ()))

    assert message == {"role": "assistant", "content": ""}
    assert lost == ("image in answers", "tool results in answers")


def test_calls_without_text_have_no_content() -> None:
    assert assistant(ToolCall("1", "f", "{}"))[0]["content"] is None


def test_tools_and_choices() -> None:
    tools = (Tool("f", "d", msgspec.Raw(b'{"a":1}'), strict=False, cache="5m"), Tool("g"))
    tree, lost = wire(tools=tools, tool_choice=ToolChoice("tool", "f"), parallel_tools=False)

    assert tree["tools"] == [
        {"type": "function", "function": {"name": "f", "description": "d", "parameters": {"a": 1}, "strict": False}},
        {"type": "function", "function": {"name": "g", "parameters": {"type": "object", "properties": {}}}},
    ]
    assert tree["tool_choice"] == {"type": "function", "function": {"name": "f"}}
    assert tree["parallel_tool_calls"] is False
    assert lost == ("cache markers",)
    assert "parallel_tool_calls" not in wire(tools=tools)[0]
    assert wire(tools=tools, tool_choice=ToolChoice("none", allowed=("f",)))[0]["tool_choice"] == "none"


def test_no_tools_no_choice() -> None:
    tree, lost = wire(tool_choice=ToolChoice("auto"), parallel_tools=True)

    assert (set(tree), lost) == ({"model", "messages"}, ())


def test_limits_and_sampling() -> None:
    tree, lost = wire(
        max_tokens=5, temperature=1.5, top_p=0.1, top_k=3, seed=1, stop=tuple("abcde"), n=2, logprobs=True,
        top_logprobs=0, frequency_penalty=0.0, presence_penalty=0.5, metadata={"a": "b"}, user="u",
    )  # fmt: skip

    assert tree == {
        "model": "m", "messages": [], "max_completion_tokens": 5, "temperature": 1.5, "top_p": 0.1, "seed": 1,
        "stop": ["a", "b", "c", "d"], "n": 2, "logprobs": True, "top_logprobs": 0, "frequency_penalty": 0.0,
        "presence_penalty": 0.5, "metadata": {"a": "b"}, "user": "u",
    }  # fmt: skip
    assert lost == ("top_k", "stop sequences above 4")


def test_formats() -> None:
    assert wire(format=Format("json"))[0]["response_format"] == {"type": "json_object"}
    assert wire(format=Format("schema"))[0]["response_format"]["json_schema"] == {"name": "answer", "schema": {}}
    tree, _ = wire(format=Format("schema", msgspec.Raw(b'{"a":1}'), "n", "d", strict=True))
    assert tree["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "n", "schema": {"a": 1}, "description": "d", "strict": True},
    }


@pytest.mark.parametrize(
    ("reasoning", "effort", "lost"),
    [
        (Reasoning(), None, ()),
        (Reasoning(effort="xhigh"), "xhigh", ()),
        (Reasoning(enabled=False, effort="none"), "none", ()),
        (Reasoning(enabled=False), None, ("thinking switched off",)),
        (Reasoning(budget=1024), "low", ("thinking budget",)),
        (Reasoning(budget=8192), "medium", ("thinking budget",)),
        (Reasoning(budget=32000, shown=True), "high", ("thinking budget", "showing of thoughts")),
    ],
)
def test_reasoning(reasoning: Reasoning, effort: str | None, lost: tuple[str, ...]) -> None:
    tree, found = wire(reasoning=reasoning)

    assert (tree.get("reasoning_effort"), found) == (effort, lost)
