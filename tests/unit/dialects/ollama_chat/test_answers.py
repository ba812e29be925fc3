"""Whole answers: what is read from an upstream, what is written for a client, and what is lost."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw
from ollama import ChatResponse

from lockgate.core.answer import Answer, Choice, Usage
from lockgate.core.chat import Media, Refusal, Text, Thinking, ToolCall
from lockgate.core.dialect import Ask
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.ollama_chat import plugin
from lockgate.dialects.ollama_chat.dates import seconds, written
from tests.unit.dialects.ollama_chat.drive import ASK, golden


def read(**fields: Any) -> Answer:
    return plugin.decode_answer(json.dumps({"model": "m", "done": True, **fields}).encode(), ASK)


def write(*choices: Choice, **fields: Any) -> tuple[Any, tuple[str, ...]]:
    encoded = plugin.encode_answer(Answer(id="", model="m", choices=choices, **fields), ASK)
    ChatResponse(**json.loads(encoded.wire))
    return json.loads(encoded.wire), encoded.lost


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


def test_everything_that_can_be_said_is() -> None:
    wire, lost = write(
        Choice((Thinking("t"), Text("a"), Text("b"), ToolCall("i", "f", '{"x":1}')), "tool_use"),
        usage=Usage(5, 7),
        created=1,
    )

    assert lost == ()
    assert wire == {
        "model": "m",
        "created_at": "1970-01-01T00:00:01Z",
        "message": {
            "role": "assistant",
            "content": "ab",
            "thinking": "t",
            "tool_calls": [{"id": "i", "function": {"index": 0, "name": "f", "arguments": {"x": 1}}}],
        },
        "done": True,
        "done_reason": "stop",
        "prompt_eval_count": 5,
        "eval_count": 7,
    }


def test_what_cannot_be_said_is_named() -> None:
    wire, lost = write(
        Choice(
            (
                Refusal("no"),
                Thinking("t", "s"),
                Thinking(redacted="r"),
                Media("image", data="A"),
                Media("audio", data="A"),
            ),
            "filtered",
            stop="END",
            logprobs=Raw(b'{"content":"x"}'),
        ),
        Choice(()),
        usage=Usage(5, 7, cached=1, reasoning=2),
    )

    assert wire["done_reason"] == "content_filter"
    assert wire["message"]["content"] == "no"
    assert wire["created_at"] == "2023-11-14T22:13:20Z"
    assert lost == (
        *("n above 1", "refusal mark", "image in answers", "audio in answers"),
        *("thinking signatures", "redacted thinking", "logprobs", "stop sequence", "cached tokens", "reasoning tokens"),
    )


def test_an_answer_without_choices_is_still_one() -> None:
    assert write()[0]["message"] == {"role": "assistant", "content": ""}


@pytest.mark.parametrize("finish", ["stop", "length", "filtered", "error"])
def test_reasons_come_back(finish: Any) -> None:
    wire, _ = write(Choice((Text("x"),), finish))

    assert read(**wire).choices[0].finish == finish


@pytest.mark.parametrize(
    ("raw", "tokens"),
    [(b'{"content":null,"refusal":[{"token":"a","logprob":-1}]}', 1), (b"null", 0), (b'{"content":[]}', 0)],
)
def test_logprobs_of_other_forms(raw: bytes, tokens: int) -> None:
    wire, lost = write(Choice((Text("x"),), logprobs=Raw(raw)))

    assert (len(wire.get("logprobs", [])), lost) == (tokens, ())


@pytest.mark.parametrize("raw", ["x", [], [{"token": 1}], None])
def test_logprobs_that_are_none_are_not_read(raw: Any) -> None:
    assert bytes(read(message={}, logprobs=raw).choices[0].logprobs) == b""


def test_counts_are_read_without_the_rest() -> None:
    assert plugin.unary_usage(golden("text.answer.json")) == Usage(26, 298)
    assert plugin.unary_usage(b'{"eval_count":-3}') == Usage()
    assert plugin.unary_usage(b'{"model":"m"}') is None
    assert plugin.unary_usage(b"\xff") is None


def test_dates() -> None:
    assert seconds("2023-08-04T08:52:19.385406455-07:00") == 1691164339
    assert seconds("2023-08-04T15:52:19") == 1691164339
    assert [seconds(text) for text in (None, "", "yesterday", "0001-01-01T00:00:00+23:00")] == [0, 0, 0, 0]
    assert written(1691164339) == "2023-08-04T15:52:19Z"
    assert written(10**18) == written(-5) == "1970-01-01T00:00:00Z"


def test_the_model_asked_for_stands_in() -> None:
    assert plugin.decode_answer(b'{"message":{}}', Ask("asked")).model == "asked"
