"""Streams: what copies send, in every disorder."""

import msgspec
import pytest

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
)
from lockgate.core.problem import Kind, Problem
from tests.unit.dialects.openai_chat.drive import DONE, START, between, chunk, decoded, delta, encoded, frames


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


def test_pieces_that_say_nothing() -> None:
    pieces = [{"type": "thinking", "thinking": "", "signature": "s"}, {"type": "thinking", "thinking": "t"}]

    assert between(delta(content=pieces), delta(audio={}), chunk(choices=[{"index": 0}])) == [
        ThinkingSigned("s"),
        ThinkingDelta("t"),
    ]


def test_each_signed_thought_has_its_own_text() -> None:
    events: list[Event] = [ThinkingDelta("a"), ThinkingSigned("s"), ThinkingDelta("b"), ThinkingSigned("t")]

    wire = encoded([START, *events])

    trees = [msgspec.json.decode(sse.data(frame))["choices"][0]["delta"] for frame in frames(wire)]
    details = [tree["reasoning_details"] for tree in trees if "reasoning_details" in tree]
    assert details == [
        [{"type": "reasoning.text", "text": "a", "index": 0, "signature": "s"}],
        [{"type": "reasoning.text", "text": "b", "index": 1, "signature": "t"}],
    ]
