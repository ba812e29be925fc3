"""Requests from the wire that are refused, with the place; and what is named, for there is no word for it."""

from typing import Any

import pytest

from lockgate.core.problem import Kind, Problem
from lockgate.dialects.anthropic_messages import plugin
from tests.unit.dialects.anthropic_messages.requests import read
from tests.unit.dialects.anthropic_messages.wires import ASK

WRONG: list[tuple[str, dict[str, Any]]] = [
    ("messages", {"messages": None}),
    ("messages", {"messages": {}}),
    ("messages.0", {"messages": ["hi"]}),
    ("messages.0.role", {"messages": [{"content": "hi"}]}),
    ("messages.0.role", {"messages": [{"role": "tool", "content": "hi"}]}),
    ("messages.0.content", {"messages": [{"role": "user"}]}),
    ("messages.0.content", {"messages": [{"role": "user", "content": 4}]}),
    ("messages.0.content.0", {"messages": [{"role": "user", "content": ["hi"]}]}),
    ("messages.0.content.0.type", {"messages": [{"role": "user", "content": [{"text": "hi"}]}]}),
    ("messages.0.content.0.text", {"messages": [{"role": "user", "content": [{"type": "text"}]}]}),
    ("messages.0.content.0.source", {"messages": [{"role": "user", "content": [{"type": "image"}]}]}),
    (
        "messages.0.content.0.source.type",
        {"messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "x"}}]}]},
    ),
    (
        "messages.0.content.0.source.type",
        {"messages": [{"role": "user", "content": [{"type": "document", "source": {"type": "x"}}]}]},
    ),
    (
        "messages.0.content.0.input",
        {"messages": [{"role": "user", "content": [{"type": "tool_use", "id": "a", "name": "b", "input": "c"}]}]},
    ),
    (
        "messages.0.content.0.is_error",
        {"messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "is_error": 1}]}]},
    ),
    ("system", {"system": 4}),
    ("max_tokens", {"max_tokens": "10"}),
    ("max_tokens", {"max_tokens": True}),
    ("temperature", {"temperature": "hot"}),
    ("temperature", {"temperature": True}),
    ("top_k", {"top_k": 1.5}),
    ("stop_sequences", {"stop_sequences": "END"}),
    ("stop_sequences.1", {"stop_sequences": ["a", 1]}),
    ("tools", {"tools": {}}),
    ("tools.0.name", {"tools": [{"input_schema": {}}]}),
    ("tools.0.input_schema", {"tools": [{"name": "a"}]}),
    ("tools.0.strict", {"tools": [{"name": "a", "input_schema": {}, "strict": "yes"}]}),
    ("tool_choice.type", {"tool_choice": {}}),
    ("tool_choice.type", {"tool_choice": {"type": "some"}}),
    ("tool_choice.name", {"tool_choice": {"type": "tool"}}),
    ("tool_choice.disable_parallel_tool_use", {"tool_choice": {"type": "auto", "disable_parallel_tool_use": 1}}),
    ("thinking", {"thinking": "on"}),
    ("thinking.budget_tokens", {"thinking": {"type": "enabled", "budget_tokens": "many"}}),
    ("output_config", {"output_config": []}),
    ("output_config.effort", {"output_config": {"effort": 3}}),
    ("output_config.format.schema", {"output_config": {"format": {"type": "json_schema"}}}),
    ("metadata", {"metadata": "me"}),
    ("metadata.user_id", {"metadata": {"user_id": 4}}),
]


@pytest.mark.parametrize(("where", "changes"), WRONG)
def test_wrong_types_are_refused_with_their_place(where: str, changes: dict[str, Any]) -> None:
    with pytest.raises(Problem) as caught:
        read(**changes)

    assert (caught.value.kind, caught.value.where) == (Kind.INVALID, where)


@pytest.mark.parametrize("raw", [b"", b"[]", b"nonsense", b'"\xff"', b"{" * 100_000, b'{"a":' * 100_000])
def test_what_is_no_object_is_refused(raw: bytes) -> None:
    with pytest.raises(Problem) as caught:
        plugin.decode_chat(raw, ASK)

    assert caught.value.kind is Kind.INVALID


UNSAID: list[tuple[str, dict[str, Any]]] = [
    ("container", {"container": "c"}),
    ("mcp_servers", {"mcp_servers": [{}]}),
    ("context_management", {"context_management": {"edits": []}}),
    ("cache_control", {"cache_control": {"type": "ephemeral"}}),
    ("service_tier", {"service_tier": "standard_only"}),
    ("tools.0 (web_search_20260209)", {"tools": [{"type": "web_search_20260209", "name": "web_search"}]}),
    ("tools.0.defer_loading", {"tools": [{"name": "a", "input_schema": {}, "defer_loading": True}]}),
    ("tools.0.allowed_callers", {"tools": [{"name": "a", "input_schema": {}, "allowed_callers": ["x"]}]}),
    ("metadata.team", {"metadata": {"team": "x"}}),
    ("thinking (between_tools)", {"thinking": {"type": "between_tools"}}),
    ("output_config.task_budget", {"output_config": {"task_budget": {}}}),
    ("output_config.format (grammar)", {"output_config": {"format": {"type": "grammar"}}}),
    ("system (media)", {"system": [{"type": "image", "source": {"type": "url", "url": "https://x"}}]}),
    ("messages.0.name", {"messages": [{"role": "user", "content": "hi", "name": "ann"}]}),
    ("messages.0.content.0 (search_result)", {"messages": [{"role": "user", "content": [{"type": "search_result"}]}]}),
    (
        "messages.0.content.0.citations",
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "a", "citations": [{}]}]}]},
    ),
    (
        "messages.0.content.0.caller",
        {
            "messages": [
                {"role": "user", "content": [{"type": "tool_use", "id": "a", "name": "b", "input": {}, "caller": {}}]}
            ]
        },
    ),
    (
        "messages.0.content.0.context",
        {
            "messages": [
                {
                    "role": "user",
                    "content": [{"type": "document", "context": "x", "source": {"type": "file", "file_id": "file_1"}}],
                }
            ]
        },
    ),
    (
        "messages.0.content.0.content (toolcall)",
        {
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {
                            "type": "tool_result",
                            "tool_use_id": "a",
                            "content": [{"type": "tool_use", "id": "a", "name": "b", "input": {}}],
                        }
                    ],
                }
            ]
        },
    ),
]


@pytest.mark.parametrize(("name", "changes"), UNSAID)
def test_what_there_is_no_word_for_is_named(name: str, changes: dict[str, Any]) -> None:
    assert read(**changes).unsaid == (name,)


def test_defaults_and_nulls_are_no_loss() -> None:
    chat = read(
        service_tier="auto",
        speed="standard",
        container=None,
        system=None,
        tools=[
            {"type": "custom", "name": "a", "input_schema": {}, "defer_loading": False, "allowed_callers": ["direct"]}
        ],
        tool_choice=None,
        metadata=None,
        stop_sequences=None,
        output_config=None,
        thinking=None,
    )

    assert chat.unsaid == ()
    assert chat.tools[0].name == "a"


def test_names_of_losses_are_bounded_and_safe_for_a_header() -> None:
    chat = read(**{f"x{i}\r\nset-cookie: a=b; \u00e9" * 20: 1 for i in range(200)})

    assert len(chat.unsaid) == 65
    assert chat.unsaid[-1] == "more"
    assert all(name.isascii() and name.isprintable() and len(name) <= 120 and "," not in name for name in chat.unsaid)
