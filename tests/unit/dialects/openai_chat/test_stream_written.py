"""Streams to a client: what the SDK reads, what is counted, what is named as lost."""

import msgspec
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
from tests.unit.dialects.openai_chat.drive import ASK, DONE, START, decoded, encoded, frames

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
