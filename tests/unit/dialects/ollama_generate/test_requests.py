"""What is asked, what it becomes as a chat, and what is refused by its name."""

import json
from typing import Any

import msgspec
import pytest

from lockgate.core.answer import Answer, Choice, Usage
from lockgate.core.body import head
from lockgate.core.chat import Block, Format, Media, Message, Reasoning, Refusal, Text, Thinking, ToolCall
from lockgate.core.dialect import Ask
from lockgate.core.events import (
    Ended,
    Event,
    Finished,
    LogProbs,
    MediaGiven,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingSigned,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.problem import Kind, Problem
from lockgate.core.wanted import Wanted
from lockgate.dialects.ollama_generate import plugin
from tests.unit.dialects.ollama_generate.drive import ASK, ask, chat, encoded

PNG = "iVBORw0KGgoAAAA="


def test_what_is_asked() -> None:
    assert ask(model="m", prompt="hi") == Ask("m", stream=True, usage=True)
    assert ask(model="m", prompt="hi", stream=None) == Ask("m", stream=True, usage=True)
    assert ask(model="m", prompt="hi", stream=False) == Ask("m", stream=False, usage=True)
    assert ask(model="m", prompt=" ", raw=False, context=[], template="", suffix=None).model == "m"


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"prompt": "hi"}, "model"),
        ({"model": 5, "prompt": "hi"}, "model"),
        ({"model": "", "prompt": "hi"}, "model"),
        ({"model": "m", "prompt": "hi", "stream": "no"}, "stream"),
        ({"model": "m"}, "prompt"),
        ({"model": "m", "prompt": ""}, "prompt"),
        ({"model": "m", "prompt": "", "keep_alive": 0}, "prompt"),
        ({"model": "m", "prompt": None, "images": [PNG]}, "prompt"),
        ({"model": "m", "prompt": ["hi"]}, "prompt"),
        ({"model": "m", "prompt": {"text": "hi"}}, "prompt"),
        ({"model": "m", "prompt": 5}, "prompt"),
        *[
            ({"model": "m", "prompt": "hi", key: value}, key)
            for key, value in {
                "context": [1, 2],
                "raw": True,
                "template": "{{ .Prompt }}",
                "suffix": "    return x",
                "width": 512,
                "height": 512,
                "steps": 4,
                "_debug_render_only": True,
            }.items()
        ],
        ({"model": "m", "prompt": "hi", "raw": "true"}, "raw"),
        ({"model": "m", "prompt": "hi", "context": {}}, "context"),
    ],
    ids=json.dumps,
)
def test_what_no_chat_can_be_asked_for_is_refused_by_its_name(fields: dict[str, Any], where: str) -> None:
    with pytest.raises(Problem) as caught:
        ask(**fields)

    assert (caught.value.kind, caught.value.where) == (Kind.INVALID, where)
    assert where in json.loads(plugin.problem(caught.value, "r"))["error"]


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"system": 5}, "system"),
        ({"images": "x"}, "images"),
        ({"images": [5]}, "images"),
        ({"options": []}, "options"),
        ({"options": {"temperature": "hot"}}, "options.temperature"),
        ({"options": {"num_predict": 1.5}}, "options.num_predict"),
        ({"options": {"stop": 5}}, "options.stop"),
        ({"format": 5}, "format"),
        ({"think": "very"}, "think"),
        ({"logprobs": "yes"}, "logprobs"),
    ],
    ids=json.dumps,
)
def test_wrong_types_are_refused_with_their_place(fields: dict[str, Any], where: str) -> None:
    with pytest.raises(Problem) as caught:
        chat(**fields)

    assert (caught.value.kind, caught.value.where) == (Kind.INVALID, where)


def test_it_is_a_chat_of_one_turn() -> None:
    said = chat(system="be kind", images=[PNG], format="json", think="high", options={"num_predict": 7, "top_k": 3})

    assert said.messages == (
        Message("system", (Text("be kind"),)),
        Message("user", (Text("hi"), Media("image", "image/png", PNG))),
    )
    assert (said.format, said.reasoning) == (Format("json"), Reasoning(effort="high", shown=True))
    assert (said.max_tokens, said.top_k, said.stream, said.unsaid) == (7, 3, True, ())


def test_what_is_not_carried_over_is_named() -> None:
    said = chat(keep_alive="5m", truncate=True, options={"num_ctx": 9}, messages=[{"role": "user"}], tools=[{}])

    assert said.unsaid == ("keep_alive", "truncate", "messages", "tools", "options.num_ctx")
    assert (len(said.messages), said.tools) == (1, ())


def test_limits() -> None:
    assert plugin.wanted(head(b'{"options":{"num_predict":9}}')) == Wanted(9)
    assert plugin.at_most is not None
    assert json.loads(plugin.at_most(head(b"{}"), 5).wire()) == {"options": {"num_predict": 5}}


def test_texts_are_where_they_are() -> None:
    tree = {
        "model": "m",
        "prompt": "p",
        "system": "s",
        "suffix": "x",
        "template": "t",
        "images": [PNG, "no picture!"],
        "response": "r",
        "thinking": "h",
        "new": {"prompt": "n"},
    }

    found = {slot.text: slot.place for slot in plugin.texts(tree)}

    assert found == {
        "p": "user",
        "x": "user",
        "s": "system",
        "t": "system",
        "no picture!": "opaque",
        "r": "assistant",
        "h": "thinking",
        "n": "opaque",
    }
    assert plugin.tools is not None
    assert list(plugin.tools({"tools": [{"type": "function"}]})) == []


BLOCKS: tuple[Block, ...] = (
    Thinking("hm", "sig"),
    Text("a"),
    Refusal("b"),
    ToolCall("c", "f", "{}"),
    Media("image", url="https://host.example/a.png"),
)
LOST = {"thinking signatures", "refusal mark", "tool calls", "image in answers", "n above 1", "stop sequence"}


def test_what_an_answer_has_no_place_for_is_named() -> None:
    answer = Answer(id="a", model="", created=5, usage=Usage(1, 2, 1), choices=(Choice(BLOCKS, stop="x"), Choice(())))

    wire = plugin.encode_answer(answer, ASK)

    assert json.loads(wire.wire) == {
        "model": "asked",
        "created_at": "1970-01-01T00:00:05Z",
        "response": "ab",
        "thinking": "hm",
        "done": True,
        "done_reason": "stop",
        "prompt_eval_count": 1,
        "eval_count": 2,
    }
    assert set(wire.lost) == LOST | {"cached tokens"}
    assert json.loads(plugin.encode_answer(Answer(id="", model="m", choices=()), ASK).wire)["response"] == ""


def test_and_so_it_is_in_a_stream() -> None:
    media = next(block for block in BLOCKS if isinstance(block, Media))
    events: list[Event] = [
        Started("i", "m"),
        TextDelta("a"),
        ThinkingSigned("sig"),
        RefusalDelta("b"),
        ToolStarted(0, "c", "f"),
        ToolDelta(0, "{}"),
        MediaGiven(media),
        TextDelta("nobody's", 1),
        LogProbs(msgspec.Raw(b"5")),
        Finished("length", stop="x"),
        Ended(Usage(3, 4)),
    ]

    wire, lost = encoded(events)

    lines = [json.loads(line) for line in wire.splitlines()]
    assert [line["response"] for line in lines] == ["a", "b", ""]
    assert (lines[-1]["done_reason"], lines[-1]["eval_count"]) == ("length", 4)
    assert set(lost) == LOST | {"logprobs"}


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"message":{"content":"hi"}}', b'{"response":5}', b"\xff"])
def test_what_is_no_answer_is_the_upstreams_fault(raw: bytes) -> None:
    with pytest.raises(Problem) as caught:
        plugin.decode_answer(raw, ASK)

    assert (caught.value.kind, caught.value.source) == (Kind.BAD_UPSTREAM, "upstream")
