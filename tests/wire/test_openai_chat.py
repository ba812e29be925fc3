"""The golden documents of OpenAI Chat Completions survive a round trip through the canonical form."""

import contextlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from lockgate.codec import sse
from lockgate.core.body import head
from lockgate.core.dialect import Ask, Target
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat import plugin
from tests.unit.dialects.openai_chat.drive import ASK, decoded, encoded, frames

HERE = Path(__file__).parent / "openai_chat"
REQUESTS = sorted(HERE.glob("*.request.json"))
ANSWERS = sorted(HERE.glob("*.answer.json"))
STREAMS = sorted(path for path in HERE.glob("*.stream.txt") if not path.name.startswith("error"))


def name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", REQUESTS, ids=name)
def test_a_request_comes_back_as_it_was(path: Path) -> None:
    raw = path.read_bytes()
    ask = plugin.ask(Target(), head(raw))

    chat = plugin.decode_chat(raw, ask)
    encoded_ = plugin.encode_chat(chat)

    assert chat.unsaid == ()
    assert encoded_.lost == ()
    assert msgspec.json.decode(encoded_.wire) == msgspec.json.decode(raw)
    assert plugin.decode_chat(encoded_.wire, ask) == chat


@pytest.mark.parametrize("path", ANSWERS, ids=name)
def test_an_answer_comes_back_and_the_sdk_reads_it(path: Path) -> None:
    answer = plugin.decode_answer(path.read_bytes(), ASK)
    wire = plugin.encode_answer(answer, ASK)

    read = ChatCompletion.model_validate_json(wire.wire, strict=True)
    assert plugin.decode_answer(wire.wire, ASK) == answer
    assert wire.lost == ()
    assert len(read.choices) == len(answer.choices)
    assert plugin.unary_usage(wire.wire) == answer.usage


@pytest.mark.parametrize("path", STREAMS, ids=name)
def test_a_stream_comes_back_and_the_sdk_reads_it(path: Path) -> None:
    events = decoded([path.read_bytes()])
    wire = encoded(events)

    chunks = [sse.data(frame) for frame in frames(wire)]
    assert chunks[-1] == b"[DONE]"
    for chunk in chunks[:-1]:
        ChatCompletionChunk.model_validate_json(chunk, strict=True)
    assert decoded([wire]) == events


@pytest.mark.parametrize("path", STREAMS, ids=name)
@given(places=st.lists(st.integers(0, 5000), max_size=8))
def test_cuts_change_nothing(path: Path, places: list[int]) -> None:
    raw = path.read_bytes()
    edges = sorted({0, len(raw), *(place % len(raw) for place in places)})

    assert decoded(raw[a:b] for a, b in pairwise(edges)) == decoded([raw])


def test_an_error_ends_the_stream() -> None:
    with pytest.raises(Problem) as caught:
        decoded([(HERE / "error.stream.txt").read_bytes()])

    assert caught.value.kind is Kind.UPSTREAM_ERROR
    assert caught.value.source == "upstream"
    assert "The server had an error" in caught.value.detail


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
DOCUMENTS = [path.read_bytes() for path in REQUESTS + ANSWERS]
CHUNKS = [sse.data(frame) for path in STREAMS for frame in frames(path.read_bytes()) if b"{" in frame]


def mutated(tree: Any, steps: list[int], new: Any) -> Any:
    """The tree with one value replaced."""
    if isinstance(tree, dict | list) and tree and steps:
        key = list(tree)[steps[0] % len(tree)] if isinstance(tree, dict) else steps[0] % len(tree)
        copy = dict(tree) if isinstance(tree, dict) else list(tree)
        copy[key] = mutated(tree[key], steps[1:], new)
        return copy
    return new


STEPS = st.lists(st.integers(0, 30), min_size=1, max_size=7)


@given(document=st.sampled_from(DOCUMENTS), steps=STEPS, new=JSON)
def test_damaged_documents_are_problems_at_most(document: bytes, steps: list[int], new: Any) -> None:
    tree = mutated(msgspec.json.decode(document), steps, new)
    raw = msgspec.json.encode(tree)

    for step in (plugin.decode_chat, plugin.decode_answer):
        with contextlib.suppress(Problem):
            step(raw, ASK)
    plugin.read_problem(500, raw)
    plugin.unary_usage(raw)
    list(plugin.texts(tree))


@given(documents=st.lists(st.sampled_from(CHUNKS), min_size=1, max_size=4), steps=STEPS, new=JSON)
def test_damaged_chunks_are_problems_at_most(documents: list[bytes], steps: list[int], new: Any) -> None:
    raw = [msgspec.json.encode(mutated(msgspec.json.decode(document), steps, new)) for document in documents]
    stream = [b"data: " + chunk + b"\n\n" for chunk in raw]
    watch = plugin.watch()

    for frame in stream:
        watch.feed(frame)
    with contextlib.suppress(Problem):
        encoded(decoded(stream))


@given(st.lists(st.binary(max_size=60) | st.sampled_from([b"data: ", b"{", b"}", b"\n\n", b"[DONE]", b"\r"])))
def test_garbage_is_a_problem_at_most(pieces: list[bytes]) -> None:
    watch = plugin.watch()
    for piece in pieces:
        watch.feed(piece)
        plugin.read_problem(502, piece)
        for step in (plugin.decode_chat, plugin.decode_answer):
            with pytest.raises(Problem):
                step(piece, Ask(model="m"))
    with contextlib.suppress(Problem):
        decoded(pieces)
