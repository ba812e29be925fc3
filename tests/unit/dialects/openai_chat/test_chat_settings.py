"""What a request asks for beside its turns: sampling, tools, formats, reasoning, who the user is."""

from typing import Any

import msgspec
import pytest

from lockgate.core.chat import Format, Reasoning, Text, Tool, ToolCall, ToolChoice, ToolResult
from lockgate.dialects.openai_chat import plugin
from tests.unit.dialects.openai_chat.chats import ASK, chat


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
        messages=[
            {"role": "assistant", "tool_calls": [{"id": "1", "type": "custom", "custom": {"name": "g", "input": "x"}}]},
            {"role": "tool", "tool_call_id": "1", "content": "y"},
        ],
    )
    call, result = (turn.blocks[0] for turn in found.messages)
    assert (call, result) == (ToolCall("1", "g", '{"input":"x"}'), ToolResult("1", (Text("y"),), "g"))

    assert found.tools == (Tool("f", cache="5m"),)
    assert found.unsaid == ("tools.1 (custom)",)


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
