"""Where each rule looks, found out by trying: a canary in each slot of each dialect, in requests, answers and streams."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import msgspec
from msgspec import Raw, Struct

from lockgate.app.remote_coverage import asking, streamed, whole
from lockgate.app.rule_sets import rule
from lockgate.app.settings import RuleSettings
from lockgate.core.answer import Answer, Choice
from lockgate.core.body import head
from lockgate.core.chat import Block, Chat, Media, Message, Refusal, Role, Text, Thinking, Tool, ToolCall, ToolResult
from lockgate.core.dialect import Ask, Dialect
from lockgate.core.guard import Direction, Rules
from lockgate.core.problem import Problem
from lockgate.core.registry import tables
from lockgate.core.remote_guard import RemoteGuardConfig, RemoteRules
from lockgate.core.sample import Sample
from lockgate.guards.blocklist import plugin as blocklist
from lockgate.patterns.looking import Looking
from lockgate.pipeline.as_events import events
from lockgate.pipeline.guarded import Guarded
from lockgate.pipeline.lanes import Sides
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.screen import screened

CANARY = "canaryword"
Own = Rules | RemoteRules
Way = Literal["request", "response", "stream"]
Seen = Literal["looks", "does not look", "no such slot", "OPEN"]
ASK = Ask("m", stream=True, usage=True, request_id="r", created=1)
_CALL = ToolCall("c1", "f", "{}")


class Cell(Struct, frozen=True):
    """What became of one canary. `OPEN`: the rule should have seen it, and did not."""

    rule: str
    dialect: str
    slot: str
    way: Way
    seen: Seen


def coverage(settings: Sequence[RuleSettings]) -> Iterator[Cell]:
    """Every rule, as if its guard looked for the canary."""
    engine = Looking([blocklist(words=(CANARY,)).build()])
    dialects = tables("lockgate.dialects", Dialect)
    for each in settings:
        tried = replace(rule(0, each, lambda data: ""), mode="enforce", action="mask")
        for dialect in dialects.values():
            for way in ("request", "response", "stream"):
                direction: Direction = "request" if way == "request" else "response"
                remote = isinstance(each.guard, RemoteGuardConfig)
                own = asking(tried, CANARY, direction) if remote else Rules([tried], engine, direction)
                for slot, wire in _wires(dialect, way):
                    yield Cell(each.name, dialect.name, slot, way, _seen(own, dialect, _PLACES[slot], way, wire))
                for sample in _samples(dialect, way):
                    seen = _seen(own, dialect, sample.place, way, sample.wire)
                    yield Cell(each.name, dialect.name, sample.slot, way, seen)


def _seen(own: Own, dialect: Dialect, place: str, way: Way, wire: bytes) -> Seen:
    if CANARY.encode() not in wire:
        return "no such slot"
    gone = CANARY.encode() not in (
        _streamed(own, dialect, wire) if way == "stream" else _whole(own, dialect, way, wire)
    )
    if gone:
        return "looks"
    rules = own.rules if isinstance(own, RemoteRules) else own
    return "OPEN" if rules.at(place)[0] else "does not look"


def _whole(own: Own, dialect: Dialect, way: Way, wire: bytes) -> bytes:
    side = "" if way == "request" else "response."
    if isinstance(own, RemoteRules):
        return whole(own, dialect, side, wire) if own else wire
    return screened(head(wire), dialect, own, Ledger("", 0, 0), side).wire() if own else wire


def _streamed(own: Own, dialect: Dialect, wire: bytes) -> bytes:
    if not own:
        return wire
    if isinstance(own, RemoteRules):
        return streamed(own, dialect, ASK, wire)
    lane = Guarded(Sides(dialect, ASK, dialect, ASK), own, Ledger("", 0, 0))
    try:
        return lane.feed(wire) + lane.end()
    except (Problem, ValueError):
        return b""


def _samples(dialect: Dialect, way: Way) -> Iterator[Sample]:
    """What no `Chat` says: tools that a provider runs, and what is no chat at all."""
    return (sample for sample in dialect.samples(CANARY) if sample.way == way)


def _wires(dialect: Dialect, way: Way) -> Iterator[tuple[str, bytes]]:
    """A document or stream for each slot that a chat may have in a dialect."""
    if dialect.vectors is not None:
        return
    if way == "request":
        for slot, chat in _CHATS.items():
            yield slot, dialect.encode_chat(chat).wire
        yield "unknown field", _unknown(dialect.encode_chat(_CHATS["user"]).wire.replace(CANARY.encode(), b"hi"))
        return
    for slot, blocks in _ANSWERS.items():
        answer = Answer(id="a", model="m", created=1, choices=(Choice(tuple(blocks)),))
        encoder = dialect.encoder(ASK)
        streamed = b"".join([encoder.feed(event) for event in events(answer)])
        yield slot, streamed if way == "stream" else dialect.encode_answer(answer, ASK).wire
    plain = dialect.encode_answer(Answer(id="a", model="m", choices=(Choice((Text("hi"),)),)), ASK).wire
    if way == "response":
        yield "unknown field", _unknown(plain)


def _unknown(wire: bytes) -> bytes:
    return msgspec.json.encode({**msgspec.json.decode(wire), "brand_new": {"of_it": [CANARY]}})


def _chat(*blocks: Block, role: Role = "user", tools: tuple[Tool, ...] = ()) -> Chat:
    return Chat(model="m", messages=(Message("user", (Text("hi"),)), Message(role, blocks)), tools=tools)


_CHATS: Mapping[str, Chat] = {
    "system": _chat(Text(CANARY), role="system"),
    "developer": _chat(Text(CANARY), role="developer"),
    "user": _chat(Text(CANARY)),
    "assistant": _chat(Text(CANARY), role="assistant"),
    "thinking": _chat(Thinking(CANARY, "c2ln"), Text("hi"), role="assistant"),
    "tool arguments": _chat(ToolCall("c1", "f", f'{{"a":{{"b":["{CANARY}"]}}}}'), role="assistant"),
    "tool result": Chat(
        model="m",
        messages=(Message("assistant", (_CALL,)), Message("user", (ToolResult("c1", (Text(CANARY),), "f"),))),
    ),
    "tool description": _chat(Text("hi"), tools=(Tool("f", CANARY),)),
    "tool schema": _chat(
        Text("hi"), tools=(Tool("f", schema=Raw(f'{{"type":"object","description":"{CANARY}"}}'.encode())),)
    ),
    "image address": _chat(Media("image", url=f"https://host.example/{CANARY}.png")),
    "file name": _chat(Media("file", mime="application/pdf", data="QUJD", name=f"{CANARY}.pdf")),
    "speaker's name": Chat(model="m", messages=(Message("user", (Text("hi"),), CANARY),)),
}
_ANSWERS: Mapping[str, Sequence[Block]] = {
    "assistant": (Text(CANARY),),
    "thinking": (Thinking(CANARY), Text("hi")),
    "refusal": (Refusal(CANARY),),
    "tool arguments": (ToolCall("c1", "f", f'{{"a":"{CANARY}"}}'),),
    "tool name": (ToolCall("c1", CANARY, "{}"),),
}
_PLACES: Mapping[str, str] = {
    "system": "system",
    "developer": "system",
    "tool arguments": "tool_arguments",
    "tool result": "tool_result",
    "user": "user",
    "assistant": "assistant",
    "thinking": "thinking",
    "refusal": "assistant",
    "tool description": "tool",
    "tool schema": "tool",
    "image address": "user",
    "file name": "user",
    "speaker's name": "opaque",
    "tool name": "opaque",
    "unknown field": "opaque",
}
"""Whose each slot is: what a rule's `on` speaks of."""
