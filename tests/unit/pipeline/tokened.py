"""A small gateway with a rule that tokenizes: scripted upstreams, people with keys, a store in a folder of its own."""

import asyncio
import json
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from lockgate.core.access import Access
from lockgate.core.audit import Books
from lockgate.core.auth import Caller
from lockgate.core.cache import CachePolicy
from lockgate.core.exchange import Route
from lockgate.core.flow_rule import FlowRule
from lockgate.core.guard import Engine, Rule, Rules
from lockgate.core.http import Arrival, Outbound, Reply
from lockgate.core.key_digest import Pepper
from lockgate.core.names import Names
from lockgate.core.tokens import TokenStore
from lockgate.guards.blocklist import plugin as blocklist
from lockgate.guards.pii import plugin as pii
from lockgate.patterns.looking import Looking
from lockgate.pipeline.authenticate import Entrance
from lockgate.pipeline.question import Caching
from lockgate.pipeline.repeated import Flights
from lockgate.pipeline.serve import Gateway, serve
from lockgate.stores.answers import SealedAnswers
from lockgate.token_stores.lmdb.store import LmdbTokens
from lockgate.tokens.keeper import Keeper, Terms
from lockgate.tokens.seal import Seal
from tests.automata import CACHE
from tests.fakes import Answered, Keys, Notebook, Script, inbound
from tests.unit.pipeline.gateway import CLAUDE, OPENAI, gateway, policies, whole
from tests.unit.test_answers import Drawer

ENGINE: Engine = Looking([pii().build(), blocklist(words=("bluebird",)).build()], CACHE)
TOKENIZE = Rule("privacy", 0, "tokenize", frozenset(("request",)))
OLD, NEW = Seal(b"o" * 32, secrets.token_bytes), Seal(b"n" * 32, secrets.token_bytes)
MAIL, OTHER, CARD = "jo.doe@mail.example.org", "ann@corp.example.org", "4111 1111 1111 1111"
KEYS = Keys({b"ann": Caller("key_ann", "shop"), b"bob": Caller("key_bob", "shop")})


class Slow(Script):
    """Answers when it is let, where somebody says so; `waiting` is given by each that waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.slow: asyncio.Event | None = None
        self.waiting = asyncio.Semaphore(0)

    async def send(self, outbound: Outbound) -> Arrival:
        if self.slow is not None:
            self.waiting.release()
            await self.slow.wait()
        return await super().send(outbound)


@dataclass
class World:
    """One gateway and its upstream; `now` is the time there. `notes` has the records."""

    answers: list[Answered | BaseException] = field(default_factory=list)
    rules: Sequence[Rule] = (TOKENIZE,)
    tools: tuple[str, ...] = ("*",)
    seals: Sequence[Seal] = (OLD,)
    now: float = 1_767_225_600.0
    store: TokenStore | None = None
    cached: bool = False
    collapse: bool = False
    engine: Engine = ENGINE
    flows: tuple[FlowRule, ...] = ()
    most: tuple[int, int] = (100_000, 1 << 26)

    def __post_init__(self) -> None:
        self.script, self.notes = Slow(), Notebook()
        self.flights = Flights() if self.collapse else None
        self.caching = Caching(SealedAnswers(Drawer(), Pepper(b"p" * 32)), "one") if self.cached else None
        self.store = self.store or LmdbTokens(Path(tempfile.mkdtemp()), lambda: self.now)

    def gateway(self) -> Gateway:
        request, response = (Rules(self.rules, self.engine, way) for way in ("request", "response"))  # type: ignore[arg-type]
        routes = {
            "fast": Route(
                "fast",
                (OPENAI,),
                request,
                response,
                collapse=self.collapse,
                flows=self.flows,
                cache=CachePolicy(60, "team") if self.cached else None,
            ),
            "cross": Route("cross", (CLAUDE,), request, response),
        }
        assert self.store is not None
        keeper = Keeper(
            self.store, self.seals, lambda: self.now, Terms(1000, (b"x-session-id",), Names(self.tools), *self.most)
        )
        plain = gateway(self.script, self.notes)
        return replace(
            plain,
            policies=policies(routes, shop=Access(models=("*",))),
            entrance=Entrance((KEYS,)),
            books=Books(self.notes),
            tokens=keeper,
            caching=self.caching,
            flights=self.flights,
        )

    async def ask(
        self,
        answer: Answered,
        *messages: dict[str, Any],
        key: str = "ann",
        session: str = "",
        path: str = "/v1/chat/completions",
        **more: Any,
    ) -> "Told":
        self.script.answers.append(answer)
        headers = [(b"authorization", b"Bearer " + key.encode())]
        headers += [(b"x-session-id", session.encode())] if session else []
        body = {"model": "fast", "messages": list(messages), **more}
        before = len(self.script.sent)
        reply = await serve(self.gateway(), inbound(path, msgspec.json.encode(body), *headers))
        raw = await whole(reply)
        sent = self.script.sent[before].body.decode() if len(self.script.sent) > before else ""
        if not sent:
            self.script.answers.clear()
        return Told(reply, raw, sent)


@dataclass(frozen=True)
class Told:
    """What the client got, and what the upstream did."""

    reply: Reply
    raw: bytes
    sent: str

    @property
    def text(self) -> str:
        if self.raw.startswith(b"{"):
            return str(json.loads(self.raw)["choices"][0]["message"]["content"])
        frames = [json.loads(line[6:]) for line in self.raw.decode().splitlines() if line.startswith("data: {")]
        return "".join(frame["choices"][0]["delta"].get("content") or "" for frame in frames)

    @property
    def said(self) -> list[str]:
        """The texts of the messages that went upstream."""
        return [message["content"] for message in json.loads(self.sent)["messages"]]


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def model(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def calling(name: str, arguments: str) -> Answered:
    call = {"id": "c1", "type": "function", "function": {"name": name, "arguments": arguments}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    document = {"id": "c1", "object": "chat.completion", "created": 5, "model": "gpt-real", "choices": [choice]}
    return Answered(200, [msgspec.json.encode(document)])


def arguments(raw: bytes) -> Any:
    return json.loads(json.loads(raw)["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"])
