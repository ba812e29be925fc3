"""The golden documents survive a round trip through the canonical form, and are what the official client reads."""

import contextlib
import json
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types import Completion

from lockgate.core.body import head
from lockgate.core.dialect import Target
from lockgate.core.events import Ended, Finished, Started, TextDelta
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_completions import plugin
from tests.unit.dialects.openai_completions.drive import ASK, GOLDENS, decoded, encoded
from tests.wire.test_openai_chat import JSON, STEPS, mutated

REQUESTS = [path.read_bytes() for path in sorted(GOLDENS.glob("*.request.json"))]
ANSWER = (GOLDENS / "text.answer.json").read_bytes()
STREAM = (GOLDENS / "text.stream.txt").read_bytes()


@pytest.mark.parametrize("raw", REQUESTS, ids=range(len(REQUESTS)))
def test_a_request_comes_back_as_it_was(raw: bytes) -> None:
    chat = plugin.decode_chat(raw, plugin.ask(Target(), head(raw)))
    encoded_ = plugin.encode_chat(chat)

    assert json.loads(encoded_.wire) == json.loads(raw)
    assert (chat.unsaid, encoded_.lost) == ((), ())


def test_an_answer_comes_back_and_the_client_reads_it() -> None:
    answer = plugin.decode_answer(ANSWER, ASK)
    wire = plugin.encode_answer(answer, ASK)

    read = Completion.model_validate_json(wire.wire, strict=True)
    assert [choice.text for choice in read.choices] == ["\n\nThis is indeed a test", "A test."]
    assert json.loads(wire.wire)["choices"] == json.loads(ANSWER)["choices"]
    assert plugin.decode_answer(wire.wire, ASK) == answer
    assert plugin.unary_usage(wire.wire) == answer.usage
    assert (answer.unsaid, wire.lost) == ((), ())


def test_a_stream_comes_back_with_the_same_events() -> None:
    events = decoded([STREAM])

    wire, lost = encoded(events)

    assert decoded([wire]) == events
    assert lost == []
    for choice, text in ((0, "This is a test"), (1, "A test.")):
        said = [event.text for event in events if isinstance(event, TextDelta) and event.choice == choice]
        assert "".join(said) == text
    assert events[-3:-1] == [Finished("length", 0), Finished("stop", 1)]


@given(st.lists(st.integers(0, 9000), max_size=12))
def test_cuts_never_change_the_events(places: list[int]) -> None:
    edges = sorted({0, len(STREAM), *(place % (len(STREAM) + 1) for place in places)})

    assert decoded([STREAM[a:b] for a, b in pairwise(edges)]) == decoded([STREAM])


def test_a_stream_that_is_cut_is_no_answer() -> None:
    frames = plugin.framing(ASK).feed(STREAM)
    for count in range(len(frames) - 2):
        with pytest.raises(Problem) as caught:
            decoded(frames[:count])
        assert (caught.value.kind, caught.value.source) == (Kind.BAD_UPSTREAM, "upstream")
    assert isinstance(decoded(frames[:-1])[-1], Ended), "every choice has finished"
    with pytest.raises(Problem, match="without an answer"):
        decoded([b"data: [DONE]\n\n"])


def test_an_error_ends_the_stream() -> None:
    with pytest.raises(Problem, match="had an error") as caught:
        decoded([(GOLDENS / "error.stream.txt").read_bytes()])

    assert (caught.value.kind, caught.value.source) == (Kind.UPSTREAM_ERROR, "upstream")


@pytest.mark.parametrize("usage", [True, False])
def test_counts_come_where_they_are_asked_for(*, usage: bool) -> None:
    wire, _ = encoded(
        [Started("", ""), TextDelta("a"), Finished("stop"), Ended()], msgspec.structs.replace(ASK, usage=usage)
    )

    assert wire.count(b'"usage":{') == usage
    assert (b'"usage":null' in wire) == usage
    assert b'"id":"cmpl-REQ"' in wire
    assert wire.endswith(b"data: [DONE]\n\n")


@given(document=st.sampled_from([*REQUESTS, ANSWER]), steps=STEPS, new=JSON)
def test_damaged_documents_are_problems_at_most(document: bytes, steps: list[int], new: Any) -> None:
    raw = msgspec.json.encode(mutated(msgspec.json.decode(document), steps, new))

    for step in (plugin.decode_chat, plugin.decode_answer, lambda raw, ask: plugin.ask(Target(), head(raw))):
        with contextlib.suppress(Problem):
            step(raw, ASK)
