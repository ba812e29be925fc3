"""The golden documents survive a round trip through the canonical form, and the official client reads them."""

import contextlib
import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import msgspec
import ollama
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.body import head
from lockgate.core.dialect import Target
from lockgate.core.events import Ended, TextDelta
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.ollama_generate import plugin
from tests.unit.dialects.ollama_generate.drive import ASK, GOLDENS, decoded, encoded
from tests.wire.test_openai_chat import JSON, STEPS, mutated

REQUESTS = sorted(GOLDENS.glob("*.request.json"))
ANSWERS = sorted(GOLDENS.glob("*.answer.json"))
STREAMS = sorted(path for path in GOLDENS.glob("*.stream.txt") if not path.name.startswith("error"))


def name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", REQUESTS, ids=name)
def test_a_request_comes_back_as_it_was(path: Path) -> None:
    raw = path.read_bytes()

    chat = plugin.decode_chat(raw, plugin.ask(Target(), head(raw)))
    encoded_ = plugin.encode_chat(chat)

    assert json.loads(encoded_.wire) == json.loads(raw)
    assert (chat.unsaid, encoded_.lost) == ((), ())


@pytest.mark.parametrize("path", ANSWERS, ids=name)
def test_an_answer_comes_back_as_it_was_but_for_durations(path: Path) -> None:
    raw = path.read_bytes()

    answer = plugin.decode_answer(raw, ASK)
    encoded_ = plugin.encode_answer(answer, ASK)

    expected = {key: value for key, value in json.loads(raw).items() if not key.endswith("_duration")}
    expected["created_at"] = expected["created_at"].partition(".")[0] + "Z"
    assert json.loads(encoded_.wire) == expected
    assert (answer.unsaid, encoded_.lost) == ((), ())
    assert plugin.decode_answer(encoded_.wire, ASK) == answer
    assert plugin.unary_usage(encoded_.wire) == answer.usage
    assert ollama.GenerateResponse(**json.loads(encoded_.wire)).response == expected["response"]


@pytest.mark.parametrize("path", STREAMS, ids=name)
def test_a_stream_comes_back_with_the_same_events(path: Path) -> None:
    events = decoded([path.read_bytes()])

    wire, lost = encoded(events)

    assert decoded([wire]) == events
    assert lost == []


@given(st.sampled_from(STREAMS), st.lists(st.integers(0, 2000), max_size=12))
def test_cuts_never_change_the_events(path: Path, places: list[int]) -> None:
    raw = path.read_bytes()
    edges = sorted({0, len(raw), *(place % (len(raw) + 1) for place in places)})

    assert decoded([raw[a:b] for a, b in pairwise(edges)]) == decoded([raw])


@pytest.mark.parametrize("path", STREAMS, ids=name)
def test_a_stream_that_is_cut_is_no_answer(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    for count in range(len(lines)):
        with pytest.raises(Problem) as caught:
            decoded(lines[:count])

        assert (caught.value.kind, caught.value.source) == (Kind.BAD_UPSTREAM, "upstream")


@pytest.mark.parametrize("path", STREAMS, ids=name)
def test_the_watch_sees_what_the_decoder_does(path: Path) -> None:
    watch = plugin.watch()
    for frame in path.read_bytes().splitlines(keepends=True):
        assert not watch.ended
        watch.feed(frame)

    assert (watch.ended, watch.failed) == (True, None)
    assert Ended(watch.usage) == decoded([path.read_bytes()])[-1]  # type: ignore[arg-type]


def test_an_error_line_is_the_upstreams_problem() -> None:
    with pytest.raises(Problem, match="an error was encountered") as caught:
        decoded([(GOLDENS / "error.stream.txt").read_bytes()])

    assert (caught.value.kind, caught.value.source) == (Kind.UPSTREAM_ERROR, "upstream")


DOCUMENTS = [path.read_bytes() for path in REQUESTS + ANSWERS]


@given(document=st.sampled_from(DOCUMENTS), steps=STEPS, new=JSON)
def test_damaged_documents_are_problems_at_most(document: bytes, steps: list[int], new: Any) -> None:
    raw = msgspec.json.encode(mutated(msgspec.json.decode(document), steps, new))

    for step in (plugin.decode_chat, plugin.decode_answer, lambda raw, ask: plugin.ask(Target(), head(raw))):
        with contextlib.suppress(Problem):
            step(raw, ASK)


def client(body: bytes, status: int = 200) -> ollama.Client:
    """The official client on a scripted transport, in pieces of seven bytes."""

    def pieces() -> Iterator[bytes]:
        yield from (body[i : i + 7] for i in range(0, len(body), 7))

    return ollama.Client(
        "http://gateway", transport=httpx.MockTransport(lambda request: httpx.Response(status, content=pieces()))
    )


def test_the_official_client_reads_lines_whatever_is_in_them_and_raises_at_an_error() -> None:
    texts = ["a\u2028b", "\x85", "c\n"]
    encoder = plugin.encoder(ASK)
    wire = b"".join(map(encoder.feed, map(TextDelta, texts)))
    wire += encoder.fail(Problem(Kind.UPSTREAM_TIMEOUT, "the upstream fell\u2028silent", source="upstream"))

    parts = client(wire).generate("m", "hi", stream=True)

    assert [next(parts).response for _ in texts] == texts
    with pytest.raises(ollama.ResponseError, match="the upstream fell\u2028silent"):
        next(parts)
    assert b'"done":true' not in wire
