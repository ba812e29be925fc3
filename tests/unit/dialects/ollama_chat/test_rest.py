"""Texts, problems, lists of models and the table."""

import json
from typing import Any

import httpx
import ollama
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.dialect import ModelCard
from lockgate.core.problem import Kind, Problem
from lockgate.core.secret import Secret
from lockgate.dialects.ollama_chat import plugin
from lockgate.providers import ollama as provider
from tests.unit.dialects.ollama_chat.drive import golden


def places(tree: Any) -> dict[tuple[str | int, ...], tuple[str, str]]:
    return {slot.path: (slot.place, slot.text) for slot in plugin.texts(tree)}


def test_every_text_of_a_request_has_its_place() -> None:
    found = places(
        {
            "model": "m",
            "format": {"description": "how"},
            "keep_alive": "5m",
            "options": {"stop": ["END"]},
            "tools": [
                {"type": "function", "function": {"name": "f", "parameters": {"x": ["deep"]}}},
                {"type": "oddity"},
            ],
            "messages": [
                {"role": "system", "content": "s"},
                {"role": "user", "content": "u", "images": ["AAAA", "not base64!"]},
                {
                    "role": "assistant",
                    "content": "a",
                    "thinking": "t",
                    "tool_calls": [
                        {"id": "i", "type": "function", "function": {"name": "f", "arguments": {"x": ["arg"]}}}
                    ],
                },
                {"role": "tool", "content": "r", "tool_name": "f", "tool_call_id": "i"},
                {"role": "robot", "content": "?"},
                "loose",
            ],
        }
    )

    assert found == {
        ("format", "description"): ("opaque", "how"),
        ("keep_alive",): ("opaque", "5m"),
        ("options", "stop", 0): ("opaque", "END"),
        ("tools", 0, "function", "name"): ("tool", "f"),
        ("tools", 0, "function", "parameters", "x", 0): ("tool", "deep"),
        ("messages", 0, "content"): ("system", "s"),
        ("messages", 1, "content"): ("user", "u"),
        ("messages", 1, "images", 1): ("opaque", "not base64!"),
        ("messages", 2, "content"): ("assistant", "a"),
        ("messages", 2, "thinking"): ("thinking", "t"),
        ("messages", 2, "tool_calls", 0, "function", "name"): ("opaque", "f"),
        ("messages", 2, "tool_calls", 0, "function", "arguments", "x", 0): ("tool_arguments", "arg"),
        ("messages", 3, "content"): ("tool_result", "r"),
        ("messages", 3, "tool_name"): ("opaque", "f"),
        ("messages", 4, "role"): ("opaque", "robot"),
        ("tools", 1, "type"): ("tool", "oddity"),
        ("messages", 4, "content"): ("opaque", "?"),
        ("messages", 5): ("opaque", "loose"),
    }


def test_every_text_of_an_answer_has_its_place() -> None:
    found = places(json.loads(golden("tools.answer.json")))

    assert set(found.values()) == {
        ("opaque", "get_current_weather"),
        ("tool_arguments", "celsius"),
        ("tool_arguments", "Paris, FR"),
    }
    assert places({"message": {"content": "c", "thinking": "t"}, "logprobs": [{"token": "c"}]}) == {
        ("message", "content"): ("assistant", "c"),
        ("message", "thinking"): ("thinking", "t"),
        ("logprobs", 0, "token"): ("opaque", "c"),
    }


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["messages", "message", "role", "content", "tool_calls", "images", "model", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(TREES)
def test_texts_never_raise_and_skip_only_words(tree: Any) -> None:
    for slot in plugin.texts(tree):
        node = tree
        for step in slot.path:
            node = node[step]
        assert node == slot.text


@given(st.text(min_size=1, max_size=8), TREES)
def test_no_string_under_an_unknown_key_is_skipped(text: str, tree: Any) -> None:
    found = {
        slot.path
        for slot in plugin.texts({"messages": [{"role": "user", "strange": text, "more": [tree, {"y": text}]}]})
    }

    assert {("messages", 0, "strange"), ("messages", 0, "more", 1, "y")} <= found


@pytest.mark.parametrize("kind", list(Kind))
def test_an_error_has_its_status_and_one_text(kind: Kind) -> None:
    problem = Problem(kind, "this is wrong", where="messages.0.content")

    assert plugin.status(problem) == kind.status
    assert json.loads(plugin.problem(problem, "r")) == {"error": "messages.0.content: this is wrong"}


def test_a_place_is_not_said_twice() -> None:
    assert (
        plugin.problem(Problem(Kind.INVALID, "model must be x", where="model"), "r") == b'{"error":"model must be x"}'
    )


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'{"error":"model \\"x\\" not found"}', 'model "x" not found'),
        (b'{"error":{"message":"m"}}', "m"),
        (b'{"message":"m"}', "m"),
        (b'{"error":"unauthorized","signin_url":"https://x"}', "unauthorized"),
        (b"404 page not found", "404 page not found"),
        (b"<html>", "the upstream answered 418 without saying why"),
        (b"", "the upstream answered 418 without saying why"),
        (b'{"error":{"error":{"error":{"error":"deep"}}}}', "the upstream answered 418 without saying why"),
        (b'{"error":"a\\u0000\\u2028b"}', "a b"),
        (b'{"error":"bad key Bearer abcdef123"}', "bad key ***"),
        (b'{"error":"' + b"x" * 5000 + b'"}', "x" * 1000),
        (b"[" * 5000, "[" * 1000),
    ],
)
def test_an_upstreams_error_is_read(body: bytes, detail: str) -> None:
    problem = plugin.read_problem(418, body)

    assert (problem.kind, problem.source, problem.status, problem.detail) == (
        Kind.UPSTREAM_ERROR,
        "upstream",
        418,
        detail,
    )


@given(st.integers(400, 599), st.binary(max_size=200))
def test_an_upstreams_error_is_read_whatever_it_is(status: int, body: bytes) -> None:
    assert plugin.read_problem(status, body).status == status


def test_a_status_in_an_error_line_counts() -> None:
    assert plugin.read_problem(0, b'{"error":"slow down","status_code":429}').status == 429
    assert plugin.read_problem(0, b'{"error":"x","status":200,"code":"503"}').status == 502


def test_the_official_client_reads_the_list_of_models() -> None:
    raw = plugin.models([ModelCard("assistant", created=1700000000), ModelCard("llama3")])
    client = ollama.Client(
        "http://gateway", transport=httpx.MockTransport(lambda request: httpx.Response(200, content=raw))
    )

    models = client.list().models

    assert [model.model for model in models] == ["assistant", "llama3"]
    assert models[0].modified_at.isoformat() == "2023-11-14T22:13:20+00:00"  # type: ignore[union-attr]
    assert json.loads(raw)["models"][0].keys() == {"name", "model", "modified_at", "size", "digest", "details"}
    assert json.loads(plugin.model(ModelCard("llama3"))) == json.loads(raw)["models"][1]


def test_the_table() -> None:
    assert [(e.method, e.path, e.operation) for e in plugin.endpoints] == [
        ("POST", "/api/chat", "chat"),
        ("GET", "/api/tags", "list_models"),
    ]
    assert plugin.prefix == "/api"


def test_the_provider_needs_no_key_and_takes_one() -> None:
    ask = plugin.ask
    assert ask
    assert provider.plugin.service(plugin).path(None) == "/api/chat"  # type: ignore[arg-type]
    assert provider.plugin.base_url == "http://127.0.0.1:11434"
    assert provider.plugin.keyless
    assert provider.plugin.sign(None) == ()
    assert provider.plugin.sign(Secret("k")) == ((b"authorization", b"Bearer k"),)
