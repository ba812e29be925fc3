"""Streams read: events out of frames, cut anywhere."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.answer import Usage
from lockgate.core.chat import Media
from lockgate.core.dialect import Ask
from lockgate.core.events import (
    Ended,
    Event,
    Finished,
    MediaGiven,
    Started,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolDelta,
    ToolPieces,
    ToolStarted,
)
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
    piece,
)


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

    assert [type(event) for event in events[1:6]] == [ToolPieces] * 4 + [ToolStarted]
    assert [event for event in events[1:-2] if not isinstance(event, ToolPieces)] == [
        ToolStarted(0, "call_r1_0", "f"),
        ToolDelta(0, '{"a":{"b":[{"c":"xy"}]},"n":1,"d d":true,"e":null}'),
        ToolStarted(1, "call_r1_1", "g"),
        ToolDelta(1, "{}"),
        ToolStarted(2, "call_r1_2", "h"),
        ToolDelta(2, '{"l":[1.5,"z"]}'),
        ToolStarted(3, "call_r1_3", "i"),
        ToolDelta(3, "{}"),
    ]
