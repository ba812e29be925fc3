"""Streams: events out of frames, chunks out of events, and a cheap look at frames that pass."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from lockgate.codec import json_array, sse
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
from lockgate.dialects.gemini_generate import plugin

WIRE = Path(__file__).parents[3] / "wire/gemini_generate"
ASK = Ask("gemini-3-pro", stream=True, usage=True, request_id="r1")
ARRAY = Ask("gemini-3-pro", stream=True, usage=True, array=True, request_id="r1")
WHOLE = ["text.stream.txt", "tools.stream.txt", "filtered.stream.txt", "array.stream.txt"]


def asked(name: str) -> Ask:
    return ARRAY if name.startswith("array") else ASK


def decode(pieces: Sequence[bytes], ask: Ask = ASK) -> list[Event]:
    framing, decoder = plugin.framing(ask), plugin.decoder(ask)
    frames = [frame for piece in pieces for frame in framing.feed(piece)] + list(framing.end())
    return [event for frame in frames for event in decoder.feed(frame)] + list(decoder.end())


def chunks(*trees: object) -> list[bytes]:
    return [sse.frame(msgspec.json.encode(tree)) for tree in trees]


def parts(*given: object, **more: object) -> dict[str, Any]:
    return {"candidates": [{"content": {"parts": list(given), "role": "model"}, **more}]}


STOP = {"candidates": [{"finishReason": "STOP"}]}


def encode(events: Sequence[Event], ask: Ask = ASK) -> tuple[bytes, list[str]]:
    encoder = plugin.encoder(ask)
    return b"".join(encoder.feed(event) for event in events), encoder.lost


def sent(events: Sequence[Event]) -> list[Any]:
    return [msgspec.json.decode(sse.data(frame)) for frame in sse.Splitter().feed(encode(events)[0])]


def told(events: Sequence[Event]) -> dict[str, str]:
    """What is told per choice and kind, however it was cut."""
    said: dict[str, str] = {}
    for event in events:
        match event:
            case TextDelta(text, choice) | ThinkingDelta(text, choice):
                key = f"{choice} {type(event).__name__}"
                said[key] = said.get(key, "") + text
    return said


def test_the_golden_stream_of_text() -> None:
    raw = (WIRE / "text.stream.txt").read_bytes()

    assert decode([raw]) == [
        Started("abc", "gemini-3-pro", usage=Usage(9, 20, reasoning=20)),
        ThinkingDelta("I think"),
        TextDelta("Hello"),
        TextDelta("Hi", 1),
        TextDelta(" wörld 😀"),
        Finished("stop"),
        Finished("length", 1),
        Ended(Usage(9, 24, reasoning=20)),
    ]


def test_the_golden_stream_of_tools() -> None:
    raw = (WIRE / "tools.stream.txt").read_bytes()

    assert decode([raw]) == [
        Started("abc", "gemini-3-pro"),
        ToolStarted(0, "call_r1_0", "weather", signature="QkJC"),
        ToolDelta(0, '{"city":"Paris"}'),
        ToolStarted(1, "own", "weather"),
        ToolDelta(1, '{"city":"Rome"}'),
        MediaGiven(Media("image", "image/png", data="iVBORw0KGgo=")),
        ThinkingSigned("QUFB"),
        Finished("tool_use"),
        Ended(Usage(9, 4)),
    ]


def test_a_blocked_prompt_is_filtered() -> None:
    raw = (WIRE / "filtered.stream.txt").read_bytes()

    assert decode([raw]) == [Started("abc", "gemini-3-pro", usage=Usage(9)), Finished("filtered"), Ended(Usage(9))]


def test_an_array_is_the_same_stream() -> None:
    raw = (WIRE / "array.stream.txt").read_bytes()

    assert decode([raw], ARRAY) == [
        Started("abc", "gemini-3-pro"),
        TextDelta('a, ]} "quoted\\\\'),
        TextDelta("b"),
        Finished("stop"),
        Ended(Usage(1, 2)),
    ]


@pytest.mark.parametrize("name", WHOLE)
@given(places=st.lists(st.integers(0, 2000), max_size=15))
def test_cuts_never_change_the_events(name: str, places: list[int]) -> None:
    raw = (WIRE / name).read_bytes()
    edges = sorted({0, len(raw), *(place % len(raw) for place in places)})

    assert decode([raw[a:b] for a, b in pairwise(edges)], asked(name)) == decode([raw], asked(name))


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("ask", [ASK, ARRAY], ids=["events", "array"])
def test_what_is_encoded_decodes_to_the_same(name: str, ask: Ask) -> None:
    before = decode([(WIRE / name).read_bytes()], asked(name))

    written, lost = encode(before, ask)
    after = decode([written], ask)

    def ordered(events: list[Event]) -> list[Event]:
        # Calls are given whole, at the end; counts come with the last chunk.
        rest = [event for event in events if not isinstance(event, Started | ToolStarted | ToolDelta)]
        return rest + [event for event in events if isinstance(event, ToolStarted | ToolDelta)]

    assert ordered(after) == ordered(before)
    assert isinstance(after[0], Started)
    assert lost == []


def test_an_error_in_the_stream_is_raised_as_the_upstream_said_it() -> None:
    raw = (WIRE / "error.stream.txt").read_bytes()

    with pytest.raises(Problem, match="The model is overloaded") as caught:
        decode([raw])

    assert (caught.value.kind, caught.value.status, caught.value.source) == (Kind.UPSTREAM_ERROR, 503, "upstream")


@pytest.mark.parametrize("frame", [b'data: {"error":{"code":429,"message":"x"}}\n\n', b'[{"error":{"code":429}}]'])
def test_errors_in_other_forms(frame: bytes) -> None:
    with pytest.raises(Problem) as caught:
        plugin.decoder(ASK).feed(frame)

    assert caught.value.status == 429


@pytest.mark.parametrize(
    "frames",
    [
        [],
        chunks(parts({"text": "x"})),
        chunks({"usageMetadata": {"promptTokenCount": 1}}),
        chunks({"candidates": [{"index": 0, "finishReason": "STOP"}, {"index": 1}]}),
    ],
)
def test_a_stream_without_its_end_was_cut(frames: list[bytes]) -> None:
    with pytest.raises(Problem, match="closed before") as caught:
        decode(frames)

    assert caught.value.kind is Kind.BAD_UPSTREAM


@pytest.mark.parametrize(
    "frame",
    [
        b"data: nonsense\n\n",
        b"data: 1\n\n",
        b'data: {"candidates":1}\n\n',
        b"data: \xff\n\n",
        b'data: {"candidates":[{"index":-1}]}\n\n',
        b'data: {"candidates":[{"index":100000}]}\n\n',
        b"data: " + b"[" * 5000 + b"\n\n",
    ],
)
def test_nonsense_is_a_bad_upstream(frame: bytes) -> None:
    with pytest.raises(Problem) as caught:
        plugin.decoder(ASK).feed(frame)

    assert (caught.value.kind, caught.value.source) == (Kind.BAD_UPSTREAM, "upstream")


def test_what_means_nothing_gives_no_event() -> None:
    noise = [b": comment\n\n", b"\n\n", b"data:\n\n", b"\xef\xbb\xbf: x\n\n", b"data: [DONE]\n\n", b"event: ping\n\n"]

    plain = decode(chunks(parts({"text": "x"}), STOP))
    noisy = decode([*noise, *chunks(parts({"text": "x"})), *noise, *chunks(STOP), *noise])

    assert noisy == plain
    assert len(plain) == 4


def test_a_finish_with_every_chunk_is_one_finish() -> None:
    events = decode(
        chunks(
            parts({"text": "a"}, finishReason="STOP"),
            parts({"text": "b"}, finishReason="STOP"),
            STOP,
            {"usageMetadata": None},
        )
    )

    assert events[1:] == [TextDelta("a"), TextDelta("b"), Finished("stop"), Ended()]


def call(**fields: object) -> dict[str, Any]:
    return {"functionCall": fields}


def piece(path: str, **value: object) -> dict[str, Any]:
    return {"jsonPath": path, **value}


def test_arguments_in_pieces_are_put_together() -> None:
    events = decode(
        chunks(
            parts(call(name="f", willContinue=True)),
            parts(call(partialArgs=[piece("$.a.b[0].c", stringValue="x", willContinue=True)], willContinue=True)),
            parts(
                call(partialArgs=[piece("$.a.b[0].c", stringValue="y"), piece("$.n", numberValue=1)], willContinue=True)
            ),
            parts(call(partialArgs=[piece("$['d d']", boolValue=True), piece('$["e"]', nullValue="NULL_VALUE")])),
            parts(call()),
            parts(call(name="g", willContinue=True)),
            parts(call(name="h", partialArgs=[piece("$.l[0]", numberValue=1.5), piece("$.l[1]", stringValue="z")])),
            parts(call(name="i", willContinue=True), finishReason="STOP"),
        )
    )

    assert events[1:-2] == [
        ToolStarted(0, "call_r1_0", "f"),
        ToolDelta(0, '{"a":{"b":[{"c":"xy"}]},"n":1,"d d":true,"e":null}'),
        ToolStarted(1, "call_r1_1", "g"),
        ToolDelta(1, "{}"),
        ToolStarted(2, "call_r1_2", "h"),
        ToolDelta(2, '{"l":[1.5,"z"]}'),
        ToolStarted(3, "call_r1_3", "i"),
        ToolDelta(3, "{}"),
    ]


@pytest.mark.parametrize(
    "pieces",
    [
        [piece("")],
        [piece("$")],
        [piece("a.b", stringValue="x")],
        [piece("$.a[999999]", stringValue="x")],
        [piece("$.a[0", stringValue="x")],
        [piece("$[0]", stringValue="x")],
        [piece("$" + ".a" * 65, stringValue="x")],
        [piece("$.a", stringValue="x"), piece("$.a.b", stringValue="x")],
        [piece("$.a[0]", numberValue=1), piece("$.a.b", stringValue="x")],
        [piece("$.a", numberValue=1), piece("$.a[0]", stringValue="x")],
        [piece("$.a", stringValue="x" * 4_200_000)],
    ],
)
def test_pieces_that_contradict_each_other_are_a_bad_upstream(pieces: list[object]) -> None:
    decoder = plugin.decoder(ASK)

    with pytest.raises(Problem) as caught:
        decoder.feed(chunks(parts(call(name="f", partialArgs=pieces)))[0])

    assert caught.value.kind is Kind.BAD_UPSTREAM


def test_a_number_is_not_continued_by_a_string() -> None:
    events = decode(
        chunks(
            parts(
                call(
                    name="f",
                    partialArgs=[piece("$.a", numberValue=1, willContinue=True), piece("$.a", stringValue="x")],
                )
            ),
            STOP,
        )
    )

    assert ToolDelta(0, '{"a":"x"}') in events


PIECES = st.lists(
    st.fixed_dictionaries(
        {"jsonPath": st.text("$.a[0]1'", max_size=8)},
        optional={"stringValue": st.text(max_size=2), "numberValue": st.integers(), "willContinue": st.booleans()},
    ),
    max_size=5,
)
CHUNKS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "candidates": st.lists(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "index": st.integers(-1, 3),
                        "finishReason": st.sampled_from(["STOP", "", "ODD", None]),
                        "content": st.fixed_dictionaries(
                            {},
                            optional={
                                "parts": st.lists(
                                    st.fixed_dictionaries(
                                        {},
                                        optional={
                                            "text": st.text(max_size=3),
                                            "thought": st.booleans(),
                                            "thoughtSignature": st.text(max_size=3),
                                            "functionCall": st.fixed_dictionaries(
                                                {},
                                                optional={
                                                    "name": st.sampled_from(["f", ""]),
                                                    "willContinue": st.booleans(),
                                                    "partialArgs": PIECES,
                                                    "args": st.none() | st.dictionaries(st.text(max_size=1), st.none()),
                                                },
                                            ),
                                        },
                                    ),
                                    max_size=3,
                                )
                            },
                        ),
                    },
                ),
                max_size=3,
            ),
            "usageMetadata": st.none() | st.dictionaries(st.just("promptTokenCount"), st.integers(0, 9) | st.text()),
            "promptFeedback": st.none() | st.just({"blockReason": "SAFETY"}),
        },
    ),
    max_size=5,
)


@given(CHUNKS)
def test_any_stream_is_well_formed_or_a_problem(trees: list[object]) -> None:
    try:
        events = decode(chunks(*trees))
    except Problem:
        return

    kinds = [type(event) for event in events]
    assert kinds[0] is Started
    assert kinds[-1] is Ended
    assert (kinds.count(Started), kinds.count(Ended)) == (1, 1)
    finished = [event.choice for event in events if isinstance(event, Finished)]
    assert len(finished) == len(set(finished))
    assert told(decode([encode(events)[0]])) == told(events)


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


def watched(frames: Sequence[bytes]) -> Any:
    watch = plugin.watch()
    for frame in frames:
        watch.feed(frame)
    return watch


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
