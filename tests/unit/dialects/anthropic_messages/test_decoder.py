"""Streams from an upstream, the odd ones most of all."""

from typing import Any

import msgspec
import pytest

from lockgate.codec import sse
from lockgate.core.answer import Usage
from lockgate.core.events import (
    BlockGiven,
    Ended,
    Event,
    Finished,
    RefusalDelta,
    RunDelta,
    RunStarted,
    Started,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.anthropic_messages import plugin
from tests.unit.dialects.anthropic_messages.wires import STREAM, decoded

START = {"type": "message_start", "message": {"id": "m1", "model": "x", "usage": {"input_tokens": 3}}}
END = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}}
STOP = {"type": "message_stop"}
STARTED = Started("m1", "x", usage=Usage(3))


def wire(*contents: dict[str, Any]) -> bytes:
    return b"".join(sse.frame(msgspec.json.encode(content), content["type"]) for content in contents)


def begin(index: int, **block: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": block}


def delta(index: int, kind: str, **more: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind} | more}


def done(index: int) -> dict[str, Any]:
    return {"type": "content_block_stop", "index": index}


def middle(*contents: dict[str, Any]) -> list[Event]:
    """What is between the beginning and the end."""
    events = decoded(wire(START, *contents, END, STOP))
    assert events[0] == STARTED
    assert events[-2:] == [Finished("stop"), Ended(Usage(3, 2))]
    return events[1:-2]


def test_a_stream_without_an_end_is_cut_short() -> None:
    for raw in (b"", wire(START), wire(START, begin(0, type="text", text=""), delta(0, "text_delta", text="a"))):
        with pytest.raises(Problem) as caught:
            decoded(raw)

        assert (caught.value.kind, caught.value.source) == (Kind.BAD_UPSTREAM, "upstream")
        assert caught.value.detail == "the upstream closed before the answer was complete"


def test_a_stream_that_stopped_but_was_not_closed_is_cut_short() -> None:
    with pytest.raises(Problem):
        decoded(wire(START, END))


def test_noise_is_skipped() -> None:
    noise = (
        b"\xef\xbb\xbf: hello\n\n"
        + wire(START)
        + b": ping\n\n\n\nevent: ping\ndata: {}\n\n"
        + wire(
            {"type": "ping"}, {"type": "of_tomorrow", "index": 3}, delta(0, "of_tomorrow"), delta(7, "citations_delta")
        )
        + b"data: [DONE]\n\ndata:\n\n"
        + wire({"type": "content_block_delta", "index": 0}, END, STOP)
        + wire(START, delta(0, "text_delta", text="late"))
    )

    assert decoded(noise) == [STARTED, Finished("stop"), Ended(Usage(3, 2))]


def test_types_may_be_in_the_event_name_only() -> None:
    raw = wire(START, END) + b"event: message_stop\ndata: {}\n\n"

    assert decoded(raw)[-1] == Ended(Usage(3, 2))


def test_a_missing_beginning_is_made_up() -> None:
    begun = Started("msg_r1", "claude-opus-5")

    assert decoded(wire(delta(0, "text_delta", text="a"), STOP)) == [begun, TextDelta("a"), Finished("stop"), Ended()]
    assert decoded(wire(STOP)) == [begun, Finished("stop"), Ended()]
    assert decoded(wire(END, STOP))[:2] == [begun, Finished("stop")]
    assert decoded(wire({"type": "message_start"}, STOP))[0] == begun


def test_a_second_beginning_of_the_same_answer_is_nothing() -> None:
    assert middle(START, delta(0, "text_delta", text="a"), START) == [TextDelta("a")]


def test_a_second_answer_within_the_first_is_refused() -> None:
    other = {"type": "message_start", "message": {"id": "m2"}}

    with pytest.raises(Problem) as caught:
        decoded(wire(START, delta(0, "text_delta", text="a"), other, END, STOP))

    assert caught.value.kind is Kind.BAD_UPSTREAM


def test_a_double_finish_is_one() -> None:
    later = {"type": "message_delta", "delta": {"stop_reason": "max_tokens"}, "usage": {"output_tokens": 9}}

    assert decoded(wire(START, END, later, STOP, STOP))[1:] == [Finished("stop"), Ended(Usage(3, 9))]


def test_counts_are_totals_and_omitted_ones_stay() -> None:
    begun = {"id": "m1", "usage": {"input_tokens": 5, "cache_read_input_tokens": 7, "output_tokens": 1}}
    later = {"type": "message_delta", "delta": {}, "usage": {"input_tokens": 6, "output_tokens": 4}}
    nothing = {"type": "message_delta", "usage": None}

    events = decoded(wire({"type": "message_start", "message": begun}, later, nothing, END, STOP))

    assert events[0] == Started("m1", "claude-opus-5", usage=Usage(12, 1, cached=7))
    assert events[-1] == Ended(Usage(13, 2, cached=7))


def test_thinking_and_its_signature() -> None:
    assert middle(
        begin(0, type="thinking", thinking="", signature=""),
        delta(0, "thinking_delta", thinking="hm"),
        delta(0, "thinking_delta", thinking=""),
        delta(0, "signature_delta", signature="s"),
        done(0),
        begin(1, type="redacted_thinking", data="r"),
        done(1),
        begin(2, type="thinking", thinking="all", signature="t"),
        begin(3, type="text", text="at once"),
    ) == [
        ThinkingDelta("hm"),
        ThinkingSigned("s"),
        ThinkingSigned(redacted="r"),
        ThinkingDelta("all"),
        ThinkingSigned("t"),
        TextDelta("at once"),
    ]


def test_calls_may_interleave_and_have_no_or_whole_arguments() -> None:
    assert middle(
        begin(0, type="tool_use", id="a", name="f", input={}),
        begin(1, type="tool_use", id="b", name="g", input={"x": 1}),
        delta(0, "input_json_delta", partial_json='{"y'),
        begin(2, type="tool_use", name="h"),
        delta(0, "input_json_delta", partial_json='":2}'),
        done(0),
        done(1),
        done(2),
        done(2),
    ) == [
        ToolStarted(0, "a", "f"),
        ToolStarted(1, "b", "g"),
        ToolDelta(0, '{"y'),
        ToolStarted(2, "toolu_r1_2", "h"),
        ToolDelta(0, '":2}'),
        ToolDelta(1, '{"x":1}'),
        ToolDelta(2, "{}"),
    ]


def test_the_upstreams_own_tools_are_not_the_clients() -> None:
    started, said, result = middle(
        begin(0, type="server_tool_use", id="a", name="web_search", input={}),
        delta(0, "input_json_delta", partial_json='{"q":1}'),
        done(0),
        begin(1, type="web_search_tool_result", tool_use_id="a", content=[]),
        done(1),
    )

    assert isinstance(started, RunStarted)
    assert (started.name, said) == ("web_search", RunDelta(0, '{"q":1}'))
    assert isinstance(result, BlockGiven)
    assert msgspec.json.decode(result.block) == {"type": "web_search_tool_result", "tool_use_id": "a", "content": []}


def test_content_that_is_there_from_the_beginning() -> None:
    content = [{"type": "text", "text": "a"}, {"type": "tool_use", "id": "b", "name": "f", "input": {"x": 1}}]
    begun = {"type": "message_start", "message": {"id": "m1", "model": "x", "content": content}}

    assert decoded(wire(begun, END, STOP))[1:4] == [TextDelta("a"), ToolStarted(0, "b", "f"), ToolDelta(0, '{"x":1}')]


def test_a_refusal_with_its_reason() -> None:
    details = {"type": "refusal", "category": "cyber", "explanation": "no"}
    end = {"type": "message_delta", "delta": {"stop_reason": "refusal", "stop_details": details}}

    assert decoded(wire(START, end, STOP))[1:3] == [RefusalDelta("no"), Finished("filtered")]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"type": "overloaded_error", "message": "Overloaded"}, 529),
        ({"type": "rate_limit_error", "message": "slow"}, 429),
        ({"type": "invalid_request_error", "message": "bad"}, 400),
        ({"type": "api_error", "message": "oops"}, 500),
        ({"type": "of_tomorrow", "message": "?"}, 502),
        (None, 502),
    ],
)
def test_errors_within_a_stream(error: Any, status: int) -> None:
    with pytest.raises(Problem) as caught:
        decoded(wire(START, {"type": "error", "error": error}))

    assert (caught.value.kind, caught.value.source, caught.value.status) == (Kind.UPSTREAM_ERROR, "upstream", status)


@pytest.mark.parametrize("payload", [b"{", b"[]", b"nonsense", b'{"type":3}', b'{"type":"message_start","message":4}'])
def test_broken_frames_are_a_bad_upstream(payload: bytes) -> None:
    with pytest.raises(Problem) as caught:
        plugin.decoder(STREAM).feed(b"data: " + payload + b"\n\n")

    assert (caught.value.kind, caught.value.source) == (Kind.BAD_UPSTREAM, "upstream")


def test_every_way_of_writing_a_frame_is_read() -> None:
    payload = b'{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}'
    ways = (
        b"event: content_block_delta\ndata: " + payload + b"\n\n",
        b"event: content_block_delta\r\ndata: " + payload + b"\r\n\r\n",
        b"data:" + payload + b"\n\n",
        b"event: content_block_delta\nid: 7\ndata: " + payload + b"\n\n",
        b"event: content_block_delta\ndata: " + payload.replace(b",", b",\ndata: ", 1) + b"\n\n",
        b"event: content_block_delta\ndata: " + payload,
    )

    for frame in ways:
        assert TextDelta("a") in plugin.decoder(STREAM).feed(frame)
