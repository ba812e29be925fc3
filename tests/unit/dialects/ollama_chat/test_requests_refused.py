"""Requests refused with their path, and what has no word and is named."""

from typing import Any

import pytest

from lockgate.core.body import head
from lockgate.core.chat import Chat
from lockgate.core.dialect import Ask, Target
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.ollama_chat import plugin
from tests.unit.dialects.ollama_chat.drive import chat


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"{}", "model"),
        (b'{"model":""}', "model"),
        (b'{"model":7}', "model"),
        (b'{"model":"m","stream":"no"}', "stream"),
    ],
)
def test_what_is_asked_must_be_clear(body: bytes, where: str) -> None:
    with pytest.raises(Problem) as caught:
        plugin.ask(Target(), head(body))

    assert (caught.value.kind, caught.value.where) == (Kind.INVALID, where)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"messages": {}}, "messages"),
    ({"messages": ["x"]}, "messages.0"),
    ({"messages": [{"content": "x"}]}, "messages.0.role"),
    ({"messages": [{"role": "robot"}]}, "messages.0.role"),
    ({"messages": [{"role": ["user"]}]}, "messages.0.role"),
    ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "messages.0.content"),
    ({"messages": [{"role": "user", "images": "x"}]}, "messages.0.images"),
    ({"messages": [{"role": "user", "images": [1]}]}, "messages.0.images"),
    ({"messages": [{"role": "assistant", "thinking": 1}]}, "messages.0.thinking"),
    ({"messages": [{"role": "assistant", "tool_calls": [1]}]}, "messages.0.tool_calls.0"),
    ({"messages": [{"role": "assistant", "tool_calls": [{}]}]}, "messages.0.tool_calls.0.function.name"),
    (
        {"messages": [{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}]},
        "messages.0.tool_calls.0.function.arguments",
    ),
    ({"messages": [{"role": "tool", "tool_call_id": 1}]}, "messages.0.tool_call_id"),
    ({"tools": [{"function": {}}]}, "tools.0.function.name"),
    ({"tools": [{"function": {"name": "f", "parameters": []}}]}, "tools.0.function.parameters"),
    ({"options": []}, "options"),
    ({"options": {"temperature": "hot"}}, "options.temperature"),
    ({"options": {"temperature": True}}, "options.temperature"),
    ({"options": {"temperature": 10**400}}, "options.temperature"),
    ({"options": {"seed": 1.5}}, "options.seed"),
    ({"options": {"top_k": False}}, "options.top_k"),
    ({"options": {"stop": [1]}}, "options.stop"),
    ({"think": "enormous"}, "think"),
    ({"think": 3}, "think"),
    ({"format": "xml"}, "format"),
    ({"format": []}, "format"),
    ({"logprobs": 1}, "logprobs"),
    ({"top_logprobs": "1"}, "top_logprobs"),
]


@pytest.mark.parametrize(("fields", "where"), WRONG, ids=[where for _, where in WRONG])
def test_a_wrong_type_is_refused_with_its_path(fields: dict[str, Any], where: str) -> None:
    with pytest.raises(Problem) as caught:
        chat(**fields)

    assert (caught.value.kind, caught.value.where) == (Kind.INVALID, where)
    assert caught.value.detail.startswith(f"{where} must be ")


def test_bytes_that_are_no_object_are_refused() -> None:
    for raw in (b"[]", b"{", b'{"a":1e999}', b"\xff"):
        with pytest.raises(Problem, match="not a valid JSON object"):
            plugin.decode_chat(raw, Ask("m"))


def test_what_has_no_word_is_named() -> None:
    found = chat(
        keep_alive="5m",
        truncate=False,
        nothing=None,
        options={"num_ctx": 4096, "min_p": 0.1, "num_predict": -2, "mirostat": None},
        messages=[
            {"role": "user", "content": "x", "tool_calls": [], "prefix": True},
            {"role": "assistant", "tool_calls": [{"x": 1, "function": {"name": "f", "y": 2}}]},
        ],
        tools=[{"type": "search"}, {"z": 1, "function": {"name": "f", "w": {}}}],
    )

    assert set(found.unsaid) == {
        *("keep_alive", "truncate", "options.num_ctx", "options.min_p", "options.num_predict"),
        *("messages.0.tool_calls", "messages.0.prefix"),
        *("messages.1.tool_calls.0.x", "messages.1.tool_calls.0.function.y"),
        *("tools.0", "tools.1.z", "tools.1.function.w"),
    }
    assert found.max_tokens is None
    assert [tool.name for tool in found.tools] == ["f"]


def test_defaults_are_no_loss() -> None:
    found = chat(format="", think=None, tools=None, options={"num_predict": -1, "stop": "", "seed": 42.0})

    assert found == Chat(model="m", messages=(), seed=42, stream=True)
