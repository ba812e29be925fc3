"""Requests of every kind of client, read into the canonical chat."""

from typing import Any

import msgspec
import pytest

from lockgate.core.chat import (
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
from lockgate.core.dialect import Ask
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat import plugin

ASK = Ask(model="m")


def chat(**fields: Any) -> Any:
    return plugin.decode_chat(msgspec.json.encode({"model": "m", "messages": [], **fields}), ASK)


def turns(*messages: Any) -> Any:
    return chat(messages=list(messages)).messages


def parts(*content: Any) -> Any:
    (turn,) = turns({"role": "user", "content": list(content)})
    return turn.blocks


def refused(**fields: Any) -> tuple[str, str]:
    with pytest.raises(Problem) as caught:
        chat(**fields)
    assert caught.value.kind is Kind.INVALID
    assert caught.value.source == "client"
    return caught.value.where, caught.value.detail


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


def test_parts_of_openai() -> None:
    found = parts(
        {"type": "text", "text": "a", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
        {"type": "image_url", "image_url": {"url": "https://x/a.png", "detail": "low"}},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
        {"type": "image_url", "image_url": {"url": "data:text/plain,hi"}},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "mp3"}},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "flac"}},
        {"type": "file", "file": {"file_id": "file-1"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AAAA"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "AAAA"}},
        {"type": "refusal", "refusal": "no"},
        "bare",
    )

    assert found == (
        Text("a", "1h"),
        Media("image", url="https://x/a.png", detail="low"),
        Media("image", mime="image/png", data="AAAA"),
        Media("image", url="data:text/plain,hi"),
        Media("audio", mime="audio/mpeg", data="AAAA"),
        Media("audio", mime="audio/flac", data="AAAA"),
        Media("file", file_id="file-1"),
        Media("file", mime="application/pdf", data="AAAA", name="a.pdf"),
        Media("file", data="AAAA", name="a.pdf"),
        Refusal("no"),
        Text("bare"),
    )


def test_parts_of_mistral_and_vllm() -> None:
    found = parts(
        {"type": "thinking", "thinking": [{"type": "text", "text": "h"}, {"type": "reference"}], "signature": "s"},
        {"type": "thinking", "thinking": "m"},
        {"type": "image_url", "image_url": "https://x/a.png"},
        {"type": "document_url", "document_url": "https://x/a.pdf", "document_name": "a"},
        {"type": "input_audio", "input_audio": "AAAA"},
        {"type": "input_audio", "input_audio": "https://x/a.mp3"},
        {"type": "file", "file_id": "f"},
        {"type": "video_url", "video_url": {"url": "https://x/a.mp4"}},
    )

    assert found == (
        Thinking("h", "s"),
        Thinking("m"),
        Media("image", url="https://x/a.png"),
        Media("file", url="https://x/a.pdf", name="a"),
        Media("audio", data="AAAA"),
        Media("audio", url="https://x/a.mp3"),
        Media("file", file_id="f"),
        Media("video", url="https://x/a.mp4"),
    )


def test_thoughts_of_an_earlier_answer() -> None:
    details = [
        {"type": "reasoning.text", "text": "a", "signature": "s"},
        {"type": "reasoning.summary", "summary": "b"},
        {"type": "reasoning.encrypted", "data": "c"},
        {"type": "reasoning.text"},
    ]
    found = turns(
        {"role": "assistant", "content": "x", "reasoning_content": "a", "reasoning_details": details},
        {"role": "assistant", "content": "x", "reasoning_content": "a"},
        {"role": "assistant", "content": "x", "reasoning": "a"},
    )

    assert found[0].blocks == (Thinking("a", "s"), Thinking("b"), Thinking(redacted="c"), Text("x"))
    assert found[1].blocks == found[2].blocks == (Thinking("a"), Text("x"))


def test_an_earlier_answer_with_everything() -> None:
    (found,) = turns(
        {
            "role": "assistant",
            "name": "bot",
            "content": [{"type": "text", "text": "a"}, {"type": "refusal", "refusal": "b"}],
            "refusal": "c",
            "audio": {"id": "audio_1"},
            "images": [{"image_url": {"url": "https://x/y"}}, {"image_url": {}}, None],
            "tool_calls": [
                {
                    "id": "1",
                    "function": {"name": "f", "arguments": {"a": 1}},
                    "extra_content": {"google": {"thought_signature": "s"}},
                }
            ],
        }
    )

    assert found == Message(
        "assistant",
        (
            Text("a"),
            Refusal("b"),
            Refusal("c"),
            Media("audio", file_id="audio_1"),
            Media("image", url="https://x/y"),
            ToolCall("1", "f", '{"a":1}', "s"),
        ),
        "bot",
    )


def test_sampling_and_limits() -> None:
    found = chat(
        max_tokens=5, max_completion_tokens=7, temperature=1, top_p=0.5, top_k=3, frequency_penalty=0.1,
        presence_penalty=0.2, seed=4, stop="x", n=2, logprobs=True, top_logprobs=3, parallel_tool_calls=False,
    )  # fmt: skip

    assert (found.max_tokens, found.temperature, found.top_p, found.top_k) == (7, 1.0, 0.5, 3)
    assert (found.frequency_penalty, found.presence_penalty, found.seed, found.stop) == (0.1, 0.2, 4, ("x",))
    assert (found.n, found.logprobs, found.top_logprobs, found.parallel_tools) == (2, True, 3, False)
    assert found.unsaid == ()
    assert chat(max_tokens=5).max_tokens == 5
    assert chat(random_seed=6, stop=["a", "b"]).seed == 6
    assert chat(stop=["a", "b"]).stop == ("a", "b")


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (None, None),
        ("auto", ToolChoice("auto")),
        ("none", ToolChoice("none")),
        ("required", ToolChoice("required")),
        ("any", ToolChoice("required")),
        ({"type": "auto"}, ToolChoice("auto")),
        ({"type": "function", "function": {"name": "f"}}, ToolChoice("tool", "f")),
        (
            {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [{"function": {"name": "f"}}]}},
            ToolChoice("required", allowed=("f",)),
        ),
        ({"type": "custom", "custom": {"name": "f"}}, None),
    ],
)
def test_tool_choice(choice: Any, expected: ToolChoice | None) -> None:
    found = chat(tool_choice=choice)

    assert found.tool_choice == expected
    assert found.unsaid == (("tool_choice (custom)",) if choice and expected is None else ())


def test_the_old_function_call_modes() -> None:
    assert chat(function_call="none").tool_choice == ToolChoice("none")


def test_tools_keep_the_schema_as_it_was_written() -> None:
    raw = b'{"type": "object", "properties": {"b": {}, "a": {}}}'
    body = b'{"model":"m","messages":[],"tools":[{"type":"function","function":{"name":"f","parameters":%b,"strict":true}}]}'

    (tool,) = plugin.decode_chat(body % raw, ASK).tools

    assert (bytes(tool.schema), tool.strict) == (raw, True)


def test_tools_of_other_kinds_are_named() -> None:
    found = chat(
        tools=[
            {"type": "function", "function": {"name": "f"}, "cache_control": {"type": "ephemeral"}},
            {"type": "custom", "custom": {"name": "g"}},
        ],
        messages=[{"role": "assistant", "tool_calls": [{"id": "1", "type": "custom", "custom": {"name": "g"}}]}],
    )

    assert found.tools == (Tool("f", cache="5m"),)
    assert found.unsaid == ("tools.1 (custom)", "messages.0.tool_calls.0 (custom)")


def test_formats() -> None:
    schema = {"name": "n", "schema": {"type": "object"}, "strict": True, "description": "d"}

    assert chat(response_format={"type": "text"}).format is None
    assert chat(response_format={"type": "json_object"}).format == Format("json")
    found = chat(response_format={"type": "json_schema", "json_schema": schema}).format
    assert found == Format("schema", msgspec.Raw(b'{"type":"object"}'), "n", "d", True)
    assert chat(response_format={"type": "grammar"}).unsaid == ("response_format (grammar)",)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, None),
        ({"reasoning_effort": "high"}, Reasoning(effort="high")),
        ({"reasoning_effort": "none"}, Reasoning(enabled=False, effort="none")),
        ({"reasoning": {"effort": "low", "exclude": True}}, Reasoning(effort="low", shown=False)),
        ({"reasoning": {"max_tokens": 9}}, Reasoning(budget=9)),
        ({"reasoning": {"enabled": False}}, Reasoning(enabled=False)),
        ({"thinking": {"type": "disabled"}}, Reasoning(enabled=False)),
        ({"thinking": {"type": "enabled"}}, Reasoning()),
        ({"include_reasoning": True}, Reasoning(shown=True)),
    ],
)
def test_reasoning(fields: dict[str, Any], expected: Reasoning | None) -> None:
    assert chat(**fields).reasoning == expected


def test_who_the_user_is() -> None:
    assert chat(user="u").user == "u"
    assert chat(safety_identifier="s").user == "s"
    assert chat(user="u", safety_identifier="s").unsaid == ("safety_identifier",)


def test_metadata_is_text() -> None:
    found = chat(metadata={"a": "b", "c": 1})

    assert (found.metadata, found.unsaid) == ({"a": "b"}, ("metadata.c",))


def test_what_has_no_word_is_named() -> None:
    found = chat(
        logit_bias={"5": 1},
        verbosity="low",
        prediction={"type": "content", "content": "x"},
        prompt_cache_key="k",
        safe_prompt=True,
        messages=[
            {"role": "user", "content": [{"type": "text", "text": "a", "new": 1}, {"type": "hologram"}, {}]},
            {"role": "assistant", "content": "b", "prefix": True, "annotations": [], "x": None},
        ],
    )

    assert set(found.unsaid) == {
        "logit_bias",
        "verbosity",
        "prediction",
        "prompt_cache_key",
        "safe_prompt",
        "messages.0.content.0.new",
        "messages.0.content.1 (hologram)",
        "messages.0.content.2 (no type)",
        "messages.1.prefix",
    }


def test_defaults_are_no_loss() -> None:
    found = chat(
        logit_bias={}, service_tier="auto", store=False, modalities=["text"], verbosity="medium", prediction=None,
        safe_prompt=False, n=None, tools=None, stop=None, user=None, stream_options={"include_usage": True},
    )  # fmt: skip

    assert found.unsaid == ()


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"messages": "hi"}, "messages"),
        ({"messages": ["hi"]}, "messages.0"),
        ({"messages": [{"content": "x"}]}, "messages.0.role"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages.0.role"),
        ({"messages": [{"role": "user"}]}, "messages.0.content"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages.0.content"),
        ({"messages": [{"role": "user", "content": [5]}]}, "messages.0.content.0"),
        ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "messages.0.content.0.text"),
        ({"messages": [{"role": "user", "content": "a", "name": 5}]}, "messages.0.name"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]},
            "messages.0.content.0.image_url.url",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            "messages.0.content.0.image_url",
        ),
        ({"messages": [{"role": "assistant", "tool_calls": 5}]}, "messages.0.tool_calls"),
        ({"messages": [{"role": "assistant", "tool_calls": [5]}]}, "messages.0.tool_calls.0"),
        ({"messages": [{"role": "assistant", "tool_calls": [{"id": "1"}]}]}, "messages.0.tool_calls.0.function"),
        (
            {"messages": [{"role": "assistant", "tool_calls": [{"function": {}}]}]},
            "messages.0.tool_calls.0.function.name",
        ),
        ({"temperature": "hot"}, "temperature"),
        ({"n": 0}, "n"),
        ({"tools": [{"type": "function"}]}, "tools.0.function"),
        ({"tools": [{"function": {"name": "f", "parameters": 5}}]}, "tools.0.function.parameters"),
        ({"tools": [{"function": {}}]}, "tools.0.function"),
        ({"tool_choice": 5}, "tool_choice"),
        ({"tool_choice": "maybe"}, "tool_choice"),
        ({"tool_choice": {"type": "function"}}, "tool_choice.function.name"),
        ({"tool_choice": {"type": "allowed_tools"}}, "tool_choice.allowed_tools.tools"),
        (
            {"tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "x", "tools": []}}},
            "tool_choice.allowed_tools.mode",
        ),
        (
            {"tool_choice": {"type": "allowed_tools", "allowed_tools": {"tools": [5]}}},
            "tool_choice.allowed_tools.tools.0.function.name",
        ),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema.schema"),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"schema": 5}}},
            "response_format.json_schema.schema",
        ),
    ],
)
def test_wrong_types_are_refused_with_their_place(fields: dict[str, Any], where: str) -> None:
    found, detail = refused(**fields)

    assert found == where
    assert where in detail


def test_what_is_no_object_is_refused() -> None:
    for raw in (b"", b"[]", b"{", b'"x"', b"\xff", b"[" * 100_000):
        with pytest.raises(Problem) as caught:
            plugin.decode_chat(raw, ASK)
        assert caught.value.kind is Kind.INVALID
