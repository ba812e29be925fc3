"""Whole answers: what copies write, read into the canonical answer."""

import json
from typing import Any

import pytest

from lockgate.core.answer import Answer, Usage
from lockgate.core.chat import Media, Refusal, Text, Thinking, ToolCall
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat import plugin
from tests.unit.dialects.openai_chat.answers import ASK, written


def answer(message: Any, finish: str | None = "stop", **fields: Any) -> Answer:
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return plugin.decode_answer(json.dumps({"id": "i", "choices": [choice], **fields}).encode(), ASK)


def test_calls_without_ids_get_them() -> None:
    calls = [{"function": {"name": "f", "arguments": {"a": 1}}}, {"function": None}]

    found = answer({"tool_calls": calls, "function_call": {"name": "g", "arguments": "{}"}}).choices[0]

    assert found.blocks == (
        ToolCall("call_REQ_0", "f", '{"a":1}'),
        ToolCall("call_REQ_1", "", ""),
        ToolCall("call_REQ_2", "g", "{}"),
    )
    assert found.finish == "tool_use"  # although it says "stop"


def test_choices_are_put_in_order() -> None:
    raw = {"choices": [{"index": 1, "message": {"content": "b"}}, {"index": 0, "message": {"content": "a"}}]}

    found = plugin.decode_answer(json.dumps(raw).encode(), ASK)

    assert [choice.blocks for choice in found.choices] == [(Text("a"),), (Text("b"),)]
    assert (found.id, found.model, found.created) == ("", "asked", 0)


def test_content_in_pieces() -> None:
    pieces = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "t"}], "signature": "s"},
        {"type": "text", "text": "a"},
        {"type": "reference", "reference_ids": [1]},
        {"type": "image_url", "image_url": "https://x/y"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
    ]

    assert answer({"content": pieces}).choices[0].blocks == (
        Thinking("t", "s"),
        Text("a"),
        Media("image", url="https://x/y"),
        Media("image", mime="image/png", data="AAAA"),
    )


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("model_length", "length"),
        ("tool_calls", "tool_use"),
        ("function_call", "tool_use"),
        ("content_filter", "filtered"),
        ("error", "error"),
        ("eos", "stop"),
        (None, "stop"),
    ],
)
def test_finishes(reason: str | None, finish: str) -> None:
    assert answer({"content": "a"}, reason).choices[0].finish == finish


@pytest.mark.parametrize(
    ("counted", "usage"),
    [
        ({"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}, Usage(5, 2)),
        # OpenAI: within the output
        (
            {"prompt_tokens": 5, "completion_tokens": 9, "total_tokens": 14,
             "prompt_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 1},
             "completion_tokens_details": {"reasoning_tokens": 4}},
            Usage(5, 9, 3, 1, 4),
        ),
        # xAI: beside it
        (
            {"prompt_tokens": 12, "completion_tokens": 1, "total_tokens": 241,
             "completion_tokens_details": {"reasoning_tokens": 228}},
            Usage(12, 229, reasoning=228),
        ),
        ({"prompt_tokens": 5, "prompt_cache_hit_tokens": 4}, Usage(5, 0, 4)),
        ({"prompt_tokens": 5, "cached_tokens": 4}, Usage(5, 0, 4)),
        ({"prompt_tokens": 5, "completion_tokens": 6, "reasoning_tokens": 2}, Usage(5, 6, reasoning=2)),
        ({"prompt_tokens": 5.0, "completion_tokens": -1, "total_tokens": 1e300}, Usage(5, 0)),
        (None, Usage()),
    ],
)  # fmt: skip
def test_usage(counted: Any, usage: Usage) -> None:
    found = answer({"content": "a"}, usage=counted)

    assert found.usage == usage
    raw = json.dumps({"usage": counted, "choices": "anything"}).encode()
    assert plugin.unary_usage(raw) == (usage if counted else None)


def test_usage_never_raises() -> None:
    for raw in (b"", b"{", b"[]", b'{"usage":5}', b"\xff", b"[" * 100_000):
        assert plugin.unary_usage(raw) is None


def test_what_has_no_word_is_named() -> None:
    found = answer({"content": "a", "annotations": [{"type": "url_citation"}]}, citations=["x"], x_groq={"id": "1"})

    assert found.unsaid == ("citations", "choices.0.message.annotations")


def test_a_stop_sequence() -> None:
    raw = {"choices": [{"message": {"content": "a"}, "finish_reason": "stop", "stop_reason": "END"}]}

    assert plugin.decode_answer(json.dumps(raw).encode(), ASK).choices[0].stop == "END"
    assert written(Text("a"), stop="END")[1] == ("stop sequence",)


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b'{"choices":[]}', b'{"choices":[5]}', b"<html>", b"\xff"])
def test_nonsense_is_the_upstreams_fault(raw: bytes) -> None:
    with pytest.raises(Problem) as caught:
        plugin.decode_answer(raw, ASK)

    assert (caught.value.kind, caught.value.source) == (Kind.BAD_UPSTREAM, "upstream")


def test_an_error_that_came_with_status_200() -> None:
    for raw in (b'{"error":{"message":"no","code":429}}', b'{"object":"error","message":"no","code":429}'):
        with pytest.raises(Problem) as caught:
            plugin.decode_answer(raw, ASK)

        assert (caught.value.kind, caught.value.detail, caught.value.status) == (Kind.UPSTREAM_ERROR, "no", 429)


def test_what_is_empty_is_no_block() -> None:
    message = {
        "content": [{"type": "thinking", "thinking": []}, {"type": "image_url"}, {"type": "text"}],
        "reasoning_details": [{"type": "reasoning.text"}],
        "reasoning": "t",
        "audio": {"data": "AAAA"},
        "images": [{"image_url": {}}, {}],
    }

    assert answer(message).choices[0].blocks == (Thinking("t"), Media("audio", data="AAAA"))
    assert answer({"content": ""}).choices[0].blocks == ()
    assert answer(None).choices[0].blocks == ()


def test_thoughts_refusals_and_media() -> None:
    message = {
        "content": None,
        "reasoning": "ab",
        "reasoning_details": [
            {"type": "reasoning.text", "text": "a", "signature": "s"},
            {"type": "reasoning.summary", "summary": "b"},
            {"type": "reasoning.encrypted", "data": "c"},
        ],
        "refusal": "no",
        "audio": {"id": "audio_1", "data": "AAAA", "transcript": "hi"},
        "images": [{"image_url": {"url": "https://x/y"}}],
    }

    assert answer(message).choices[0].blocks == (
        Thinking("a", "s"),
        Thinking("b"),
        Thinking(redacted="c"),
        Refusal("no"),
        Text("hi"),
        Media("audio", data="AAAA", file_id="audio_1"),
        Media("image", url="https://x/y"),
    )
