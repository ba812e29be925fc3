"""Responses and streams that real servers sent, and that nobody here made: OpenAI, Azure, xAI and LM Studio."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from lockgate.codec import sse
from lockgate.core.answer import Usage
from lockgate.core.events import (
    Ended,
    Finished,
    LogProbs,
    RunStarted,
    Started,
    TextDelta,
    ThinkingDelta,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_responses import plugin
from tests.unit.dialects.openai_responses.drive import ASK, decoded, encoded, frames

SHARED = Path(os.environ.get("LOCKGATE_SHARED") or Path(__file__).parents[2] / ".." / "shared").resolve()
FIXTURES = SHARED / "fixtures"

pytestmark = pytest.mark.skipif(not FIXTURES.is_dir(), reason=f"no recorded data at {FIXTURES}")
PACKAGES = FIXTURES / "vercel" / "packages"
NOT_SAID = (RunStarted, LogProbs, Ended)
"""Items of the provider's own begin with themselves, log probabilities stand at the end of their text, searches are not counted."""


def found(pattern: str) -> Iterator[Path]:
    yield from PACKAGES.glob(f"*/src/responses/__fixtures__/{pattern}")
    yield from PACKAGES.glob(f"azure/src/__fixtures__/{pattern}")


def streams() -> list[Path]:
    return [path for path in sorted(found("*.chunks.txt")) if b"response.created" in path.read_bytes()]


def answers() -> list[Path]:
    every = [*found("*.json"), *FIXTURES.glob("apisix/t/fixtures/openai/responses-*.json")]
    return [path for path in sorted(every) if b'"output"' in path.read_bytes()]


def turns(path: Path) -> list[list[bytes]]:
    """The frames of each stream in a recording: some hold several turns, one after the other."""
    every: list[list[bytes]] = [[]]
    documents: list[str] = []
    for line in path.read_text().splitlines():
        text = line.removeprefix("data:").strip()
        if not text:
            continue
        documents.append(text)
        try:
            kind = msgspec.json.decode("".join(documents))["type"]
        except msgspec.DecodeError:
            continue  # a document over several lines
        every[-1].append(sse.frame("".join(documents).encode(), kind))
        documents.clear()
        if kind in ("response.completed", "response.incomplete", "response.failed"):
            every.append([])
    return [turn for turn in every if turn]


def name(path: Path) -> str:
    return path.relative_to(FIXTURES).as_posix()


def test_there_are_recordings() -> None:
    assert len(streams()) >= 45
    assert len(answers()) >= 45


@pytest.mark.parametrize("path", [path for path in streams() if "error" not in path.name], ids=name)
def test_streams_are_whole_and_carry_on(path: Path) -> None:
    for turn in turns(path):
        events = decoded(turn)
        watch = plugin.watch()
        for frame in turn:
            watch.feed(frame)

        assert isinstance(events[0], Started)
        assert isinstance(events[-2], Finished)
        assert isinstance(events[-1], Ended)
        again = decoded([encoded(events)])
        assert [event for event in again[1:] if not isinstance(event, NOT_SAID)] == [
            event for event in events[1:] if not isinstance(event, NOT_SAID)
        ]
        assert (watch.usage or Usage()) == events[-1].usage
        assert (watch.ended, watch.failed) == (True, None)


@pytest.mark.parametrize("path", [path for path in streams() if "error" in path.name], ids=name)
def test_streams_that_failed_are_never_complete(path: Path) -> None:
    (turn,) = turns(path)
    watch = plugin.watch()
    for frame in turn:
        watch.feed(frame)

    with pytest.raises(Problem, match="exceeded your current quota") as caught:
        decoded(turn)

    assert caught.value.kind is Kind.UPSTREAM_ERROR
    assert not watch.ended
    assert watch.failed is not None


@pytest.mark.parametrize("path", answers(), ids=name)
def test_answers_carry_on(path: Path) -> None:
    answer = plugin.decode_answer(path.read_bytes(), ASK)
    again = plugin.decode_answer(plugin.encode_answer(answer, ASK).wire, ASK)

    assert again.choices == answer.choices
    assert msgspec.structs.replace(again.usage, searches=answer.usage.searches, tier=answer.usage.tier) == answer.usage


def test_what_was_recorded_is_what_is_understood() -> None:
    azure = PACKAGES / "azure" / "src" / "__fixtures__"
    thoughts = decoded(turns(azure / "azure-reasoning-encrypted-content.1.chunks.txt")[0])
    studio = decoded(turns(PACKAGES / "open-responses/src/responses/__fixtures__/lmstudio-tool-call.1.chunks.txt")[0])

    told = "".join(event.text for event in thoughts if isinstance(event, ThinkingDelta))
    assert told.startswith("**Calculating in steps**\n\nI need to carry out")
    assert [(e.name, e.id[:5]) for e in thoughts if isinstance(e, ToolStarted)] == [("calculator", "call_")]
    arguments = "".join(event.arguments for event in thoughts if isinstance(event, ToolDelta))
    assert msgspec.json.decode(arguments) == {"a": 12, "b": 7, "op": "add"}
    assert any(isinstance(event, ThinkingDelta) for event in studio)
    assert [event.name for event in studio if isinstance(event, ToolStarted)] == ["weather"]
    text = decoded(turns(azure / "azure-text.1.chunks.txt")[0])
    assert [event for event in text if isinstance(event, TextDelta)] == [TextDelta("Hello")]
    assert frames(b"".join(turns(azure / "azure-text.1.chunks.txt")[0]))
