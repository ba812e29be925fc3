"""The golden documents survive a round trip through the canonical form, and are what the official client reads."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ollama import ChatResponse

from lockgate.core.body import head
from lockgate.core.dialect import Target
from lockgate.core.events import Ended, Finished, MediaGiven, Started, ToolStarted
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.ollama_chat import plugin
from tests.unit.dialects.ollama_chat.drive import ASK, GOLDENS, decoded, encoded, golden

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
    assert ChatResponse(**json.loads(encoded_.wire)).message.content == expected["message"]["content"]


@pytest.mark.parametrize("path", STREAMS, ids=name)
def test_a_stream_comes_back_with_the_same_events(path: Path) -> None:
    events = decoded([path.read_bytes()])

    wire, lost = encoded(events)

    assert decoded([wire]) == [event for event in events if not isinstance(event, MediaGiven)]
    assert lost == (["image in answers"] if path.name.startswith("images") else [])
    assert [type(event) for event in events].count(Started) == 1
    assert isinstance(events[0], Started)
    assert isinstance(events[-2], Finished)
    assert isinstance(events[-1], Ended)
    assert all(ChatResponse(**json.loads(line)).created_at for line in wire.decode().splitlines())


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
        assert caught.value.detail == "the upstream closed before the answer was complete"


@pytest.mark.parametrize("path", STREAMS, ids=name)
def test_the_watch_sees_what_the_decoder_does(path: Path) -> None:
    watch = plugin.watch()
    for frame in path.read_bytes().splitlines(keepends=True):
        assert not watch.ended
        watch.feed(frame)

    assert watch.ended
    assert watch.failed is None
    assert Ended(watch.usage) == decoded([path.read_bytes()])[-1]  # type: ignore[arg-type]


def test_an_error_line_is_the_upstreams_problem() -> None:
    raw, watch = golden("error.stream.txt"), plugin.watch()
    with pytest.raises(Problem) as caught:
        decoded([raw])
    for frame in raw.splitlines(keepends=True):
        watch.feed(frame)

    assert caught.value.kind is Kind.UPSTREAM_ERROR
    assert caught.value.detail == "an error was encountered while running the model"
    assert caught.value.status == 502
    assert watch.failed is not None
    assert not watch.ended


def test_calls_of_a_stream_are_numbered() -> None:
    calls = [event for event in decoded([golden("tools.stream.txt")]) if isinstance(event, ToolStarted)]

    assert [(call.call, call.id) for call in calls] == [(0, "call_lyywui55"), (1, "call_0scw2dos"), (2, "call_3")]
