"""Streams written for a client: whole calls, losses named once, one line for each event."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from lockgate.core.answer import Usage
from lockgate.core.chat import Media
from lockgate.core.events import (
    Ended,
    Event,
    Finished,
    LogProbs,
    MediaGiven,
    Started,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolDelta,
    ToolStarted,
)
from tests.unit.dialects.ollama_chat.drive import STORY, decoded, encoded


def test_interleaved_calls_come_whole() -> None:
    wire, lost = encoded(STORY)

    lines = [json.loads(line_) for line_ in wire.splitlines()]
    assert [line_["message"] for line_ in lines] == [
        {"role": "assistant", "content": "", "thinking": "hm"},
        {"role": "assistant", "content": "a"},
        {"role": "assistant", "content": "b"},
        {"role": "assistant", "content": "no"},
        {"role": "assistant", "content": ""},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {"id": "i0", "function": {"index": 0, "name": "f", "arguments": {"a": 1}}},
                {"id": "call_REQ_1", "function": {"index": 1, "name": "g", "arguments": {}}},
            ],
        },
        {"role": "assistant", "content": ""},
    ]
    assert [line_["done"] for line_ in lines] == [False] * 6 + [True]
    assert lines[-1] == {
        "model": "m",
        "created_at": "1970-01-01T00:00:01Z",
        "message": {"role": "assistant", "content": ""},
        "done": True,
        "done_reason": "stop",
        "prompt_eval_count": 3,
        "eval_count": 4,
    }
    assert lost == ["thinking signatures", "refusal mark"]


def test_what_cannot_be_said_is_named_once() -> None:
    events: list[Event] = [
        Started("", ""),
        TextDelta("other", choice=1),
        TextDelta("other", choice=2),
        ThinkingSigned(redacted="r"),
        MediaGiven(Media("image", data="AAAA")),
        LogProbs(Raw(b"7")),
        LogProbs(Raw(b"null")),
        ToolStarted(0, "i", "f"),
        ToolDelta(0, "[1]"),
        Finished("length", stop="END"),
        Finished("stop", choice=1),
        Ended(Usage(1, 1, cached=1, reasoning=1)),
    ]

    wire, lost = encoded(events)

    assert [json.loads(line_)["done"] for line_ in wire.splitlines()] == [False, True]
    assert json.loads(wire.splitlines()[-1])["done_reason"] == "length"
    assert json.loads(wire.splitlines()[-1])["model"] == "asked"
    assert lost == [
        *("n above 1", "redacted thinking", "image in answers", "logprobs"),
        *("tool arguments that are not a JSON object", "cached tokens", "reasoning tokens", "stop sequence"),
    ]


@pytest.mark.parametrize("finish", ["stop", "length", "filtered", "error"])
def test_reasons_come_back(finish: Any) -> None:
    wire, _ = encoded([Started("", "m"), Finished(finish), Ended()])

    assert decoded([wire])[-2:] == [Finished(finish), Ended()]


@given(st.lists(st.text(max_size=20), max_size=5))
def test_a_text_never_breaks_its_line(texts: list[str]) -> None:
    texts = [*texts, "\u2028\u2029\x85\x0b\x0c\x1c\r\n"]
    wire, _ = encoded(
        [Started("", "m\u2028"), *map(TextDelta, texts), *map(ThinkingDelta, texts), Finished("stop"), Ended()]
    )

    lines = wire.decode().splitlines()
    assert len(lines) == 2 * len(texts) + 1
    assert [json.loads(line_)["message"]["content"] for line_ in lines[: len(texts)]] == texts
