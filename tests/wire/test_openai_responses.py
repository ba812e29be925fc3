"""The golden documents of OpenAI Responses survive a round trip through the canonical form, and the official client reads them."""

import contextlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

from lockgate.codec import sse
from lockgate.core.body import head
from lockgate.core.dialect import Target
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_responses import plugin
from tests.unit.dialects.openai_responses.drive import ASK, decoded, encoded, frames
from tests.wire.test_openai_chat import JSON, STEPS, mutated

HERE = Path(__file__).parent / "openai_responses"
REQUESTS = sorted(HERE.glob("*.request.json"))
ANSWERS = sorted(HERE.glob("*.answer.json"))
STREAMS = sorted(path for path in HERE.glob("*.stream.txt") if not path.name.startswith("error"))
EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)


def name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", REQUESTS, ids=name)
def test_a_request_comes_back_as_it_was(path: Path) -> None:
    raw = path.read_bytes()
    ask = plugin.ask(Target(), head(raw))

    chat = plugin.decode_chat(raw, ask)
    encoded_ = plugin.encode_chat(chat)

    assert (chat.unsaid, encoded_.lost) == ((), ())
    assert msgspec.json.decode(encoded_.wire) == msgspec.json.decode(raw)
    assert plugin.decode_chat(encoded_.wire, ask) == chat


@pytest.mark.parametrize("path", ANSWERS, ids=name)
def test_an_answer_comes_back_and_the_sdk_reads_it(path: Path) -> None:
    answer = plugin.decode_answer(path.read_bytes(), ASK)
    wire = plugin.encode_answer(answer, ASK)

    Response.model_validate_json(wire.wire, strict=True)
    assert plugin.decode_answer(wire.wire, ASK) == answer
    assert wire.lost == ()
    assert plugin.unary_usage(wire.wire) == answer.usage


@pytest.mark.parametrize("path", STREAMS, ids=name)
def test_a_stream_comes_back_and_the_sdk_reads_it(path: Path) -> None:
    events = decoded([path.read_bytes()])
    wire = encoded(events)

    for frame in frames(wire):
        EVENT.validate_json(sse.data(frame), strict=True)
    assert decoded([wire]) == events


@pytest.mark.parametrize("path", STREAMS, ids=name)
@given(places=st.lists(st.integers(0, 9000), max_size=8))
def test_cuts_change_nothing(path: Path, places: list[int]) -> None:
    raw = path.read_bytes()
    edges = sorted({0, len(raw), *(place % len(raw) for place in places)})

    assert decoded(raw[a:b] for a, b in pairwise(edges)) == decoded([raw])


def test_an_error_ends_the_stream() -> None:
    with pytest.raises(Problem, match="exceeded your current quota") as caught:
        decoded([(HERE / "error.stream.txt").read_bytes()])

    assert (caught.value.kind, caught.value.source) == (Kind.UPSTREAM_ERROR, "upstream")


DOCUMENTS = [path.read_bytes() for path in REQUESTS + ANSWERS]


@given(document=st.sampled_from(DOCUMENTS), steps=STEPS, new=JSON)
def test_damaged_documents_are_problems_at_most(document: bytes, steps: list[int], new: Any) -> None:
    raw = msgspec.json.encode(mutated(msgspec.json.decode(document), steps, new))

    for step in (plugin.decode_chat, plugin.decode_answer):
        with contextlib.suppress(Problem):
            step(raw, ASK)
