"""Runs documents and streams through the dialect, as the pipeline does."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Raw

from lockgate.core.answer import Answer, Usage
from lockgate.core.body import head
from lockgate.core.chat import Chat
from lockgate.core.dialect import Ask, Target
from lockgate.core.events import (
    Ended,
    Event,
    Finished,
    LogProbs,
    RefusalDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolDelta,
    ToolStarted,
)
from lockgate.dialects.ollama_chat import plugin

GOLDENS = Path(__file__).parents[3] / "wire/ollama_chat"
ASK = Ask(model="asked", stream=True, usage=True, request_id="REQ", created=1700000000)


def golden(name: str) -> bytes:
    return (GOLDENS / name).read_bytes()


def chat(**fields: Any) -> Chat:
    """A request of that content, decoded."""
    raw = json.dumps({"model": "m", "messages": [], **fields}).encode()
    return plugin.decode_chat(raw, plugin.ask(Target(), head(raw)))


def turns(*messages: Any) -> Chat:
    return chat(messages=list(messages))


def wired(chat: Chat) -> tuple[Any, tuple[str, ...]]:
    """What goes out, and what is lost."""
    encoded = plugin.encode_chat(chat)
    return json.loads(encoded.wire), encoded.lost


def decoded(pieces: Iterable[bytes], ask: Ask = ASK) -> list[Event]:
    """Chunks as they come, to events; raises what the decoder raises."""
    splitter, decoder = plugin.framing(ask), plugin.decoder(ask)
    cut = [frame for piece in pieces for frame in splitter.feed(piece)] + list(splitter.end())
    return [event for frame in cut for event in decoder.feed(frame)] + list(decoder.end())


def encoded(events: Sequence[Event], ask: Ask = ASK) -> tuple[bytes, list[str]]:
    encoder = plugin.encoder(ask)
    return b"".join(encoder.feed(event) for event in events), encoder.lost


def line(**fields: Any) -> bytes:
    return json.dumps({"model": "m", "created_at": "2026-01-01T00:00:00Z", "done": False, **fields}).encode() + b"\n"


def said(**message: Any) -> bytes:
    return line(message={"role": "assistant", "content": "", **message})


DONE = line(message={"role": "assistant", "content": ""}, done=True, done_reason="stop")


def read(**fields: Any) -> Answer:
    return plugin.decode_answer(json.dumps({"model": "m", "done": True, **fields}).encode(), ASK)


PNG = "iVBORw0KGgoAAAA="


STORY: list[Event] = [
    Started("x", "m", 1),
    ThinkingDelta("hm"),
    ThinkingSigned("sig"),
    TextDelta("a"),
    ToolStarted(0, "i0", "f"),
    ToolStarted(1, "", "g"),
    ToolDelta(1, ""),
    ToolDelta(0, '{"a":'),
    TextDelta("b"),
    ToolDelta(0, "1}"),
    ToolDelta(7, "nobody's"),
    RefusalDelta("no"),
    LogProbs(Raw(b'{"content":[{"token":"b","logprob":-1.0}]}')),
    Finished("tool_use"),
    Ended(Usage(3, 4)),
]
