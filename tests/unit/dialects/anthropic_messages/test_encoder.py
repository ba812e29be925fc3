"""Streams to a client: sequential blocks, whatever the order of the events."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from lockgate.codec import sse
from lockgate.core.answer import Usage
from lockgate.core.chat import Media
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
    ThinkingSigned,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.anthropic_messages import plugin
from tests.unit.dialects.anthropic_messages.wires import STREAM, encoded, frames

BEGIN = Started("m1", "x", usage=Usage(3))
END = (Finished("stop"), Ended(Usage(3, 2)))


def written(*events: Event) -> tuple[list[dict[str, Any]], list[str]]:
    """The frames' contents, each checked to be named by its type."""
    encoder = plugin.encoder(STREAM)
    raw = b"".join(encoder.feed(event) for event in events)
    contents = []
    for frame in frames(raw):
        content = msgspec.json.decode(sse.data(frame))
        assert sse.event(frame).decode() == content["type"]
        contents.append(content)
    return contents, encoder.lost


def blocks(*events: Event) -> list[Any]:
    """Each block as its start with its deltas put together, checked to come one after the other."""
    contents, _ = written(BEGIN, *events, *END)
    found: list[Any] = []
    live = None
    for content in contents:
        match content["type"]:
            case "content_block_start":
                assert (live, content["index"]) == (None, len(found))
                live = content["index"]
                found.append([content["content_block"], ""])
            case "content_block_delta":
                assert content["index"] == live
                found[-1][1] += next(v for k, v in content["delta"].items() if k != "type")
            case "content_block_stop":
                assert content["index"] == live
                live = None
    assert live is None
    return found


def text(said: str) -> list[Any]:
    return [{"type": "text", "text": ""}, said]


def call(given: str, name: str, arguments: str) -> list[Any]:
    return [{"type": "tool_use", "id": given, "name": name, "input": {}}, arguments]


def thinking(said: str) -> list[Any]:
    return [{"type": "thinking", "thinking": "", "signature": ""}, said]


def test_a_plain_stream_frame_by_frame() -> None:
    contents, lost = written(BEGIN, TextDelta("Hel"), TextDelta("lo"), *END)

    assert [content["type"] for content in contents] == [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    assert contents[0]["message"]["usage"] == {
        "input_tokens": 3,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": 0,
    }
    assert contents[-2]["delta"] == {"stop_reason": "end_turn", "stop_sequence": None}
    assert contents[-2]["usage"]["output_tokens"] == 2
    assert lost == []


def test_text_after_thinking_after_text() -> None:
    assert blocks(TextDelta("a"), ThinkingDelta("b"), ThinkingDelta("c"), TextDelta("d"), TextDelta("")) == [
        text("a"),
        thinking("bc"),
        text("d"),
    ]


def test_signatures_close_the_thinking_before_them() -> None:
    assert blocks(
        ThinkingDelta("a"),
        ThinkingSigned("s"),
        ThinkingDelta("b"),
        ThinkingSigned(redacted="r"),
        TextDelta("c"),
        ThinkingSigned("t"),
        ThinkingSigned(),
    ) == [
        thinking("as"),
        thinking("b"),
        [{"type": "redacted_thinking", "data": "r"}, ""],
        text("c"),
        thinking("t"),
    ]


def test_a_signature_is_a_delta_of_its_own_kind() -> None:
    contents, _ = written(BEGIN, ThinkingDelta("a"), ThinkingSigned("s"), *END)

    assert contents[3]["delta"] == {"type": "signature_delta", "signature": "s"}


def test_interleaved_calls_are_put_one_after_the_other() -> None:
    assert blocks(
        ToolStarted(0, "a", "f"),
        ToolStarted(1, "b", "g"),
        ToolDelta(1, '{"x"'),
        ToolDelta(0, '{"y":'),
        TextDelta("while "),
        ToolDelta(1, ":1}"),
        TextDelta("waiting"),
        ThinkingDelta("hm"),
        ThinkingSigned("s"),
        ToolDelta(0, "2}"),
    ) == [
        call("a", "f", '{"y":2}'),
        call("b", "g", '{"x":1}'),
        text("while waiting"),
        thinking("hms"),
    ]


def test_a_complete_call_lets_the_next_one_stream() -> None:
    encoder = plugin.encoder(STREAM)
    for event in (BEGIN, ToolStarted(0, "a", "f"), ToolDelta(0, '{"x":'), ToolDelta(0, "1}"), ToolStarted(1, "b", "g")):
        encoder.feed(event)

    assert b'"partial_json":"{"' in encoder.feed(ToolDelta(1, "{"))
    assert encoder.feed(ToolDelta(0, " \n")) == b""
    assert encoder.lost == []
    assert encoder.feed(ToolDelta(0, "more")) == b""
    assert encoder.feed(ToolDelta(9, "more")) == b""
    assert encoder.lost == ["arguments of a call that is not open"]


def test_an_incomplete_call_is_looked_at_only_so_often() -> None:
    events: list[Event] = [ToolStarted(0, "a", "f"), ToolDelta(0, '{"x": {}')]
    for number in range(1, 40):
        events += [ToolStarted(number, f"c{number}", "g"), ToolDelta(0, "}" if number == 39 else "")]

    found = blocks(*events)

    assert len(found) == 40
    assert found[0] == call("a", "f", '{"x": {}}')


def test_ids_are_minted_and_cleaned_and_a_call_begins_once() -> None:
    assert blocks(
        ToolStarted(0, "", "f"), ToolStarted(0, "x", "f"), ToolDelta(0, ""), ToolStarted(1, "a.b:0", "g")
    ) == [
        call("toolu_r1_0", "f", ""),
        call("a_b_0", "g", ""),
    ]


def test_calls_end_with_tool_use_also_where_the_other_side_said_stop() -> None:
    contents, _ = written(BEGIN, ToolStarted(0, "a", "f"), *END)

    assert contents[-2]["delta"]["stop_reason"] == "tool_use"


@pytest.mark.parametrize(
    ("finished", "delta"),
    [
        (Finished("length"), {"stop_reason": "max_tokens", "stop_sequence": None}),
        (Finished("stop", stop="END"), {"stop_reason": "stop_sequence", "stop_sequence": "END"}),
        (Finished("filtered"), {"stop_reason": "refusal", "stop_sequence": None}),
        (Finished("error"), {"stop_reason": "end_turn", "stop_sequence": None}),
    ],
)
def test_finishes(finished: Finished, delta: object) -> None:
    assert written(BEGIN, TextDelta("a"), finished, Ended())[0][-2]["delta"] == delta


def test_a_refusal_is_told_with_the_end() -> None:
    contents, _ = written(BEGIN, RefusalDelta("I can"), RefusalDelta("not."), *END)

    assert contents[1]["delta"] == {
        "stop_reason": "refusal",
        "stop_sequence": None,
        "stop_details": {"type": "refusal", "category": None, "explanation": "I cannot."},
    }


def test_what_cannot_be_said_is_named() -> None:
    _, lost = written(
        BEGIN,
        Started("again", "y"),
        TextDelta("b", choice=1),
        MediaGiven(Media("image", data="x")),
        LogProbs(Raw(b"[]")),
        ToolStarted(0, "a", "f", signature="s"),
        Finished("stop", choice=1),
        Finished("error"),
        Ended(),
    )

    assert lost == ["n above 1", "image in the answer", "logprobs", "thought signatures", "finish reason error"]


def test_an_end_without_a_beginning_is_still_whole() -> None:
    contents, _ = written(Ended())

    assert [content["type"] for content in contents] == ["message_start", "message_delta", "message_stop"]
    assert contents[0]["message"]["id"] == "msg_r1"


def test_after_a_failure_there_is_silence() -> None:
    encoder = plugin.encoder(STREAM)
    encoder.feed(BEGIN)

    said = encoder.fail(Problem(Kind.OVERLOADED, "too busy"))

    assert said == (
        b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"too busy"},"request_id":"r1"}\n\n'
    )
    assert [encoder.feed(event) for event in (TextDelta("a"), *END)] == [b"", b"", b""]


WORDS = st.text("xyz", max_size=3)
CONTENT = st.one_of(
    st.builds(TextDelta, WORDS),
    st.builds(ThinkingDelta, WORDS),
    st.builds(ThinkingSigned, st.sampled_from(["", "s"]), st.sampled_from(["", "r"])),
    st.builds(ToolStarted, st.integers(0, 3), st.just("c"), st.just("f")),
    st.builds(ToolDelta, st.integers(0, 3), st.sampled_from(["{", "}", '"a":1', ""])),
    st.builds(RefusalDelta, st.just("no")),
)


@given(st.lists(CONTENT, max_size=30))
def test_any_order_of_events_gives_sequential_blocks_and_keeps_every_text(events: list[Event]) -> None:
    found = blocks(*events)

    kept = {kind: "".join(words for start, words in found if start["type"] == kind) for kind in ("text", "thinking")}
    assert kept["text"] == "".join(event.text for event in events if isinstance(event, TextDelta))
    assert kept["thinking"].replace("s", "") == "".join(e.text for e in events if isinstance(e, ThinkingDelta))
    assert encoded([BEGIN, *events, *END]).endswith(b'event: message_stop\ndata: {"type":"message_stop"}\n\n')
