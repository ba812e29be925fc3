"""Clients and a model that talk through a whole gateway without sockets, in four dialects, and what each of them saw."""

import json
import random
import re
import secrets
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from bench.conversations import DIALECTS, GUESS, WAYS, Talk, Turn, written
from bench.pipeline import Memory, Nowhere, Standing
from lockgate.app.zone import zone
from lockgate.core.access import Access
from lockgate.core.answer import Answer, Choice, Usage
from lockgate.core.audit import Books
from lockgate.core.auth import BEARER, Caller, Presented
from lockgate.core.chat import Block, Chat, Message, Text, Thinking, Tool, ToolCall, ToolResult
from lockgate.core.dialect import Ask, Dialect
from lockgate.core.events import TextDelta, ThinkingDelta, ToolDelta
from lockgate.core.exchange import Route, Upstream
from lockgate.core.guard import Engine, Rule, Rules
from lockgate.core.http import Arrival, Inbound, Origin, Outbound
from lockgate.core.names import Names
from lockgate.core.policy import Place, Policies
from lockgate.core.provider import Provider
from lockgate.core.registry import tables
from lockgate.core.secret import Secret
from lockgate.core.tokens import TokenStore
from lockgate.pipeline.as_events import events
from lockgate.pipeline.authenticate import Entrance
from lockgate.pipeline.recognise import Catalogue
from lockgate.pipeline.serve import Gateway, serve
from lockgate.token_stores.lmdb.store import LmdbTokens
from lockgate.tokens.keeper import Keeper, Terms
from lockgate.tokens.seal import Seal

SERVED = dict(zip(DIALECTS, ("openai", "anthropic", "gemini", "ollama"), strict=True))
PATHS = {"openai_chat": "/v1/chat/completions", "anthropic_messages": "/v1/messages", "ollama_chat": "/api/chat"}
_ITEM = re.compile(r"thing (\d+): (.*?) ;", re.DOTALL)
_AGAIN = re.compile(r"say this: (.*?) ;", re.DOTALL)
_TOOLS = (Tool("crm_find", "Finds somebody."),)


class Keys:
    """Everybody is who he says."""

    takes = BEARER

    async def authenticate(self, presented: Presented) -> Caller | None:
        return Caller(presented.credential.decode(), "shop")


@dataclass(slots=True)
class Model:
    """A transport. It does what the turn says, with the tokens that it sees in what was sent; `sent` is all that it saw."""

    dialects: dict[str, Dialect]
    chance: random.Random
    turn: Turn = field(init=False)
    upstream: str = ""
    after_tool: bool = False
    sent: list[bytes] = field(default_factory=list)
    items: dict[int, str] = field(default_factory=dict)
    seen: str = ""

    async def send(self, outbound: Outbound) -> Arrival:
        dialect = self.dialects[self.upstream]
        self.sent.append(outbound.body)
        ask = Ask("m", stream=self.turn.stream, usage=True, request_id="r1", created=5)
        texts = [slot.text for slot in dialect.texts(msgspec.json.decode(outbound.body))]
        self.seen = "\n".join(texts)
        self.items = {int(number): said for text in texts for number, said in _ITEM.findall(text)}
        literal = next((hit for text in reversed(texts) for hit in _AGAIN.findall(text)), "")
        literal = literal if self.turn.literal else ""
        answer = Answer(id="a1", model="m", created=5, usage=Usage(9, 9), choices=(self._choice(literal),))
        if not self.turn.stream:
            return Arrival(
                200, ((b"content-type", b"application/json"),), Memory([dialect.encode_answer(answer, ask).wire])
            )
        return Arrival(200, ((b"content-type", dialect.media_type(ask)),), Memory(self._streamed(dialect, ask, answer)))

    def _choice(self, literal: str) -> Choice:
        turn = self.turn
        if turn.kind == "tool" and not self.after_tool:
            arguments = {"who": self._pieces(), "how": {"many": 3}, "literal": literal}
            return Choice((ToolCall("call_1", "crm_find", json.dumps(arguments)),), "tool_use")
        pieces = [*self._pieces(), *([" " + literal] if literal else [])]
        text = written(pieces) if turn.kind == "json" else "".join(pieces)
        thoughts = () if turn.thinks is None else (Thinking(f"It is about {self.items[turn.thinks]} then."),)
        return Choice((*thoughts, Text(text)))

    def _pieces(self) -> list[str]:
        return [self.prose(p) if isinstance(p, str) else WAYS[p[1]][1](self.items[p[0]]) for p in self.turn.pieces]

    def prose(self, piece: str) -> str:
        """A token is only guessed by a model that did not see it."""
        return piece if not piece.startswith(GUESS) else "" if piece[1:] in self.seen else piece[1:]

    def _streamed(self, dialect: Dialect, ask: Ask, answer: Answer) -> list[bytes]:
        encoder = dialect.encoder(ask)
        wire = b""
        for event in events(answer):
            if isinstance(event, TextDelta | ThinkingDelta):
                wire += b"".join(encoder.feed(type(event)(part, event.choice)) for part in self._cut(event.text))
            elif isinstance(event, ToolDelta):
                wire += b"".join(encoder.feed(ToolDelta(event.call, part)) for part in self._cut(event.arguments))
            else:
                wire += encoder.feed(event)
        size = self.chance.choice((7, 60, 500, 100_000))
        return [wire[at : at + size] for at in range(0, len(wire), size)]

    def _cut(self, text: str) -> list[str]:
        longest = self.chance.choice((1, 3, 8, 40))
        parts = []
        while text:
            at = self.chance.randint(1, longest)
            parts.append(text[:at])
            text = text[at:]
        return parts


@dataclass(slots=True)
class Seen:
    """Of a turn: what the client got, all of it and as raw bytes, and what it should have got."""

    got: list[str]
    wanted: list[str]
    raw: bytes


@dataclass(slots=True)
class Client:
    """One side of a talk: its history is what it saw."""

    talk: Talk
    dialects: dict[str, Dialect]
    messages: list[Message] = field(default_factory=list)
    tokens: dict[int, str] = field(default_factory=dict)
    moved: int = 0

    async def turn(self, gateway: Gateway, model: Model, turn: Turn) -> list[Seen]:
        model.turn, model.upstream, model.after_tool = turn, self.talk.upstream, False
        values = self.talk.values
        self.messages.append(Message("user", (Text(self._words(turn)),)))
        blocks, raw = await self._asked(gateway, model, turn)
        wanted = self._wanted(turn, model)
        if turn.kind != "tool":
            said = [*wanted, *([" " + turn.literal] if turn.literal else [])]
            text = written(said) if turn.kind == "json" else "".join(said)
            thoughts = [] if turn.thinks is None else [f"It is about {values[turn.thinks]} then."]
            return [Seen(_told(blocks, turn.thinks is not None), [*thoughts, text], raw)]
        arguments = json.dumps({"who": wanted, "how": {"many": 3}, "literal": turn.literal}, sort_keys=True)
        first = Seen(_arguments(blocks), [arguments], raw)
        calls = [block for block in blocks if isinstance(block, ToolCall)]
        result = " ".join(f"thing {number}: {values[number]} ;" for number in turn.results) or "nobody"
        results = tuple(ToolResult(call.id, (Text(result),), call.name) for call in calls)
        self.messages.append(Message("user", results))
        model.after_tool = True
        blocks, raw = await self._asked(gateway, model, turn)
        text = "".join([*self._wanted(turn, model), *([" " + turn.literal] if turn.literal else [])])
        return [first, Seen(_told(blocks, thinks=False), [text], raw)]

    def _wanted(self, turn: Turn, model: Model) -> list[str]:
        values = self.talk.values
        return [model.prose(p) if isinstance(p, str) else WAYS[p[1]][2](values[p[0]]) for p in turn.pieces]

    def _words(self, turn: Turn) -> str:
        words = "Next. " if self.messages else self.talk.opening + " "
        words += "".join(f"thing {number}: {self.talk.values[number]} ; " for number in turn.values)
        return words + (f"say this: {turn.literal} ;" if turn.literal else "")

    async def _asked(self, gateway: Gateway, model: Model, turn: Turn) -> tuple[list[Block], bytes]:
        dialect = self.dialects[turn.dialect]
        name = SERVED[self.talk.upstream] + ("-form" if self.talk.form else "")
        system = (Message("system", (Text(self.talk.system),)),) if self.talk.system else ()
        chat = Chat(model=name, messages=(*system, *self.messages), tools=_TOOLS, max_tokens=500, stream=turn.stream)
        reply = await serve(gateway, self._inbound(dialect, chat))
        raw = reply.body if isinstance(reply.body, bytes) else b"".join([chunk async for chunk in reply.body])
        if reply.status != 200:
            raise RuntimeError(f"refused with {reply.status}: {raw[:300]!r}")
        ask = Ask("m", stream=turn.stream, usage=True, request_id="r1", created=5)
        blocks = _joined(dialect, ask, raw) if turn.stream else list(dialect.decode_answer(raw, ask).choices[0].blocks)
        self.messages.append(Message("assistant", tuple(b for b in blocks if not isinstance(b, Thinking))))
        for number, token in model.items.items():
            self.moved += self.tokens.setdefault(number, token) != token
        return blocks, raw

    def _inbound(self, dialect: Dialect, chat: Chat) -> Inbound:
        wire = dialect.encode_chat(chat).wire
        path, query = PATHS.get(dialect.name, ""), ""
        if not path:
            path = f"/v1beta/models/{chat.model}:{'streamGenerateContent' if chat.stream else 'generateContent'}"
            query = "alt=sse" if chat.stream else ""

        async def read() -> bytes:
            return wire

        session = ((b"x-session-id", self.talk.session.encode()),) if self.talk.session else ()
        headers = ((b"authorization", b"Bearer " + self.talk.key.encode()), *session)
        return Inbound("POST", path, query, headers, read)


def _joined(dialect: Dialect, ask: Ask, raw: bytes) -> list[Block]:
    framing, decoder = dialect.framing(ask), dialect.decoder(ask)
    heard = [e for frame in (*framing.feed(raw), *framing.end()) for e in decoder.feed(frame)] + list(decoder.end())
    thoughts = "".join(e.text for e in heard if isinstance(e, ThinkingDelta))
    text = "".join(e.text for e in heard if isinstance(e, TextDelta))
    arguments = "".join(e.arguments for e in heard if isinstance(e, ToolDelta))
    calls = [ToolCall("call_1", "crm_find", arguments)] if arguments else []
    return [*([Thinking(thoughts)] if thoughts else []), *([Text(text)] if text else []), *calls]


def _told(blocks: list[Block], thinks: bool) -> list[str]:
    thoughts = [block.text for block in blocks if isinstance(block, Thinking)] if thinks else []
    return [*thoughts, "".join(block.text for block in blocks if isinstance(block, Text))]


def _arguments(blocks: list[Block]) -> list[str]:
    return [json.dumps(msgspec.json.decode(b.arguments), sort_keys=True) for b in blocks if isinstance(b, ToolCall)]


def gateway(engine: Engine, model: Model, store: TokenStore | None = None, answers: Sequence[Rule] = ()) -> Gateway:
    """Every dialect upstream, with tokens of labels and (`-form`) of forms. `answers`: rules for them."""
    providers, routes = tables("lockgate.providers", Provider), {}
    origin = Origin("http", "127.0.0.1", 9, literal=True)
    for name in SERVED.values():
        upstream = Upstream(name, providers[name], origin, "", Secret("sk-bench"), "m")
        for end, style in (("", "label"), ("-form", "format")):
            rule = Rule("privacy", 0, "tokenize", frozenset(("request",)), style=style)  # type: ignore[arg-type]
            both = Rules([rule], engine, "request"), Rules(answers, engine, "response")
            routes[name + end] = Route(name + end, (upstream,), *both)
    policies = Policies({"shop": Place("", ("shop",), (Access(models=("*",)),))}, routes, zone)
    dialects = model.dialects
    catalogue = Catalogue(tuple(dialects.values()), dialects["openai_chat"])
    return Gateway(catalogue, Entrance((Keys(),)), policies, model, Books(Nowhere()), Standing(), tokens=keeper(store))


def keeper(store: TokenStore | None = None) -> Keeper:
    kept = store or LmdbTokens(Path(tempfile.mkdtemp(prefix="lockgate-bench-")))
    terms = Terms(3600, (b"x-session-id",), Names(("*",)))
    return Keeper(kept, [Seal(b"k" * 32, secrets.token_bytes)], time.time, terms)


def talking() -> dict[str, Dialect]:
    return tables("lockgate.dialects", Dialect)
