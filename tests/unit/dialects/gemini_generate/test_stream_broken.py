"""Streams that fail, break off or talk nonsense: a problem, never an end."""

import pytest
from hypothesis import given

from lockgate.core.events import Ended, Finished, Started, ToolDelta
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.gemini_generate import plugin
from tests.unit.dialects.gemini_generate.stream_samples import (
    ASK,
    CHUNKS,
    STOP,
    WIRE,
    call,
    chunks,
    decode,
    encode,
    parts,
    piece,
    told,
)


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
