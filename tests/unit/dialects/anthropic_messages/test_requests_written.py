"""Requests to the wire: what the API demands, and what is named as lost."""

from typing import Any

import msgspec
import pytest
from msgspec import Raw

from lockgate.core.chat import (
    Block,
    Chat,
    Format,
    Media,
    Message,
    Refusal,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from lockgate.dialects.anthropic_messages import plugin

USER = Message("user", (Text("hi"),))
PNG = Media("image", mime="image/png", data="iVBORw0KGgo=")


def written(*messages: Message, **fields: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    encoded = plugin.encode_chat(Chat(**{"model": "claude-opus-4-5", "messages": messages or (USER,)} | fields))
    return msgspec.json.decode(encoded.wire), encoded.lost


def said(*blocks: Block, role: Any = "user") -> tuple[Any, tuple[str, ...]]:
    messages = [Message(role, blocks)] if role == "user" else [USER, Message(role, blocks)]
    wire, lost = written(*messages)
    return wire["messages"][-1]["content"], lost


def test_a_limit_is_always_given() -> None:
    assert written()[0]["max_tokens"] == 4096
    assert written(max_tokens=7)[0]["max_tokens"] == 7


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


def test_thinking_goes_back_only_with_its_signature() -> None:
    content, lost = said(Thinking("a", "sig"), Thinking("b"), Thinking(redacted="x"), Text("c"), role="assistant")

    assert content == [
        {"type": "thinking", "thinking": "a", "signature": "sig"},
        {"type": "redacted_thinking", "data": "x"},
        {"type": "text", "text": "c"},
    ]
    assert lost == ("unsigned thinking",)


def test_a_refusal_was_a_text() -> None:
    assert said(Refusal("I cannot."), role="assistant") == ("I cannot.", ())


@pytest.mark.parametrize(
    ("arguments", "expected", "lost"),
    [
        ("", {}, ()),
        ('{"a": 1.50}', {"a": 1.5}, ()),
        ('{"a": ', {"arguments": '{"a": '}, ("arguments that are not a JSON object",)),
        ("[1]", {"arguments": "[1]"}, ("arguments that are not a JSON object",)),
        ('{"a":' * 5000, {"arguments": '{"a":' * 5000}, ("arguments that are not a JSON object",)),
    ],
)
def test_arguments_are_always_an_object(arguments: str, expected: object, lost: tuple[str, ...]) -> None:
    content, names = said(ToolCall("c", "f", arguments, cache="5m"), role="assistant")

    assert content[0]["input"] == expected
    assert content[0]["cache_control"] == {"type": "ephemeral"}
    assert names == lost


def test_ids_of_other_makers_change_alike_in_call_and_result() -> None:
    wire, _ = written(
        USER,
        Message("assistant", (ToolCall("functions.f:0", "f", "{}"),)),
        Message("user", (ToolResult("functions.f:0", ()),)),
    )

    call, result = wire["messages"][1]["content"][0], wire["messages"][2]["content"][0]
    assert (call["id"], result) == ("functions_f_0", {"type": "tool_result", "tool_use_id": "functions_f_0"})


def test_signatures_of_calls_are_another_makers() -> None:
    assert said(ToolCall("c", "f", "{}", signature="s"), role="assistant")[1] == ("thought signatures",)


@pytest.mark.parametrize(
    ("media", "source"),
    [
        (PNG, {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}),
        (Media("image", data="/9j/4AAQ"), {"type": "base64", "media_type": "image/jpeg", "data": "/9j/4AAQ"}),
        (Media("image", url="https://x/a.png", detail="auto"), {"type": "url", "url": "https://x/a.png"}),
        (Media("image", file_id="file_1"), {"type": "file", "file_id": "file_1"}),
        (
            Media("file", data="JVBERi0xLjQK"),
            {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQK"},
        ),
        (
            Media("file", mime="text/csv", data="YSxi"),
            {"type": "text", "media_type": "text/plain", "data": "a,b"},
        ),
        (Media("file", text="a"), {"type": "text", "media_type": "text/plain", "data": "a"}),
        (Media("file", url="https://x/a.pdf"), {"type": "url", "url": "https://x/a.pdf"}),
    ],
)
def test_media(media: Media, source: object) -> None:
    content, lost = said(media, Text("a"))

    assert (content[0]["source"], lost) == (source, ())
    assert content[0]["type"] == ("image" if media.kind == "image" else "document")


@pytest.mark.parametrize(
    ("media", "name"),
    [
        (Media("audio", mime="audio/wav", data="UklGRg=="), "audio"),
        (Media("video", url="https://x"), "video"),
        (Media("image", mime="image/tiff", data="SUkq"), "images other than JPEG PNG GIF and WebP"),
        (Media("image", file_id="file-openai"), "images by id"),
        (Media("image"), "images"),
        (Media("image", url="ftp://x"), "images"),
        (Media("file", mime="application/zip", data="UEsD"), "files other than PDF and text"),
        (Media("file", mime="text/plain", data="not base64!"), "files other than PDF and text"),
        (Media("file", file_id="file-openai"), "files by id"),
    ],
)
def test_media_that_cannot_be_said_are_named(media: Media, name: str) -> None:
    content, lost = said(media, Text("a"))

    assert (content, lost) == ("a", (name,))


def test_titles_and_detail() -> None:
    content, lost = said(Media("file", text="a", name="n" * 600), Media("image", url="https://x", detail="high"))

    assert len(content[0]["title"]) == 500
    assert lost == ("image detail",)


def test_blocks_in_the_wrong_mouth_are_named() -> None:
    assert said(Text("a"), ToolCall("c", "f", "{}"))[1] == ("toolcall in user messages",)
    assert said(Text("a"), PNG, ToolResult("c", ()), role="assistant")[1] == (
        "image in assistant messages",
        "toolresult in assistant messages",
    )


def test_sampling_is_capped_and_kept_to_what_the_model_takes() -> None:
    assert written(temperature=1.7)[0]["temperature"] == 1
    assert written(temperature=1.7)[1] == ("temperature above 1",)
    wire, lost = written(temperature=0.2, top_p=0.5, top_k=3)
    assert ("top_p" in wire, wire["top_k"], lost) == (False, 3, ("top_p",))
    assert written(top_p=0.5)[0]["top_p"] == 0.5
    assert written(model="claude-3-5-sonnet-20241022", temperature=0.2, top_p=0.5)[1] == ()
    wire, lost = written(model="claude-opus-4-7", temperature=0.2, top_p=0.5, top_k=3)
    assert (wire.keys() & {"temperature", "top_p", "top_k"}, lost) == (set(), ("temperature", "top_p", "top_k"))
    assert written(model="claude-sonnet-5", temperature=1.0, top_p=1.0)[1] == ()


def test_tools_and_their_choice() -> None:
    tools = (Tool("a", "does a", Raw(b'{"properties":{}}')), Tool("b", strict=True, cache="1h"))
    wire, lost = written(tools=tools, tool_choice=ToolChoice("tool", "a"), parallel_tools=False)

    assert wire["tools"] == [
        {"name": "a", "description": "does a", "input_schema": {"type": "object", "properties": {}}},
        {
            "name": "b",
            "input_schema": {"type": "object", "properties": {}, "additionalProperties": False},
            "strict": True,
            "cache_control": {"type": "ephemeral", "ttl": "1h"},
        },
    ]
    assert wire["tool_choice"] == {"type": "tool", "name": "a", "disable_parallel_tool_use": True}
    assert lost == ()
    assert written(tools=tools, parallel_tools=False)[0]["tool_choice"] == {
        "type": "auto",
        "disable_parallel_tool_use": True,
    }
    none = written(tools=tools, tool_choice=ToolChoice("none"), parallel_tools=False)
    assert none[0]["tool_choice"] == {"type": "none"}
    allowed = written(tools=tools, tool_choice=ToolChoice("required", allowed=("b",)))[0]
    assert ([tool["name"] for tool in allowed["tools"]], allowed["tool_choice"]) == (["b"], {"type": "any"})
    assert written(tool_choice=ToolChoice("required"), parallel_tools=True)[1] == ("tool choice without tools",)
    assert written(model="claude-haiku-3-5", tools=tools)[1] == ("strict tools",)


def test_formats() -> None:
    schema = Raw(b'{"type":"object","properties":{"a":{"type":"integer","minimum":3}}}')
    wire, lost = written(format=Format("schema", schema, description="an a"))

    assert wire["output_config"]["format"] == {
        "type": "json_schema",
        "schema": {
            "type": "object",
            "properties": {"a": {"type": "integer", "description": "{minimum: 3}"}},
            "additionalProperties": False,
            "description": "an a",
        },
    }
    assert lost == ("schema keyword minimum",)
    assert written(format=Format("json"))[1] == ("JSON without a schema",)
    old = written(model="claude-3-haiku-20240307", format=Format("schema", schema))
    assert ("output_config" in old[0], old[1]) == (False, ("JSON schema",))


def test_all_else_is_said_or_named() -> None:
    wire, lost = written(
        Message("user", (Text("a"),), name="ann"),
        stop=("END", "\n"),
        user="u",
        stream=True,
        frequency_penalty=0.1,
        presence_penalty=0.1,
        seed=0,
        n=2,
        logprobs=True,
        metadata={"a": "b"},
    )

    assert (wire["stop_sequences"], wire["metadata"], wire["stream"]) == (["END"], {"user_id": "u"}, True)
    assert lost == (
        "names of speakers",
        "stop sequences of white space",
        "frequency_penalty",
        "presence_penalty",
        "seed",
        "n above 1",
        "logprobs",
        "metadata",
    )
