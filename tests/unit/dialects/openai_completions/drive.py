"""Runs documents and streams through the dialect, as the pipeline does."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from lockgate.core.body import head
from lockgate.core.chat import Chat
from lockgate.core.dialect import Ask, Target
from lockgate.core.events import Event
from lockgate.dialects.openai_completions import plugin

GOLDENS = Path(__file__).parents[3] / "wire/openai_completions"
ASK = Ask(model="asked", stream=True, usage=True, request_id="REQ", created=1700000000)


def ask(**fields: Any) -> Ask:
    return plugin.ask(Target(), head(json.dumps(fields).encode()))


def chat(**fields: Any) -> Chat:
    """A request of that content, decoded."""
    raw = json.dumps({"model": "m", "prompt": "hi", **fields}).encode()
    return plugin.decode_chat(raw, plugin.ask(Target(), head(raw)))


def decoded(pieces: Iterable[bytes], ask: Ask = ASK) -> list[Event]:
    """Chunks as they come, to events; raises what the decoder raises."""
    splitter, decoder = plugin.framing(ask), plugin.decoder(ask)
    cut = [frame for piece in pieces for frame in splitter.feed(piece)] + list(splitter.end())
    return [event for frame in cut for event in decoder.feed(frame)] + list(decoder.end())


def encoded(events: Sequence[Event], ask: Ask = ASK) -> tuple[bytes, list[str]]:
    encoder = plugin.encoder(ask)
    return b"".join(encoder.feed(event) for event in events), encoder.lost
