"""Whole answers: what is understood, what is minted, what is named."""

from typing import Any

import msgspec
import pytest
from msgspec import Raw

from lockgate.core.answer import Answer, Choice, Finish, Usage
from lockgate.core.chat import Block, Media, Refusal, Text, Thinking, ToolCall
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.anthropic_messages import plugin
from tests.unit.dialects.anthropic_messages.wires import ASK


def read(**fields: Any) -> Answer:
    return plugin.decode_answer(msgspec.json.encode({"content": [], "stop_reason": "end_turn"} | fields), ASK)


def written(*blocks: Block, finish: Finish = "stop", **fields: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    answer = Answer(id="", model="", choices=(Choice(blocks, finish, fields.pop("stop", "")),), **fields)
    encoded = plugin.encode_answer(answer, ASK)
    return msgspec.json.decode(encoded.wire), encoded.lost


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("end_turn", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("pause_turn", "length"),
        ("stop_sequence", "stop"),
        ("tool_use", "tool_use"),
        ("refusal", "filtered"),
        ("of_tomorrow", "stop"),
        (None, "stop"),
    ],
)
def test_reasons(reason: str | None, finish: str) -> None:
    assert read(stop_reason=reason).choices[0].finish == finish


def test_a_stop_sequence_counts_only_where_it_was_the_reason() -> None:
    assert read(stop_reason="stop_sequence", stop_sequence="END").choices[0].stop == "END"
    assert read(stop_reason="end_turn", stop_sequence="END").choices[0].stop == ""


def test_cached_and_written_tokens_are_part_of_the_input() -> None:
    usage = {
        "input_tokens": 5,
        "cache_read_input_tokens": 7,
        "cache_creation_input_tokens": 11,
        "output_tokens": 13,
        "output_tokens_details": {"thinking_tokens": 3},
    }

    assert read(usage=usage).usage == Usage(23, 13, cached=7, written=11, reasoning=3)
    assert written(usage=Usage(23, 13, cached=7, written=11, reasoning=3))[0]["usage"] == usage
    assert written(usage=Usage(3, 13, cached=7))[0]["usage"]["input_tokens"] == 0
    assert read(usage={"foo": 0}).usage == read(usage=None).usage == read().usage == Usage()


def test_unknown_blocks_and_citations_are_named_once() -> None:
    answer = read(
        content=[
            {"type": "server_tool_use", "id": "a", "name": "web_search", "input": {}},
            {"type": "server_tool_use", "id": "b", "name": "web_search", "input": {}},
            {"type": "text", "text": "a", "citations": [{"type": "char_location"}]},
            {"type": "text", "text": "b", "citations": None},
            {},
        ]
    )

    assert answer.choices[0].blocks == (Text("a"), Text("b"))
    assert answer.unsaid == ("content (server_tool_use)", "citations", "content ()")


def test_nulls_within_blocks_are_nothing() -> None:
    answer = read(
        content=[
            {"type": "text", "text": None},
            {"type": "thinking", "thinking": None},
            {"type": "tool_use", "name": "f"},
            {"type": "redacted_thinking"},
        ]
    )

    assert answer.choices[0].blocks == (Text(""), Thinking(), ToolCall("toolu_r1_2", "f", "{}"), Thinking())
    assert (answer.id, answer.model) == ("msg_r1", "claude-opus-5")


@pytest.mark.parametrize("raw", [b"", b"[]", b"<html>", b'{"content":4}', b"{}", b'{"content":null}', b'"\xff'])
def test_nonsense_is_a_bad_upstream(raw: bytes) -> None:
    with pytest.raises(Problem) as caught:
        plugin.decode_answer(raw, ASK)

    assert (caught.value.kind, caught.value.source, caught.value.status) == (Kind.BAD_UPSTREAM, "upstream", 502)


def test_arguments_that_are_not_utf8_are_a_bad_upstream() -> None:
    block = b'{"type":"tool_use","id":"a","name":"f","input":{"x":"\xff"}}'

    with pytest.raises(Problem) as whole:
        plugin.decode_answer(b'{"content":[' + block + b"]}", ASK)
    with pytest.raises(Problem) as streamed:
        plugin.decoder(ASK).feed(b'data: {"type":"content_block_start","index":0,"content_block":' + block + b"}\n\n")

    assert whole.value.kind is streamed.value.kind is Kind.BAD_UPSTREAM


def test_an_error_in_the_clothes_of_an_answer() -> None:
    with pytest.raises(Problem) as caught:
        plugin.decode_answer(b'{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}', ASK)

    assert (caught.value.kind, caught.value.status, caught.value.detail) == (Kind.UPSTREAM_ERROR, 429, "slow down")


def test_ids_are_minted() -> None:
    wire, lost = written(Text(""), ToolCall("", "f", ""), ToolCall("", "g", '{"a":1}'))

    assert (wire["id"], wire["model"]) == ("msg_r1", "claude-opus-5")
    assert [part["id"] for part in wire["content"]] == ["toolu_r1_1", "toolu_r1_2"]
    assert [part["input"] for part in wire["content"]] == [{}, {"a": 1}]
    assert (wire["stop_reason"], lost) == ("tool_use", ())


@pytest.mark.parametrize(
    ("finish", "stop", "reason", "sequence"),
    [
        ("stop", "", "end_turn", None),
        ("stop", "END", "stop_sequence", "END"),
        ("length", "", "max_tokens", None),
        ("tool_use", "", "tool_use", None),
        ("filtered", "", "refusal", None),
    ],
)
def test_finishes(finish: Finish, stop: str, reason: str, sequence: str | None) -> None:
    wire, lost = written(Text("a"), finish=finish, stop=stop)

    assert (wire["stop_reason"], wire["stop_sequence"], lost) == (reason, sequence, ())


def test_what_an_answer_cannot_say_is_named() -> None:
    blocks = (Media("image", data="x"), ToolCall("c", "f", "{", signature="s"))
    answer = Answer(id="a", model="m", choices=(Choice(blocks, "error", logprobs=Raw(b"[]")), Choice(())))

    encoded = plugin.encode_answer(answer, ASK)

    assert encoded.lost == (
        "n above 1",
        "logprobs",
        "image in the answer",
        "thought signatures",
        "arguments that are not a JSON object",
        "finish reason error",
    )


def test_a_refusal_in_another_dialects_words() -> None:
    wire, lost = written(Refusal("I cannot "), Refusal("help."))

    assert (wire["content"], wire["stop_reason"], lost) == ([], "refusal", ())
    assert wire["stop_details"] == {"type": "refusal", "category": None, "explanation": "I cannot help."}


def test_no_choice_is_an_empty_answer() -> None:
    wire = msgspec.json.decode(plugin.encode_answer(Answer(id="a", model="m", choices=()), ASK).wire)

    assert (wire["content"], wire["stop_reason"]) == ([], "end_turn")


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"usage":3}', b'{"usage":null}', b"{}"])
def test_counts_of_what_is_no_answer(raw: bytes) -> None:
    assert plugin.unary_usage(raw) is None
