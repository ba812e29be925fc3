"""Streams to a client: sequential blocks, whatever the order of the events."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.events import (
    Event,
    Finished,
    RefusalDelta,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.seals import NOBODY
from lockgate.dialects.anthropic_messages import plugin
from tests.unit.dialects.anthropic_messages.streams import BEGIN, END, written
from tests.unit.dialects.anthropic_messages.wires import STREAM, encoded


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
        thinking("bc" + NOBODY),
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
        thinking("b" + NOBODY),
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


@pytest.mark.parametrize(("calls", "flows"), [(5, True), (40, False)])
def test_an_incomplete_call_is_looked_at_only_so_often(calls: int, *, flows: bool) -> None:
    encoder = plugin.encoder(STREAM)
    for event in (BEGIN, ToolStarted(0, "a", "f"), ToolDelta(0, '{"x": {}')):
        encoder.feed(event)
    for number in range(1, calls):
        assert encoder.feed(ToolStarted(number, f"c{number}", "g")) == b""
        encoder.feed(ToolDelta(0, " "))
    encoder.feed(ToolDelta(0, "}"))

    assert bool(encoder.feed(ToolStarted(calls, "last", "g"))) is flows
    assert encoder.feed(Finished("tool_use")).count(b"event: content_block_stop") == (calls if flows else calls + 1)


def test_ids_are_minted_and_cleaned_and_a_call_begins_once() -> None:
    assert blocks(
        ToolStarted(0, "", "f"), ToolStarted(0, "x", "f"), ToolDelta(0, ""), ToolStarted(1, "a.b:0", "g")
    ) == [
        call("toolu_r1_0", "f", ""),
        call("a_b_0", "g", ""),
    ]


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
    assert kept["thinking"].replace(NOBODY, "").replace("s", "") == "".join(
        e.text for e in events if isinstance(e, ThinkingDelta)
    )
    assert encoded([BEGIN, *events, *END]).endswith(b'event: message_stop\ndata: {"type":"message_stop"}\n\n')
