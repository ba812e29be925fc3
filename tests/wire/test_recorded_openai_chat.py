"""Replies and streams that real servers sent, and that nobody here made: all of this format are decoded and carried on."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from lockgate.core.answer import Finish, Usage
from lockgate.core.body import head
from lockgate.core.dialect import Target
from lockgate.core.events import Ended, Event, Finished, Started, TextDelta, ThinkingDelta, ToolDelta, ToolStarted
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.openai_chat import plugin
from tests.unit.dialects.openai_chat.drive import ASK, decoded, encoded, frames

SHARED = Path(os.environ.get("LOCKGATE_SHARED") or Path(__file__).parents[2] / ".." / "shared").resolve()
FIXTURES = SHARED / "fixtures"

pytestmark = pytest.mark.skipif(not FIXTURES.is_dir(), reason=f"no recorded data at {FIXTURES}")

VERCEL = ["groq/src", "deepseek/src/chat", "xai/src/__fixtures__", "mistral/src", "perplexity/src"]
VERCEL += ["openai-compatible/src/chat", "openai/src/chat"]
# Recorded beside them, but of other endpoints: speech to text, embeddings, pictures, Responses.
OTHER = ("transcription", "embeddings", "images-generation", "responses-")
# Differences on purpose: what these hold is not a whole answer, and is told so.
ERRORS = {"reasoning-model-legacy-parameter-error.json", "chat-error.json"}
CUT = {
    "chat-streaming-many-chunks-no-usage.sse",  # made to be aborted: no finish, no [DONE]
    "anthropic-mismatch.sse",  # Anthropic's format: no choices
    "llm-v1-chat.txt",  # Kong cut one chunk out of a stream
}


def found(pattern: str) -> Iterator[Path]:
    for folder in VERCEL:
        yield from FIXTURES.glob(f"vercel/packages/{folder}/**/{pattern}")


def streams() -> list[Path]:
    every = [*found("*.chunks.txt"), *FIXTURES.glob("tensorzero/**/*.jsonl")]
    every += FIXTURES.glob("apisix/t/fixtures/protocol-conversion/*.sse")
    every += FIXTURES.glob("apisix/t/fixtures/openai/chat*.sse")
    every += FIXTURES.glob("apisix/t/fixtures/aws/*.sse")
    every += FIXTURES.glob("kong/spec/fixtures/ai-proxy/unit/real-stream-frames/openai/llm-v1-chat.txt")
    return sorted(every)


def answers() -> list[Path]:
    every = [*found("*.json"), *FIXTURES.glob("tensorzero/**/*.json")]
    every += FIXTURES.glob("apisix/t/fixtures/openai/*.json")
    every += FIXTURES.glob("apisix/t/fixtures/aws/*.json")
    every += FIXTURES.glob("kong/spec/fixtures/ai-proxy/unit/real-responses/*/openai/llm-v1-chat.json")
    every += FIXTURES.glob("kong/spec/fixtures/ai-proxy/unit/real-responses/openai/llm-v1-chat.json")
    return sorted(path for path in every if not any(word in path.name for word in OTHER))


def wire(path: Path) -> bytes:
    raw = path.read_bytes()
    if path.suffix != ".sse" and b"data:" not in raw:  # one chunk a line, as Vercel keeps them
        raw = b"".join(b"data: " + line + b"\n\n" for line in raw.splitlines() if line.strip()) + b"data: [DONE]\n\n"
    return raw


def name(path: Path) -> str:
    return path.relative_to(FIXTURES).as_posix()


def test_there_are_recordings() -> None:
    assert len(streams()) >= 38
    assert len(answers()) >= 38


@pytest.mark.parametrize("path", [path for path in streams() if path.name not in CUT], ids=name)
def test_streams_are_whole_and_carry_on(path: Path) -> None:
    raw = wire(path)
    events = decoded([raw])
    watch = plugin.watch()
    for frame in frames(raw):
        watch.feed(frame)

    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Ended)
    assert [type(event) for event in events].count(Started) == 1
    assert sum(isinstance(event, Finished) for event in events) == 1
    assert any(isinstance(event, TextDelta | ToolStarted) for event in events)
    # Copies leave out the date and the model: ours are written then.
    assert decoded([encoded(events)])[1:] == events[1:]
    assert (watch.usage or Usage()) == events[-1].usage
    assert (watch.ended, watch.failed) == (True, None)


@pytest.mark.parametrize("path", [path for path in streams() if path.name in CUT], ids=name)
def test_half_streams_are_never_complete(path: Path) -> None:
    watch = plugin.watch()
    for frame in frames(wire(path)):
        watch.feed(frame)

    with pytest.raises(Problem) as caught:
        decoded([wire(path)])

    assert caught.value.kind is Kind.BAD_UPSTREAM
    assert not watch.ended


@pytest.mark.parametrize("path", [path for path in answers() if path.name not in ERRORS], ids=name)
def test_answers_carry_on(path: Path) -> None:
    answer = plugin.decode_answer(path.read_bytes(), ASK)
    again = plugin.decode_answer(plugin.encode_answer(answer, ASK).wire, ASK)

    assert again.usage == answer.usage
    assert [choice.finish for choice in again.choices] == [choice.finish for choice in answer.choices]
    if path.name != "null-function.json":  # a call without a function: its arguments become {}
        assert again.choices == answer.choices
    assert answer.unsaid in ((), ("citations",))


@pytest.mark.parametrize("path", [path for path in answers() if path.name in ERRORS], ids=name)
def test_errors_are_understood(path: Path) -> None:
    problem = plugin.read_problem(400, path.read_bytes())

    assert (problem.kind, problem.status, problem.source) == (Kind.UPSTREAM_ERROR, 400, "upstream")
    assert problem.detail == msgspec.json.decode(path.read_bytes())["error"]["message"]


REQUESTS = sorted(FIXTURES.glob("kong/spec/fixtures/ai-proxy/*/llm-v1-chat/requests/*.json"))
REQUESTS += [FIXTURES / "kong/spec/fixtures/ai-proxy/unit/requests/llm-v1-chat.json"]


@pytest.mark.parametrize("path", [path for path in REQUESTS if path.name != "bad_request.json"], ids=name)
def test_requests_come_back_as_they_were(path: Path) -> None:
    body = head(path.read_bytes())
    body = body if "model" in body.top else body.set("model", "m")
    ask = plugin.ask(Target(), body)
    chat = plugin.decode_chat(body.wire(), ask)

    encoded_ = plugin.encode_chat(chat)

    assert (chat.unsaid, encoded_.lost) == ((), ())
    said = msgspec.json.decode(body.wire())
    # A choice of tools without tools is refused by OpenAI, so it is not said.
    expected = {key: value for key, value in said.items() if key in ("model", "messages", "tools", "temperature")}
    assert expected.items() <= msgspec.json.decode(encoded_.wire).items()


@pytest.mark.parametrize("path", [path for path in REQUESTS if path.name == "bad_request.json"], ids=name)
def test_bad_requests_are_refused(path: Path) -> None:
    with pytest.raises(Problem) as caught:
        plugin.decode_chat(path.read_bytes(), ASK)

    assert caught.value.kind is Kind.INVALID


def said(path: str) -> tuple[str, str, list[tuple[str, str]], Finish, Usage]:
    """Text, thoughts, calls, finish and counts of a stream."""
    events: list[Event] = decoded([wire(FIXTURES / path)])
    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    thoughts = "".join(event.text for event in events if isinstance(event, ThinkingDelta))
    calls = [(event.name, arguments(events, event)) for event in events if isinstance(event, ToolStarted)]
    finish = next(event.finish for event in events if isinstance(event, Finished))
    last = events[-1]
    assert isinstance(last, Ended)
    return text, thoughts, calls, finish, last.usage


def arguments(events: list[Event], call: ToolStarted) -> str:
    pieces = (event for event in events if isinstance(event, ToolDelta) and event.call == call.call)
    return "".join(event.arguments for event in pieces)


def test_what_was_recorded_is_what_is_understood() -> None:
    packages = "vercel/packages"
    xai = said(f"{packages}/xai/src/__fixtures__/xai-tool-call.chunks.txt")
    mistral = said(f"{packages}/mistral/src/__fixtures__/mistral-reasoning.chunks.txt")
    pieces = said(f"{packages}/mistral/src/__fixtures__/mistral-incremental-tool-call.chunks.txt")
    deepseek = said(f"{packages}/deepseek/src/chat/__fixtures__/deepseek-reasoning.chunks.txt")
    twice = said("apisix/t/fixtures/protocol-conversion/openrouter-double-finish.sse")

    # xAI counts 196 thoughts beside the 26 tokens of output.
    assert xai[2:] == ([("weather", '{"location":"San Francisco"}')], "tool_use", Usage(291, 222, 290, 0, 196))
    assert mistral[:2] == ("2 + 2 = 4", "The user is asking for 2+2. This is basic arithmetic. 2+2=4.")
    assert pieces[2:4] == ([("webSearchTool", '{"query": "current Berlin weather"}')], "tool_use")
    assert deepseek[1].startswith("We")
    assert deepseek[3:] == ("stop", Usage(18, 219, 0, 0, 205))
    assert twice == ("Hi!", "", [], "stop", Usage(8, 2))
