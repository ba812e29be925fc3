"""What is asked, what it becomes as a chat, and what is refused by its name."""

import json
from typing import Any

import pytest
from msgspec import Raw

from lockgate.core.answer import Answer, Choice, Usage
from lockgate.core.body import head
from lockgate.core.chat import Block, Chat, Media, Message, Refusal, Text, Thinking, Tool, ToolCall
from lockgate.core.dialect import Ask, Target
from lockgate.core.events import (
    Ended,
    Event,
    Finished,
    LogProbs,
    MediaGiven,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.problem import Kind, Problem
from lockgate.core.wanted import Wanted
from lockgate.dialects.openai_completions import plugin
from tests.unit.dialects.openai_completions.drive import ASK, ask, chat, encoded


def test_what_is_asked() -> None:
    assert ask(model="m", prompt="hi") == Ask("m")
    assert ask(model="m", prompt=["hi"], stream=True) == Ask("m", stream=True)
    assert ask(model="m", prompt="hi", stream=True, stream_options={"include_usage": True}).usage
    assert ask(model="m", prompt="hi", echo=False, suffix="", logprobs=None, best_of=None) == Ask("m")
    assert ask(model="m", prompt="hi", best_of=1) == ask(model="m", prompt="hi", best_of=3, n=3) == Ask("m")
    assert plugin.ask(Target({"model": "d"}), head(b'{"model":5,"prompt":"hi"}')) == Ask("d")


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"prompt": "hi"}, "model"),
        ({"model": 5, "prompt": "hi"}, "model"),
        ({"model": "m", "prompt": "hi", "stream": "no"}, "stream"),
        ({"model": "m", "prompt": "hi", "stream_options": 5}, "stream_options"),
        *[
            ({"model": "m", "prompt": prompt}, "prompt")
            for prompt in (None, "", [], [""], 5, True, {"text": "hi"}, [1, 2], [[1, 2]], ["a", "b"], ["a", 1], [None])
        ],
        ({"model": "m"}, "prompt"),
        ({"model": "m", "prompt": "hi", "suffix": "x"}, "suffix"),
        ({"model": "m", "prompt": "hi", "echo": True}, "echo"),
        ({"model": "m", "prompt": "hi", "echo": "false"}, "echo"),
        ({"model": "m", "prompt": "hi", "logprobs": 0}, "logprobs"),
        ({"model": "m", "prompt": "hi", "logprobs": 5}, "logprobs"),
        ({"model": "m", "prompt": "hi", "best_of": 3}, "best_of"),
        ({"model": "m", "prompt": "hi", "best_of": 3, "n": 2}, "best_of"),
        ({"model": "m", "prompt": "hi", "best_of": "x"}, "best_of"),
    ],
    ids=json.dumps,
)
def test_what_no_chat_can_be_asked_for_is_refused_by_its_name(fields: dict[str, Any], where: str) -> None:
    with pytest.raises(Problem) as caught:
        ask(**fields)

    assert (caught.value.kind, caught.value.where) == (Kind.INVALID, where)
    assert where in caught.value.detail


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"max_tokens": "many"}, "max_tokens"),
        ({"temperature": "hot"}, "temperature"),
        ({"n": 0}, "n"),
        ({"stop": 5}, "stop"),
        ({"user": 5}, "user"),
    ],
    ids=json.dumps,
)
def test_wrong_types_are_refused_with_their_place(fields: dict[str, Any], where: str) -> None:
    with pytest.raises(Problem) as caught:
        chat(**fields)

    assert (caught.value.kind, caught.value.where) == (Kind.INVALID, where)


def test_it_is_a_chat_of_one_turn_and_what_is_not_carried_over_is_named() -> None:
    said = chat(
        prompt=["hello"],
        max_tokens=7,
        stop="x",
        user="u",
        logit_bias={"50256": -100},
        messages=[{"role": "user"}],
        tools=[{}],
        max_completion_tokens=9,
        brand_new=None,
    )

    assert said.messages == (Message("user", (Text("hello"),)),)
    assert (said.max_tokens, said.stop, said.user, said.n, said.tools) == (7, ("x",), "u", 1, ())
    assert said.unsaid == ("messages", "tools", "max_completion_tokens", "logit_bias")
    assert chat(logit_bias={}).unsaid == ()


def test_limits() -> None:
    assert plugin.wanted(head(b'{"max_tokens":9,"n":3}')) == Wanted(9, 3)
    assert plugin.wanted(head(b"{}")) == Wanted(None, 1)
    assert plugin.at_most is not None
    assert json.loads(plugin.at_most(head(b'{"max_completion_tokens":7}'), 5).wire())["max_tokens"] == 5


def test_texts_are_where_they_are() -> None:
    tree = {
        "model": "m",
        "prompt": ["p"],
        "suffix": "x",
        "user": "u",
        "choices": [{"text": "t", "finish_reason": "stop", "logprobs": {"tokens": ["k"]}, "new": {"text": "n"}}],
    }

    found = {slot.text: slot.place for slot in plugin.texts(tree)}

    assert found == {"p": "user", "x": "user", "u": "opaque", "t": "assistant", "k": "opaque", "n": "opaque"}
    assert {slot.text for slot in plugin.joined(tree)} == {"p", "x", "u", "t", "n"}
    assert plugin.tools is not None
    assert list(plugin.tools({"tools": [{"type": "function"}]})) == []


BLOCKS: tuple[Block, ...] = (
    Thinking("hm", "sig"),
    Text("a"),
    Refusal("b"),
    ToolCall("c", "f", "{}"),
    Media("image", url="https://host.example/a.png"),
)
LOST = {"thinking", "refusal mark", "tool calls", "image in answers", "stop sequence", "logprobs"}


def test_what_an_answer_has_no_place_for_is_named() -> None:
    logprobs = Raw(b'{"content":[]}')
    choices = (Choice(BLOCKS, "tool_use", stop="x", logprobs=logprobs), Choice((Text("z"),), "length"))
    wire = plugin.encode_answer(Answer(id="", model="", usage=Usage(1, 2), choices=choices), ASK)

    assert json.loads(wire.wire)["choices"] == [
        {"text": "ab", "index": 0, "logprobs": None, "finish_reason": "stop"},
        {"text": "z", "index": 1, "logprobs": None, "finish_reason": "length"},
    ]
    assert set(wire.lost) == LOST


def test_and_so_it_is_in_a_stream() -> None:
    events: list[Event] = [
        Started("i", "m", 5),
        TextDelta("a"),
        ThinkingDelta("hm"),
        RefusalDelta("b"),
        ToolStarted(0, "c", "f"),
        ToolDelta(0, "{}"),
        MediaGiven(Media("image", url="https://host.example/a.png")),
        LogProbs(Raw(b"{}")),
        Finished("filtered", stop="x"),
        Ended(Usage(3, 4)),
    ]

    wire, lost = encoded(events)

    said = [json.loads(line[6:]) for line in wire.decode().splitlines() if line.startswith("data: {")]
    assert ["".join(choice["text"] for choice in chunk["choices"]) for chunk in said] == ["a", "b", "", ""]
    assert said[2]["choices"][0]["finish_reason"] == "content_filter"
    assert set(lost) == LOST


def test_what_a_chat_says_that_a_prompt_cannot_is_named() -> None:
    turns = (
        Message("system", (Text("s"),)),
        Message("assistant", (Text("a"),)),
        Message("user", (Text("u"), Media("image", url="x")), "ann"),
    )

    wire = plugin.encode_chat(Chat(model="m", messages=turns, tools=(Tool("f"),), max_tokens=3, metadata={"a": "b"}))

    assert json.loads(wire.wire) == {"model": "m", "prompt": "u", "max_tokens": 3}
    expected = ("system text", "earlier turns", "parts that are no text", "names of speakers", "tools", "metadata")
    assert wire.lost == expected


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"choices":[]}', b'{"choices":[{"text":5}]}', b"\xff"])
def test_what_is_no_answer_is_the_upstreams_fault(raw: bytes) -> None:
    with pytest.raises(Problem) as caught:
        plugin.decode_answer(raw, ASK)

    assert (caught.value.kind, caught.value.source) == (Kind.BAD_UPSTREAM, "upstream")


def test_what_an_answer_says_besides_is_named() -> None:
    raw = b'{"choices":[{"text":"a","logprobs":{"tokens":["a"]}}],"brand_new":1}'

    assert plugin.decode_answer(raw, ASK).unsaid == ("brand_new", "logprobs")
