"""A gateway whose answers are kept, with three keys in two teams, and what it was asked and answered."""

from collections.abc import Mapping
from typing import Any

import msgspec

from lockgate.core.access import Access
from lockgate.core.audit import Books
from lockgate.core.auth import Caller
from lockgate.core.cache import CachePolicy
from lockgate.core.exchange import Route
from lockgate.core.http import Headers, Reply
from lockgate.core.key_digest import Pepper
from lockgate.core.similar import Similar
from lockgate.pipeline.authenticate import Entrance
from lockgate.pipeline.question import Caching
from lockgate.pipeline.serve import Gateway, serve
from lockgate.stores.answers import SealedAnswers
from tests.fakes import Answered, Keys, Notebook, Script, StoppedClock, inbound
from tests.unit.pipeline.gateway import (
    EVERY,
    OPENAI,
    policies,
    told,
    whole,
)
from tests.unit.test_answers import Drawer

COLD = CachePolicy(60)
SHARED = CachePolicy(60, "team")
QUESTION: Mapping[str, Any] = {"model": "kept", "messages": [{"role": "user", "content": "hi"}], "temperature": 0}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}


class Moving(StoppedClock):
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.later = 0.0

    def wall(self) -> float:
        return super().wall() + self.later


class House:
    """A gateway with three keys in two teams, and what it was asked and answered."""

    def __init__(self, *answers: Answered | BaseException, policy: CachePolicy | None = COLD, **more: Any) -> None:
        self.script, self.notebook, self.clock, self.drawer = Script(*answers), Notebook(), Moving(), Drawer()
        self.policy, self.more, self.version = policy, more, "one"
        self.answers = SealedAnswers(self.drawer, Pepper(b"p" * 32))
        self.similar: dict[str, Similar] = {}

    def gateway(self) -> Gateway:
        kept = Route("kept", self.more.get("upstreams", (OPENAI,)), cache=self.policy, **self.more.get("route", {}))
        routes = {"kept": kept, "other": replaced(kept, "other")}
        keys = {
            b"lg-web": Caller("key_web", "shop"),
            b"lg-app": Caller("key_app", "shop"),
            b"lg-bank": Caller("key_bank", "bank"),
        }
        access = Access(models=("kept", "other"))
        return Gateway(
            EVERY,
            Entrance((Keys(keys),)),
            policies(routes, shop=access, bank=self.more.get("bank", access)),
            self.script,
            Books(self.notebook),
            self.clock,
            caching=Caching(self.answers, self.version, self.similar),
        )

    async def ask(
        self, *headers: tuple[bytes, bytes], key: bytes = b"lg-web", path: str = "/v1/chat/completions", **changed: Any
    ) -> tuple[Reply, bytes]:
        asked = QUESTION if path.endswith(("/chat/completions", "/messages")) else {"model": "kept"}
        body = {name: value for name, value in {**asked, **changed}.items() if value is not None}
        given: Headers = ((b"authorization", b"Bearer " + key), *headers)
        reply = await serve(self.gateway(), inbound(path, msgspec.json.encode(body), *given))
        return reply, await whole(reply)

    @property
    def calls(self) -> int:
        return len(self.script.sent)


def replaced(route: Route, model: str) -> Route:
    return Route(model, route.upstreams, route.request_rules, route.response_rules, cache=route.cache)


def said(reply: Reply) -> bytes:
    return told(reply, b"x-lockgate-cache")


def claude_answer(text: str) -> Answered:
    document = {
        "id": "m1",
        "type": "message",
        "role": "assistant",
        "model": "claude-real",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 9, "output_tokens": 7},
    }
    return Answered(200, [msgspec.json.encode(document)])
