"""Whole answers read from an upstream."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.answer import Answer, Choice, Usage
from lockgate.core.chat import Media, ToolCall
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.ollama_chat import plugin
from tests.unit.dialects.ollama_chat.drive import ASK, golden, read


def test_a_call_ends_with_tool_use_and_has_an_id() -> None:
    calls = [{"function": {"name": "f", "arguments": {"a": 1}}}, {"function": {"name": "g"}}, {}]

    answer = read(message={"role": "assistant", "content": "", "tool_calls": calls}, done_reason="stop")

    assert answer.choices[0].finish == "tool_use"
    assert answer.choices[0].blocks == (
        ToolCall("call_REQ_0", "f", '{"a":1}'),
        ToolCall("call_REQ_1", "g", "{}"),
        ToolCall("call_REQ_2", "", "{}"),
    )


def test_arguments_as_text_are_taken_from_copies() -> None:
    answer = read(message={"tool_calls": [{"id": "x", "function": {"name": "f", "arguments": '{"a": 1}'}}]})

    assert answer.choices[0].blocks == (ToolCall("x", "f", '{"a": 1}'),)


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("load", "stop"),
        ("unload", "stop"),
        (None, "stop"),
        ("content_filter", "filtered"),
        ("error", "error"),
        ("new", "stop"),
    ],
)
def test_reasons(reason: str | None, finish: str) -> None:
    assert read(message={"content": "x"}, done_reason=reason).choices[0].finish == finish


def test_a_model_that_was_only_loaded_answers_nothing() -> None:
    answer = plugin.decode_answer(
        b'{"model":"llama3.2","created_at":"2024-09-12T21:17:29Z","done_reason":"load","done":true}', ASK
    )

    assert answer == Answer(id="", model="llama3.2", choices=(Choice(()),), created=1726175849)


def test_what_has_no_word_is_named() -> None:
    answer = read(
        message={"role": "assistant", "content": "", "mood": "good"}, total_duration=5, weather="fine", x=None
    )

    assert answer.unsaid == ("weather", "message.mood")


def test_an_image_is_read() -> None:
    assert read(message={"content": "", "images": ["/9j/AA"]}).choices[0].blocks == (
        Media("image", "image/jpeg", "/9j/AA"),
    )


def test_counts_are_never_negative() -> None:
    assert read(message={}, prompt_eval_count=-1, eval_count=None).usage == Usage()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b'{"model":"m","response":"x"}',
        b'{"message":[]}',
        b"<html>",
        b"\xff",
        b'{"message":{},"\xff":1}',
        b'{"message":{},"x":1e999}',
    ],
)
def test_nonsense_is_a_bad_upstream(raw: bytes) -> None:
    with pytest.raises(Problem) as caught:
        plugin.decode_answer(raw, ASK)

    assert (caught.value.kind, caught.value.source) == (Kind.BAD_UPSTREAM, "upstream")


def test_an_error_in_a_whole_answer_is_the_upstreams() -> None:
    with pytest.raises(Problem) as caught:
        plugin.decode_answer(b'\xef\xbb\xbf{"error":"model requires more system memory"}', ASK)

    assert (caught.value.kind, caught.value.detail) == (Kind.UPSTREAM_ERROR, "model requires more system memory")


@given(
    st.binary(max_size=80)
    | st.recursive(
        st.none() | st.text(max_size=5) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "message",
                        "done",
                        "error",
                        "content",
                        "tool_calls",
                        "function",
                        "arguments",
                        "logprobs",
                        "images",
                        "created_at",
                        "model",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ).map(lambda tree: json.dumps(tree).encode())
)
def test_only_problems_come_out_of_garbage(raw: bytes) -> None:
    try:
        answer = plugin.decode_answer(raw, ASK)
    except Problem as problem:
        assert problem.source == "upstream"
        return

    assert plugin.encode_answer(answer, ASK).wire
    plugin.unary_usage(raw)


@pytest.mark.parametrize("raw", ["x", [], [{"token": 1}], None])
def test_logprobs_that_are_none_are_not_read(raw: Any) -> None:
    assert bytes(read(message={}, logprobs=raw).choices[0].logprobs) == b""


def test_counts_are_read_without_the_rest() -> None:
    assert plugin.unary_usage(golden("text.answer.json")) == Usage(26, 298)
    assert plugin.unary_usage(b'{"eval_count":-3}') == Usage()
    assert plugin.unary_usage(b'{"model":"m"}') is None
    assert plugin.unary_usage(b"\xff") is None
