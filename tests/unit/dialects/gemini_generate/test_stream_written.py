"""Streams written and watched: chunks out of events, and a cheap look at frames that pass."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from lockgate.codec import json_array, sse
from lockgate.core.answer import Usage
from lockgate.core.chat import Media
from lockgate.core.events import (
    Ended,
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
from lockgate.dialects.gemini_generate import plugin
from tests.unit.dialects.gemini_generate.stream_samples import (
    ARRAY,
    ASK,
    STOP,
    WHOLE,
    WIRE,
    asked,
    call,
    chunks,
    decode,
    encode,
    parts,
    sent,
    watched,
)


@given(st.lists(st.binary(max_size=40) | st.text('data: {}[]":,candidates\n', max_size=60).map(str.encode), max_size=4))
def test_no_bytes_raise_anything_but_a_problem(pieces: list[bytes]) -> None:
    for ask in (ASK, ARRAY):
        with pytest.raises(Problem):
            decode(pieces, ask)
    watch = plugin.watch()
    for each in pieces:
        watch.feed(each)


def test_interleaved_calls_are_given_whole_at_the_end() -> None:
    events = [
        Started("", ""),
        ToolStarted(0, "1", "f"),
        ToolStarted(1, "2", "g", signature="QUFB"),
        ToolDelta(0, '{"a"'),
        ToolDelta(1, '{"b":'),
        TextDelta("x"),
        ToolDelta(0, ":1}"),
        ToolDelta(1, "2}"),
        ToolDelta(7, "nobody's"),
        Finished("tool_use"),
        Ended(Usage(1, 2)),
    ]

    written = sent(events)

    assert len(written) == 2
    assert written[1] == {
        "candidates": [
            {
                "content": {
                    "parts": [
                        {"functionCall": {"id": "1", "name": "f", "args": {"a": 1}}},
                        {"functionCall": {"id": "2", "name": "g", "args": {"b": 2}}, "thoughtSignature": "QUFB"},
                    ],
                    "role": "model",
                },
                "finishReason": "STOP",
                "index": 0,
            }
        ],
        "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 2, "totalTokenCount": 3},
        "modelVersion": "gemini-3-pro",
        "responseId": "r1",
    }


def test_choices_stay_apart() -> None:
    events = [
        Started("i", "m"),
        TextDelta("a", 1),
        ToolStarted(0, "1", "f", 1),
        Finished("length", 1),
        TextDelta("b"),
        Finished("filtered", 0),
        Ended(),
    ]

    written = sent(events)

    assert [candidate["index"] for chunk in written for candidate in chunk["candidates"]] == [1, 0, 0, 1]
    last = written[-1]["candidates"]
    assert [candidate["finishReason"] for candidate in last] == ["SAFETY", "MAX_TOKENS"]
    assert "functionCall" in last[1]["content"]["parts"][0]


def test_rare_events_and_what_is_lost() -> None:
    logprobs = Raw(b'{"content":[{"token":"a","logprob":-1.0,"bytes":null,"top_logprobs":[]}]}')
    events = [
        Started("i", "m"),
        RefusalDelta("no"),
        ThinkingSigned("not base64!"),
        ThinkingSigned(redacted="xyz"),
        ThinkingSigned("QUFB"),
        MediaGiven(Media("image", "image/png", data="AAAA")),
        MediaGiven(Media("image", file_id="file-1")),
        LogProbs(logprobs),
        LogProbs(Raw(b"1")),
        Finished("stop", stop="END"),
        Ended(Usage(written=3)),
    ]

    written, lost = sent(events), encode(events)[1]

    assert [chunk["candidates"][0]["content"]["parts"] for chunk in written[:-1]] == [
        [{"text": "no"}],
        [{"text": "", "thoughtSignature": "QUFB"}],
        [{"inlineData": {"mimeType": "image/png", "data": "AAAA"}}],
        [{"text": ""}],
    ]
    result = written[3]["candidates"][0]["logprobsResult"]
    assert result == {
        "chosenCandidates": [{"token": "a", "logProbability": -1.0}],
        "topCandidates": [{"candidates": []}],
    }
    assert lost == [
        "refusal mark",
        "thinking signature",
        "redacted thinking",
        "files by id",
        "which stop sequence ended the answer",
        "the count of tokens written to a cache",
    ]


def test_log_probabilities_are_streamed_both_ways() -> None:
    result = {"chosenCandidates": [{"token": "a", "logProbability": -1.0}], "topCandidates": [{"candidates": []}]}

    events = decode(chunks(parts({"text": "a"}, logprobsResult=result), STOP))

    given = next(event for event in events if isinstance(event, LogProbs))
    assert msgspec.json.decode(given.raw)["content"][0]["logprob"] == -1.0
    assert any(isinstance(event, LogProbs) for event in decode([encode(events)[0]]))


@pytest.mark.parametrize("begun", [True, False])
def test_a_failure_is_an_error_and_never_a_finish(begun: bool) -> None:
    for ask in (ASK, ARRAY):
        encoder = plugin.encoder(ask)
        written = encoder.feed(Started("i", "m"))
        if begun:
            written += encoder.feed(TextDelta("x")) + encoder.feed(Finished("stop"))
        written += encoder.fail(Problem(Kind.BAD_UPSTREAM, "gone", source="upstream"))

        assert b"finishReason" not in written
        assert (b'{"error":{"code":502,"message":"gone"') in written
        with pytest.raises(Problem, match="gone"):
            decode([written], ask)
        if ask.array:
            assert "error" in msgspec.json.decode(written)[-1]


@pytest.mark.parametrize("name", WHOLE)
def test_the_watch_sees_what_the_decoder_counts(name: str) -> None:
    raw = (WIRE / name).read_bytes()
    framing = plugin.framing(asked(name))

    watch = watched([*framing.feed(raw), *framing.end()])

    last = decode([raw], asked(name))[-1]
    assert isinstance(last, Ended)
    assert (watch.usage, watch.ended, watch.failed) == (last.usage, True, None)


@pytest.mark.parametrize(
    "frames",
    [
        list(sse.Splitter().feed((WIRE / "error.stream.txt").read_bytes() + b"\n")),
        [b'data: {"error":{"code":503}}\n\n'],
        [b'[{"error":{"code":503}}]\n'],
        [b'[{"candidates":[]}', b',\n{"error":{"code":503}}', b"]"],
    ],
)
def test_the_watch_sees_an_error_in_every_form(frames: list[bytes]) -> None:
    watch = watched(frames)

    assert watch.failed is not None
    assert (watch.failed.status, watch.ended) == (503, False)


def test_the_watch_believes_only_the_last_chunk() -> None:
    first = chunks(parts({"text": "a"}, finishReason="STOP"))

    assert watched(first).ended
    assert not watched([*first, *chunks(parts({"text": "b"}))]).ended
    assert watched([*first, *chunks({"usageMetadata": {"promptTokenCount": 3}})]).ended
    assert not watched([*first, *chunks(parts({"text": "b"}) | {"usageMetadata": {"promptTokenCount": 3}})]).ended
    assert not watched(chunks(parts({"text": '"finishReason":"STOP"'}))).ended
    assert not watched(chunks(parts(call(name="f", args={"finishReason": "STOP"})))).ended
    assert watched([b'data: nonsense "error"\n\n']).failed is None


def test_counts_that_leave_something_out_take_nothing_back() -> None:
    first = parts({"text": "a"}) | {"usageMetadata": {"promptTokenCount": 9, "thoughtsTokenCount": 20}}
    second = STOP | {"usageMetadata": {"candidatesTokenCount": 25}}
    frames = chunks(first, second)

    assert decode(frames)[-1] == Ended(Usage(9, 25, reasoning=20))
    assert watched(frames).usage == Usage(9, 25, reasoning=20)


def test_the_watch_reads_an_event_of_many_lines() -> None:
    frame = b'data: {"usageMetadata":\ndata: {"promptTokenCount":3}}\n\n'

    assert watched([frame]).usage == Usage(3)
    assert watched([b'data: {"usageMetadata":\n\n']).usage is None


def test_an_empty_array_is_cut_short() -> None:
    assert json_array.data(b"[]") == b""
    with pytest.raises(Problem, match="closed before"):
        decode([b"[]"], ARRAY)
