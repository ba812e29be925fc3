"""Answers, streams and requests that others recorded, decoded and said again.

Deliberate differences from what those projects expect:
- Vercel goes on with the second answer of a spliced stream; here what was said cannot be unsaid, so it is an error.
- APISIX's streams of other dialects are no Anthropic streams: they must end in an error, never in a clean end.
- Kong calls `stop_sequence` a finish reason of its own; here it is a stop.
- Vercel's tool search recordings are two answers in one file; what comes after the first `message_stop` is ignored.
- A recorded answer has calls (made by code execution, answered already) and `end_turn`. Another dialect's answer with
  calls and a plain stop has to become `tool_use` here, so that one changes its reason when it is said again.
- Server tools (web search, code execution, MCP), compaction and fall-back blocks exist in this dialect only: they are
  named in `Answer.unsaid`, and left out of translated streams.
"""

import os
from pathlib import Path

import msgspec
import pytest

from lockgate.codec import sse
from lockgate.core.answer import Usage
from lockgate.core.chat import Chat, Message, Text, ToolCall
from lockgate.core.dialect import Ask
from lockgate.core.events import (
    Ended,
    Event,
    Finished,
    Started,
    Stray,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolDelta,
)
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.anthropic_messages import plugin

SHARED = Path(os.environ.get("LOCKGATE_SHARED") or Path(__file__).parents[2] / "../shared").resolve() / "fixtures"
VERCEL = SHARED / "vercel/packages/anthropic/src/__fixtures__"
SDK = SHARED / "anthropic-sdk/tests/lib/streaming/fixtures"
APISIX = SHARED / "apisix/t/fixtures"
KONG = SHARED / "kong/spec/fixtures/ai-proxy"
ASK = Ask(model="m", stream=True, usage=True, request_id="r1")

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the recorded fixtures are not beside the project")

STREAMS = [*VERCEL.glob("*.chunks.txt"), *SDK.glob("*.txt"), *APISIX.glob("anthropic/*.sse")]
STREAMS += APISIX.glob("protocol-conversion/anthropic-mismatch.sse")
OTHERS = sorted(path for path in APISIX.glob("protocol-conversion/*.sse") if "anthropic-mismatch" not in path.name)
ANSWERS = [*VERCEL.glob("*.json"), *APISIX.glob("anthropic/*.json")]
ANSWERS += [KONG / "anthropic/request-transformer/response-in-json.json"]
SPLICED = "spliced-message-start.chunks.txt"


def frames(path: Path) -> list[bytes]:
    raw = path.read_bytes()
    if path.name.endswith(".chunks.txt"):  # one event's data in each line
        lines = [line for line in raw.splitlines() if line.strip()]
        return [sse.frame(line, msgspec.json.decode(line)["type"]) for line in lines]
    splitter = sse.Splitter()
    return [*splitter.feed(raw), *splitter.end()]


def decoded(pieces: list[bytes]) -> list[Event]:
    decoder = plugin.decoder(ASK)
    return [event for frame in pieces for event in decoder.feed(frame)] + list(decoder.end())


def merged(events: list[Event]) -> list[Event]:
    """Neighbouring deltas of one kind put together: how a text is cut says nothing."""
    found: list[Event] = []
    for event in events:
        last = found[-1] if found else None
        if isinstance(event, TextDelta) and isinstance(last, TextDelta):
            found[-1] = TextDelta(last.text + event.text)
        elif isinstance(event, ThinkingDelta) and isinstance(last, ThinkingDelta):
            found[-1] = ThinkingDelta(last.text + event.text)
        elif isinstance(event, ToolDelta) and isinstance(last, ToolDelta) and event.call == last.call:
            found[-1] = ToolDelta(event.call, last.arguments + event.arguments)
        else:
            found.append(event)
    return found


def named(paths: list[Path]) -> list[Path]:
    return sorted(path for path in paths if path.name != SPLICED)


@pytest.mark.parametrize("path", named(STREAMS), ids=lambda path: path.name)
def test_streams(path: Path) -> None:
    events = decoded(frames(path))

    kinds = [type(event) for event in events]
    assert (kinds[0], kinds[-1]) == (Started, Ended)
    assert (kinds.count(Started), kinds.count(Finished), kinds.count(Ended)) == (1, 1, 1)
    encoder = plugin.encoder(ASK)
    again = sse.Splitter().feed(b"".join(encoder.feed(event) for event in events))
    assert merged(decoded(list(again))) == merged([event for event in events if not isinstance(event, Stray)])
    assert encoder.lost == []


@pytest.mark.parametrize("path", named(STREAMS), ids=lambda path: path.name)
def test_streams_seen_verbatim(path: Path) -> None:
    watch = plugin.watch()
    for frame in frames(path):
        watch.feed(frame)

    last = decoded(frames(path))[-1]
    assert isinstance(last, Ended)
    assert (watch.usage, watch.ended, watch.failed) == (last.usage, True, None)


@pytest.mark.parametrize("path", named(STREAMS), ids=lambda path: path.name)
def test_streams_cut_short_never_end_clean(path: Path) -> None:
    pieces = frames(path)
    for length in range(len(pieces) - 1):
        with pytest.raises(Problem, match="closed before"):
            decoded(pieces[:length])
        if length > 20:
            break


def test_a_second_answer_spliced_into_the_first() -> None:
    with pytest.raises(Problem) as caught:
        decoded(frames(VERCEL / SPLICED))

    assert (caught.value.kind, caught.value.source) == (Kind.BAD_UPSTREAM, "upstream")


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.name)
def test_streams_of_another_dialect(path: Path) -> None:
    with pytest.raises(Problem):
        decoded(frames(path))


@pytest.mark.parametrize("path", sorted(ANSWERS), ids=lambda path: path.name)
def test_answers(path: Path) -> None:
    answer = plugin.decode_answer(path.read_bytes(), ASK)

    wire = msgspec.json.decode(path.read_bytes())
    texts = [part["text"] for part in wire["content"] if part["type"] == "text"]
    assert [block.text for block in answer.choices[0].blocks if isinstance(block, Text)] == texts
    calls = [(part["id"], part["input"]) for part in wire["content"] if part["type"] == "tool_use"]
    assert [
        (block.id, msgspec.json.decode(block.arguments))
        for block in answer.choices[0].blocks
        if isinstance(block, ToolCall)
    ] == calls
    again = plugin.encode_answer(answer, ASK)
    assert again.lost == ()
    choice = answer.choices[0]
    if "programmatic" in path.name:
        choice = msgspec.structs.replace(choice, finish="tool_use")
    bare = msgspec.structs.replace(answer, choices=(choice,), unsaid=(), runs=())
    assert plugin.decode_answer(again.wire, ASK) == bare
    assert plugin.unary_usage(path.read_bytes()) == answer.usage


def test_some_of_them_looked_at_closely() -> None:
    refusal = decoded(frames(VERCEL / "anthropic-refusal.chunks.txt"))
    assert isinstance(refusal[-2], Finished)
    assert refusal[-2].finish == "filtered"

    cached = decoded(frames(APISIX / "anthropic/messages-streaming-with-cache.sse"))
    assert cached[-1] == Ended(Usage(350, 30, cached=200, written=100))

    counted = decoded(frames(VERCEL / "anthropic-message-delta-input-tokens.chunks.txt"))
    assert counted[-1] == Ended(Usage(61, 2))

    thought = plugin.decode_answer((VERCEL / "anthropic-claude-opus-5-reasoning-high.1.json").read_bytes(), ASK)
    assert thought.usage == Usage(51, 1699, reasoning=139)

    signed = decoded(frames(VERCEL / "anthropic-clear-thinking.1.chunks.txt"))
    assert sum(isinstance(event, ThinkingSigned) for event in signed) == 1

    cut = merged(decoded(frames(SDK / "incomplete_partial_json_response.txt")))
    assert isinstance(cut[-2], Finished)
    assert cut[-2].finish == "length"


def test_kongs_answers() -> None:
    folder = KONG / "anthropic/llm-v1-chat/responses"
    good = plugin.decode_answer((folder / "good.json").read_bytes(), ASK)
    assert good.choices[0].blocks == (Text("The sum of 1 + 1 is 2."),)
    for name in ("no_usage_response.json", "malformed_usage_response.json"):
        assert plugin.decode_answer((folder / name).read_bytes(), ASK).usage == Usage()
    for name in ("bad_upstream_response.json", "internal_server_error.html"):
        with pytest.raises(Problem) as caught:
            plugin.decode_answer((folder / name).read_bytes(), ASK)
        assert caught.value.kind is Kind.BAD_UPSTREAM
    assert plugin.read_problem(401, (folder / "unauthorized.json").read_bytes()).detail == "Invalid API Key"

    real = plugin.decode_answer((KONG / "unit/real-responses/anthropic/llm-v1-chat.json").read_bytes(), ASK)
    assert (real.model, real.choices[0].finish) == ("claude-2.1", "stop")


def test_kongs_request_is_ours_too() -> None:
    expected = msgspec.json.decode((KONG / "unit/expected-requests/anthropic/llm-v1-chat.json").read_bytes())
    turns = [Message(turn["role"], (Text(turn["content"]),)) for turn in expected["messages"]]
    system = Message("system", (Text(expected["system"]),))

    encoded = plugin.encode_chat(Chat(model="claude-2.1", messages=(system, *turns), max_tokens=512, temperature=0.5))

    assert msgspec.json.decode(encoded.wire) | {"stream": False} == expected
    assert encoded.lost == ()
    chat = plugin.decode_chat(msgspec.json.encode(expected), Ask(model="claude-2.1"))
    assert (chat.messages, chat.max_tokens, chat.temperature, chat.unsaid) == ((system, *turns), 512, 0.5, ())
