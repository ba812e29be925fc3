"""Requests that are refused with their place, and what has no word and is named as lost."""

from typing import Any

import pytest

from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat import plugin
from tests.unit.dialects.openai_chat.chats import ASK, chat


def refused(**fields: Any) -> tuple[str, str]:
    with pytest.raises(Problem) as caught:
        chat(**fields)
    assert caught.value.kind is Kind.INVALID
    assert caught.value.source == "client"
    return caught.value.where, caught.value.detail


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
