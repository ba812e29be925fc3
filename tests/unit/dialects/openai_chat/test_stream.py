"""Streams: what copies send, in every disorder, and what clients get."""

import msgspec
import pytest
from openai.types.chat import ChatCompletionChunk

from lockgate.codec import sse
from lockgate.core.answer import Usage
from lockgate.core.chat import Media
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
    ThinkingDelta,
    ThinkingSigned,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat import plugin
from tests.unit.dialects.openai_chat.drive import ASK, DONE, chunk, decoded, delta, encoded, frames

START = Started("c", "m", 5)


def between(*pieces: bytes) -> list[Event]:
    """The events of the pieces, without the start and the end that all have."""
    first, *events, last = decoded([*pieces, delta("stop"), DONE])
    assert first == START
    assert last == Ended()
    return [event for event in events if not isinstance(event, Finished)]


def test_text() -> None:
    assert between(delta(role="assistant", content=""), delta(content="a"), delta(content="b")) == [
        TextDelta("a"),
        TextDelta("b"),
    ]


def test_what_is_no_event_is_skipped() -> None:
    noise = [
        b"\xef\xbb\xbf: comment\n\n",
        b"data:\n\n",
        b"data:  \n\n",
        b"event: ping\n\n",
        b'data: {"type":"ping"}\n\n',
        b'data: {"choices":null,"usage":null,"error":null}\n\n',
        b"\n\n",
    ]

    assert decoded(
        [*noise, delta(content="a"), *noise, delta("stop"), *noise, DONE, *noise, delta(content="late")]
    ) == [
        START,
        TextDelta("a"),
        Finished("stop"),
        Ended(),
    ]


def test_every_way_to_write_a_frame() -> None:
    body = b'{"id":"c","model":"m","created":5,"choices":[{"index":0,\ndelta: '
    lines = [
        b'data:{"id":"c","model":"m","created":5,"choices":[{"delta":{"content":"a"}}]}\r\n\r\n',
        b'event: x\ndata: {"choices":[{"delta":{"content":"b"}}]}\nid: 5\n\n',
        b'data: {"choices":[{\ndata: "delta":{"content":"c"}}]}\n\n',
        b'data: {"choices":[{"delta":{"content":"d"}}]}\rid: 5\r\r',
        b"data: [DONE]\r\n\r\n",
    ]
    finish = b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'

    events = decoded([*lines[:-1], finish, lines[-1]])

    assert events[1:-2] == [TextDelta("a"), TextDelta("b"), TextDelta("c"), TextDelta("d")]
    assert body.count(b"\n") == 1


def test_thoughts_of_every_copy() -> None:
    pieces = [{"type": "thinking", "thinking": [{"type": "text", "text": "c"}], "signature": "s"}]

    assert between(
        delta(reasoning_content="a", content="x"),
        delta(reasoning="b"),
        delta(content=[*pieces, {"type": "text", "text": "y"}, {"type": "image_url", "image_url": "https://x/y"}]),
        delta(reasoning_details=[{"type": "reasoning.summary", "summary": "d"}]),
        delta(reasoning_details=[{"type": "reasoning.encrypted", "data": "e"}]),
    ) == [
        ThinkingDelta("a"),
        TextDelta("x"),
        ThinkingDelta("b"),
        ThinkingDelta("c"),
        ThinkingSigned("s"),
        TextDelta("y"),
        MediaGiven(Media("image", url="https://x/y")),
        ThinkingDelta("d"),
        ThinkingSigned(redacted="e"),
    ]


def test_a_signed_detail_may_say_it_all_again() -> None:
    def detail(text: str) -> dict[str, str]:
        return {"type": "reasoning.text", "text": text, "signature": "s"}

    assert between(
        delta(reasoning_content="a"),
        delta(reasoning_content="b"),
        delta(reasoning_details=[detail("ab")]),
        delta(reasoning_details=[detail("ab")]),
    ) == [
        ThinkingDelta("a"),
        ThinkingDelta("b"),
        ThinkingSigned("s"),
        ThinkingDelta("ab"),
        ThinkingSigned("s"),
    ]


def test_calls_may_interleave() -> None:
    def call(index: int, **function: str) -> bytes:
        known = {"id": f"call_{index}", "type": "function"} if "name" in function else {}
        return delta(tool_calls=[{"index": index, "function": function, **known}])

    assert between(
        call(0, name="f", arguments=""),
        call(1, name="g", arguments="{"),
        call(0, arguments="{}"),
        call(1, arguments="}"),
    ) == [
        ToolStarted(0, "call_0", "f"),
        ToolStarted(1, "call_1", "g"),
        ToolDelta(1, "{"),
        ToolDelta(0, "{}"),
        ToolDelta(1, "}"),
    ]


def test_calls_without_an_index() -> None:
    assert between(
        delta(tool_calls=[{"id": "a", "function": {"name": "f", "arguments": "{"}}]),
        delta(tool_calls=[{"function": {"arguments": "}"}}]),
        delta(tool_calls=[{"id": "b", "function": {"name": "g", "arguments": {"x": 1}}}]),
        delta(tool_calls=[{"id": "a", "function": {"arguments": " "}}]),
        delta(tool_calls=[{"function": {"name": "h"}}]),
    ) == [
        ToolStarted(0, "a", "f"),
        ToolDelta(0, "{"),
        ToolDelta(0, "}"),
        ToolStarted(1, "b", "g"),
        ToolDelta(1, '{"x":1}'),
        ToolDelta(0, " "),
        ToolStarted(2, "call_REQ_0_2", "h"),
    ]


def test_calls_that_all_have_index_0() -> None:
    def call(id_: str, name: str, signature: str) -> bytes:
        extra = {"google": {"thought_signature": signature}}
        function = {"name": name, "arguments": "{}"}
        return delta(tool_calls=[{"index": 0, "id": id_, "function": function, "extra_content": extra}])

    assert between(call("a", "f", "s"), call("b", "g", "t")) == [
        ToolStarted(0, "a", "f", signature="s"),
        ToolDelta(0, "{}"),
        ToolStarted(1, "b", "g", signature="t"),
        ToolDelta(1, "{}"),
    ]


def test_the_old_function_call() -> None:
    assert between(delta(function_call={"name": "f", "arguments": ""}), delta(function_call={"arguments": "{}"})) == [
        ToolStarted(0, "call_REQ_0_0", "f"),
        ToolDelta(0, "{}"),
    ]


def test_a_call_that_ends_with_stop_is_tool_use() -> None:
    events = decoded([delta(tool_calls=[{"id": "a", "function": {"name": "f"}}]), delta("stop"), DONE])

    assert events[-2] == Finished("tool_use")


def test_refusals_logprobs_and_media() -> None:
    logprobs = {"content": [{"token": "a"}]}
    sound = [{"id": "audio_1"}, {"data": "AA=="}, {"transcript": "hi", "data": "AQ=="}]
    with_logprobs = chunk(choices=[{"index": 0, "delta": {"content": "a"}, "logprobs": logprobs}])

    assert between(
        delta(refusal="no"),
        with_logprobs,
        delta(images=[{"image_url": {"url": "data:image/png;base64,AAAA"}}, {"image_url": {}}, {}]),
        *(delta(audio=piece) for piece in sound),
    ) == [
        RefusalDelta("no"),
        TextDelta("a"),
        LogProbs(msgspec.Raw(b'{"content": [{"token": "a"}]}')),
        MediaGiven(Media("image", mime="image/png", data="AAAA")),
        TextDelta("hi"),
        MediaGiven(Media("audio", data="AAE=", file_id="audio_1")),
    ]


def test_sound_that_is_none() -> None:
    with pytest.raises(Problem) as caught:
        decoded([delta(audio={"data": "AA=="}), delta(audio={"data": "?"}), delta("stop"), DONE])

    assert caught.value.kind is Kind.BAD_UPSTREAM


def test_several_choices() -> None:
    events = decoded([delta(content="a"), delta(index=1, content="b"), delta("length", 1), delta("stop"), DONE])

    assert events == [
        START,
        TextDelta("a"),
        TextDelta("b", 1),
        Finished("stop"),
        Finished("length", 1),
        Ended(),
    ]


def test_counts_are_running_totals() -> None:
    def counted(n: int) -> bytes:
        return chunk(choices=[], usage={"prompt_tokens": 5, "completion_tokens": n})

    assert decoded([delta(content="a"), counted(1), counted(4), delta("stop"), DONE])[-1] == Ended(Usage(5, 4))


def test_azure_begins_without_a_choice() -> None:
    first = b'data: {"choices":[],"created":0,"id":"","model":"","prompt_filter_results":[]}\n\n'

    assert decoded([first, delta(content="a"), delta("stop"), DONE])[0] == START


def test_a_message_in_place_of_a_delta() -> None:
    whole = chunk(choices=[{"index": 0, "message": {"content": "a"}, "finish_reason": "stop", "stop_reason": "END"}])

    assert decoded([whole, DONE]) == [START, TextDelta("a"), Finished("stop", stop="END"), Ended()]


def test_a_server_without_names() -> None:
    events = decoded([b'data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}\n\n'])

    assert events == [Started("chatcmpl-REQ", "asked"), TextDelta("a"), Finished("stop"), Ended()]


def test_done_without_a_finish_is_an_end() -> None:
    assert decoded([delta(content="a"), DONE])[-2:] == [Finished("stop"), Ended()]


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [delta(content="a")],
        [delta("stop"), delta(index=1, content="b")],
        [b"data: {\n\n"],
        [b"data: [5]\n\n"],
        [b'data: {"choices":5}\n\n'],
        [DONE],
        [b"<html>\n\n"],
        [b'data: {"choices":[{"delta":{"content":5}}]}\n\n'],
    ],
)
def test_what_is_cut_or_nonsense_never_ends_well(pieces: list[bytes]) -> None:
    with pytest.raises(Problem) as caught:
        decoded(pieces)

    assert (caught.value.kind, caught.value.source) == (Kind.BAD_UPSTREAM, "upstream")


@pytest.mark.parametrize(
    ("frame", "status"),
    [
        (b'data: {"error":{"message":"no","code":"x"}}\n\n', 502),
        (b'event: error\ndata: {"error":{"message":"no","code":429}}\n\n', 429),
        (b'data: {"id":"1","choices":[{"delta":{}}],"error":{"message":"no","code":503}}\n\n', 503),
        (b'data: {"object":"error","message":"no"}\n\n', 502),
        (b'data: {"error":"no"}\n\n', 502),
    ],
)
def test_error_events(frame: bytes, status: int) -> None:
    with pytest.raises(Problem) as caught:
        decoded([delta(content="a"), frame, DONE])

    problem = caught.value
    assert (problem.kind, problem.detail, problem.status) == (Kind.UPSTREAM_ERROR, "no", status)


QUIET = Ask(model="asked", stream=True, request_id="REQ", created=1700000000)
EVERY: list[Event] = [
    Started("", ""),
    ThinkingDelta("t"),
    ThinkingSigned("s"),
    ThinkingSigned(redacted="r"),
    TextDelta('a"\n\u2028'),
    LogProbs(msgspec.Raw(b'{"content":[]}')),
    ThinkingDelta("late"),
    RefusalDelta("no"),
    ToolStarted(0, "", "f"),
    ToolStarted(1, "call_1", "g", signature="z"),
    ToolDelta(1, "{"),
    ToolDelta(0, "{}"),
    ToolDelta(1, "}"),
    TextDelta("b", 1),
    ThinkingDelta("u", 1),
    MediaGiven(Media("image", url="https://x/y")),
    MediaGiven(Media("audio", data="AAAA")),
    Finished("tool_use"),
    Finished("filtered", 1),
    Ended(Usage(5, 4, 3, 2, 1)),
]


def test_every_event_in_any_order_is_read_by_the_sdk_and_by_us() -> None:
    wire = encoded(EVERY)

    chunks = [sse.data(frame) for frame in frames(wire)]
    for payload in chunks[:-1]:
        ChatCompletionChunk.model_validate_json(payload, strict=True)
    again = decoded([wire])
    assert again[0] == Started("chatcmpl-REQ", "asked", 1700000000)
    assert again[-1] == EVERY[-1]
    named = [ToolStarted(0, "call_REQ_0_0", "f") if event == EVERY[8] else event for event in EVERY[1:16]]
    assert again[1:16] == named
    assert again[16:19] == [MediaGiven(Media("audio", data="AAAA", file_id="audio_REQ")), *EVERY[17:19]]


def test_each_choice_begins_with_its_role() -> None:
    trees = [msgspec.json.decode(sse.data(frame)) for frame in frames(encoded(EVERY)) if b"{" in frame]

    roles = [tree["choices"][0]["index"] for tree in trees if tree["choices"] and "role" in tree["choices"][0]["delta"]]
    assert roles == [0, 1]


def test_counts_only_for_clients_that_asked() -> None:
    events: list[Event] = [START, TextDelta("a"), Finished("stop"), Ended(Usage(5, 4))]

    assert b"usage" not in encoded(events, QUIET)
    assert encoded(events, QUIET).endswith(b"data: [DONE]\n\n")
    *rest, counts, done = frames(encoded(events))
    assert all(b'"usage":null' in frame for frame in rest)
    tree = msgspec.json.decode(sse.data(counts))
    assert (tree["choices"], tree["usage"]["total_tokens"]) == ([], 9)
    assert done == DONE


def test_the_bytes_of_a_text() -> None:
    assert encoded([START, TextDelta("a")], QUIET) == (
        b'data: {"id":"c","object":"chat.completion.chunk","created":5,"model":"m","choices":[{"index":0,'
        b'"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]}\n\n'
        b'data: {"id":"c","object":"chat.completion.chunk","created":5,"model":"m","choices":[{"index":0,'
        b'"delta":{"content":"a"},"logprobs":null,"finish_reason":null}]}\n\n'
    )


def test_losses_are_named_once() -> None:
    encoder = plugin.encoder(ASK)
    for event in (START, MediaGiven(Media("video", url="x")), MediaGiven(Media("video", url="x"))):
        encoder.feed(event)
    encoder.feed(Finished("stop", stop="END"))

    assert encoder.lost == ["video in answers", "stop sequence"]


def test_a_failure_is_an_error_and_no_end() -> None:
    encoder = plugin.encoder(ASK)
    encoder.feed(START)

    wire = encoder.fail(Problem(Kind.BLOCKED, "a rule says no", source="gateway"))

    assert msgspec.json.decode(sse.data(wire)) == {
        "error": {
            "message": "a rule says no",
            "type": "invalid_request_error",
            "param": None,
            "code": "blocked_by_policy",
        }
    }
    assert b"[DONE]" not in wire
