"""A guard elsewhere as a fake of its port, and the small gateway with a rule that asks it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from lockgate.core.access import Access
from lockgate.core.exchange import Route
from lockgate.core.fuse import Fuse, Patience
from lockgate.core.guard import NO_RULES, Action, Finding, Mode, On, Rule, Rules
from lockgate.core.http import Reply
from lockgate.core.remote_guard import Capacity, Detector, OnError, Piece, RemoteRules
from lockgate.core.verdict_memory import VerdictMemory
from lockgate.pipeline.serve import Gateway, serve
from tests.fakes import Notebook, Script, inbound
from tests.unit.pipeline.gateway import CLAUDE, KEY, OPENAI, gateway, policies, rules, whole


class Detective:
    """Finds a word wherever it stands; `flags` calls all of a text that holds it. Remembers what it was asked."""

    def __init__(self, word: str = "nightingale", *, flags: bool = False, capacity: Capacity | None = None) -> None:
        self.capacity = capacity or Capacity()
        self.asked: list[Sequence[Piece]] = []
        self._word, self._flags = word, flags
        self.error: BaseException | None = None
        self.says: Any = None
        self.waits: asyncio.Event | None = None
        self.expects = 0
        self.crowd = asyncio.Event()
        """Set when so many questions are under way as it expects."""

    @property
    def texts(self) -> list[str]:
        return [piece.text for pieces in self.asked for piece in pieces]

    async def find(self, pieces: Sequence[Piece]) -> Sequence[Sequence[Finding]]:
        self.asked.append(pieces)
        if len(self.asked) == self.expects:
            self.crowd.set()
        if self.waits is not None:
            await self.waits.wait()
        if self.error is not None:
            raise self.error
        return self.says if self.says is not None else [self._found(piece.text) for piece in pieces]

    def _found(self, text: str) -> Sequence[Finding]:
        starts = [at for at in range(len(text)) if text.startswith(self._word, at)]
        if starts and self._flags:
            return [Finding(0, len(text), "bird")]
        return [Finding(at, at + len(self._word), "bird") for at in starts]


def remote(
    guard: Detective,
    action: Action = "mask",
    *on: On,
    on_error: OnError = "block",
    mode: Mode = "enforce",
    window: int = 0,
    patience: Patience | None = None,
    deadline: float = 5.0,
    remember: float = 0.0,
) -> Mapping[str, RemoteRules]:
    """For requests and answers, as a route has them."""
    detector = Detector(
        "detective", guard, on_error, Fuse(patience or Patience()), deadline, window, VerdictMemory(remember)
    )
    rule = Rule("far", 0, action, frozenset(on or ("request", "response")), mode)
    request, response = (Rules([rule], NO_RULES.engine, way) for way in ("request", "response"))
    return {
        "remote_request_rules": RemoteRules(request, [detector]),
        "remote_response_rules": RemoteRules(response, [detector]),
    }


def with_remote(
    script: Script, notebook: Notebook, far: Mapping[str, RemoteRules], *, local: bool = False, ping: float = 0.0
) -> Gateway:
    """Its models are `fast` and `cross`; `local`: a rule that masks `bluebird` comes first."""
    base = gateway(script, notebook)
    near = (rules("mask", "request"), rules("mask", "response")) if local else (NO_RULES, NO_RULES)
    routes = [Route("fast", (OPENAI,), *near, **far, ping=ping), Route("cross", (CLAUDE,), *near, **far, ping=ping)]
    allowed = policies({route.model: route for route in routes}, shop=Access(models=("fast", "cross")))
    return replace(base, policies=allowed)


async def ask(
    script: Script, body: dict[str, Any], far: Mapping[str, RemoteRules], *, local: bool = False
) -> tuple[Reply, bytes, Notebook]:
    notebook = Notebook()
    raw = msgspec.json.encode(body)
    reply = await serve(with_remote(script, notebook, far, local=local), inbound("/v1/chat/completions", raw, KEY))
    return reply, await whole(reply), notebook
