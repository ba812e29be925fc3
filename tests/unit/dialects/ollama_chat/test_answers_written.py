"""Whole answers written for a client, and what is named as lost."""

import json
from typing import Any

import pytest
from msgspec import Raw
from ollama import ChatResponse

from lockgate.core.answer import Answer, Choice, Usage
from lockgate.core.chat import Media, Refusal, Text, Thinking, ToolCall
from lockgate.core.dialect import Ask
from lockgate.dialects.ollama_chat import plugin
from lockgate.dialects.ollama_chat.dates import seconds, written
from tests.unit.dialects.ollama_chat.drive import ASK, read


def write(*choices: Choice, **fields: Any) -> tuple[Any, tuple[str, ...]]:
    encoded = plugin.encode_answer(Answer(id="", model="m", choices=choices, **fields), ASK)
    ChatResponse(**json.loads(encoded.wire))
    return json.loads(encoded.wire), encoded.lost


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


def test_dates() -> None:
    assert seconds("2023-08-04T08:52:19.385406455-07:00") == 1691164339
    assert seconds("2023-08-04T15:52:19") == 1691164339
    assert [seconds(text) for text in (None, "", "yesterday", "0001-01-01T00:00:00+23:00")] == [0, 0, 0, 0]
    assert written(1691164339) == "2023-08-04T15:52:19Z"
    assert written(10**18) == written(-5) == "1970-01-01T00:00:00Z"


def test_the_model_asked_for_stands_in() -> None:
    assert plugin.decode_answer(b'{"message":{}}', Ask("asked")).model == "asked"
