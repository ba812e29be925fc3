"""Answers of vectors: what is counted, what is left without the numbers, and that it is whole, however it is cut."""

import base64
import struct
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types import CreateEmbeddingResponse

from lockgate.core.answer import Usage
from lockgate.core.problem import Problem
from lockgate.dialects.openai_embeddings import usage
from lockgate.dialects.openai_embeddings.bare import bare
from lockgate.dialects.openai_embeddings.passed import Passed

FLOATS = st.lists(st.floats(-1, 1, width=32), min_size=65, max_size=70)
NUMBERS = FLOATS | st.lists(st.integers(-128, 127), max_size=50)
BASE64 = FLOATS.map(lambda each: base64.b64encode(struct.pack(f"<{len(each)}f", *each)).decode())
COUNTS = st.dictionaries(st.sampled_from(("prompt_tokens", "total_tokens")), st.integers(1, 10**6), min_size=1)


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    vectors = draw(st.lists(NUMBERS | BASE64, max_size=4))
    data = [{"object": "embedding", "index": i, "embedding": each} for i, each in enumerate(vectors)]
    document = {"object": "list", "data": data, "model": "m", "usage": draw(COUNTS)}
    return {name: document[name] for name in draw(st.permutations(list(document)))}


@settings(max_examples=30)
@given(answers(), st.lists(st.integers(0, 5000), max_size=8))
def test_a_whole_one_is_known_as_whole_and_counted_however_it_is_cut(document: dict[str, Any], cuts: list[int]) -> None:
    wire = msgspec.json.encode(document)
    passed, places = Passed(), [0, *sorted(min(cut, len(wire)) for cut in cuts), len(wire)]
    for start, end in pairwise(places):
        passed.feed(wire[start:end])

    counts = document["usage"]
    assert passed.ended
    assert passed.usage == usage.unary(wire) == Usage(counts.get("prompt_tokens") or counts["total_tokens"])


@settings(max_examples=30)
@given(answers(), st.data())
def test_one_that_was_cut_short_is_not(document: dict[str, Any], data: st.DataObject) -> None:
    wire, passed = msgspec.json.encode(document), Passed()
    passed.feed(wire[: data.draw(st.integers(0, len(wire) - 1))])

    assert not passed.ended


@settings(max_examples=30)
@given(answers())
def test_without_its_vectors_it_is_short_and_with_them_it_is_the_same(document: dict[str, Any]) -> None:
    made = bare(msgspec.json.encode(document))

    assert b'embedding":' not in made.rest
    assert msgspec.json.decode(made.filled(made.rest)) == msgspec.json.decode(msgspec.json.encode(document))


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"data":null}', b'{"data":[1]}', b'{"data":{}}', b"\xff", b'{"data":[' * 10_000]
)
def test_what_is_no_such_answer_is_a_bad_upstream(body: bytes) -> None:
    with pytest.raises(Problem, match="did not answer with vectors"):
        bare(body)
    assert usage.unary(body) is None


@pytest.mark.parametrize(
    "counts",
    [
        None,
        [],
        "8",
        {},
        {"prompt_tokens": -1},
        {"prompt_tokens": True},
        {"prompt_tokens": "8"},
        {"total_tokens": 1e300},
    ],
)
def test_strange_counts_are_none(counts: Any) -> None:
    wire, passed = msgspec.json.encode({"data": [], "usage": counts}), Passed()
    passed.feed(wire)

    assert usage.unary(wire) is passed.usage is None


def test_the_official_client_reads_what_the_samples_say() -> None:
    data = [{"object": "embedding", "index": 0, "embedding": [0.5]}]
    document = {"object": "list", "data": data, "model": "m", "usage": {"prompt_tokens": 3, "total_tokens": 3}}

    read = CreateEmbeddingResponse.model_validate(document)

    assert usage.unary(msgspec.json.encode(document)) == Usage(read.usage.prompt_tokens)


def test_S60_of_two_fields_of_one_name_only_that_one_leaves_which_was_seen() -> None:
    made = bare(b'{"data":["a"],"data":[{"embedding":"a","embedding":[0.5],"index":0}],"model":"m"}')

    assert made.filled(made.rest) == b'{"data":[{"embedding":[0.5],"index":0}],"model":"m"}'


@pytest.mark.parametrize("seen", [b"{}", b'{"data":[]}', b'{"data":"x"}'])
def test_a_rule_that_changes_what_holds_the_vectors_is_told(seen: bytes) -> None:
    with pytest.raises(Problem, match="a rule changed"):
        bare(b'{"data":[{"embedding":[0.5]}]}').filled(seen)
