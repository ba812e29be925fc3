"""S63: a rule that asks elsewhere changes what it says it changes, and nothing else; the record says so, hashes and all."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from lockgate.core.answer import Answer, Choice
from lockgate.core.audit import Proving
from lockgate.core.chat import Block, Media, Refusal, Text, Thinking, ToolCall
from lockgate.core.dialect import Ask, Dialect
from lockgate.core.events import Event, LogProbs
from lockgate.core.guard import NO_RULES
from lockgate.pipeline.as_events import events
from lockgate.pipeline.consulting import Consulting
from lockgate.pipeline.guarded import Guarded
from lockgate.pipeline.lanes import Sides
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.review import Review
from lockgate.pipeline.serve import serve
from tests.dialects import CHATS
from tests.fakes import Coming, Notebook, Script, inbound
from tests.unit.pipeline.elsewhere import Detective, remote, with_remote
from tests.unit.pipeline.gateway import KEY, chat, openai_stream, whole

DIALECTS = CHATS
ASK = Ask("m", stream=True, usage=True, request_id="r", created=1)
BLOCKS: dict[str, tuple[Block, ...]] = {
    "text": (Text("a word " * 80),),
    "thinking": (Thinking("let me see " * 50, "c2ln"), Text("so")),
    "call": (ToolCall("c1", "look", '{"a":"' + "b " * 200 + '"}'),),
    "calls": (Text("both"), ToolCall("c1", "look", '{"a":1}'), ToolCall("c2", "listen", "{}")),
    "refusal": (Refusal("no, I will not"),),
    "picture": (Text("see"), Media("image", url="https://host.example/a.png")),
    "nothing": (),
}


@pytest.mark.parametrize("window", [0, 200])
@pytest.mark.parametrize("action", ["mask", "block"])
async def test_S63_what_came_and_what_left_is_what_the_record_says(window: int, action: Any) -> None:
    upstream = openai_stream(*("see the night", "ingale ", "fly " * 100, "home"))
    notebook = Notebook()
    gateway = with_remote(Script(upstream), notebook, remote(Detective(), action, "response", window=window))
    raw = msgspec.json.encode(chat("fast", stream=True))

    reply = await serve(replace(gateway, proving=Proving("p", always=True)), inbound("/v1/chat/completions", raw, KEY))
    body = await whole(reply)

    hashes = notebook.outcome.hashes
    assert hashes is not UNSET
    assert hashes.response == sha256(body).hexdigest()
    came = b"".join(chunk for chunk in upstream.chunks if isinstance(chunk, bytes))
    assert hashes.upstream in {sha256(came[:end]).hexdigest() for end in range(len(came) + 1)}
    if action == "mask":
        assert hashes.upstream == sha256(came).hexdigest()
    assert {(f.rule, f.action) for f in notebook.outcome.findings} == {("far", action)}


async def passed(dialect: Dialect, wire: bytes, window: int, step: int) -> bytes:
    ledger = Ledger("", 0, 0)
    far = remote(Detective(), "block", "response", window=window)["remote_response_rules"]
    sides = Sides(dialect, ASK, dialect, ASK)
    body = Coming([wire[at : at + step] for at in range(0, len(wire), step)])
    lane = Guarded(sides, NO_RULES, ledger, anew=True)
    stream = Consulting(sides, Review(NO_RULES, far, ledger), ledger, (), body)
    return b"".join([lane.feed(chunk) async for chunk in stream]) + lane.end()


def meaning(dialect: Dialect, wire: bytes) -> list[Event]:
    """The events, deltas that follow each other joined."""
    framing, decoder = dialect.framing(ASK), dialect.decoder(ASK)
    frames = (*framing.feed(wire), *framing.end())
    found: list[Event] = [event for frame in frames for event in decoder.feed(frame)]
    found += decoder.end()
    return [event for event in found if not isinstance(event, LogProbs)]


@pytest.mark.parametrize("step", [7, 10_000])
@pytest.mark.parametrize("window", [0, 200])
@pytest.mark.parametrize("blocks", BLOCKS)
@pytest.mark.parametrize("name", DIALECTS)
async def test_S63_a_stream_in_which_nothing_was_found_means_what_it_meant(
    name: str, blocks: str, window: int, step: int
) -> None:
    dialect = DIALECTS[name]
    answer = Answer(id="a", model="m", created=1, choices=(Choice(BLOCKS[blocks]),))
    encoder = dialect.encoder(ASK)
    wire = b"".join([encoder.feed(event) for event in events(answer)])

    assert meaning(dialect, await passed(dialect, wire, window, step)) == meaning(dialect, wire)
