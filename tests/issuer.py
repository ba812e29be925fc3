"""An identity provider in tests, and the method with its keys."""

import asyncio
from collections.abc import Callable
from typing import Any

from lockgate.auth.jwt.claims import Choice, Rules
from lockgate.auth.jwt.method import Issuer, Jwt
from lockgate.auth.jwt.source import KeySource, Pace
from lockgate.core.auth import Caller, Presented
from lockgate.core.problem import Kind, Problem
from tests.tokens import ISSUER, NAMED, NOW, published

RULES = Rules(
    frozenset(("lockgate",)),
    frozenset(("RS256", "ES256", "EdDSA", "PS256")),
    Choice(("groups",), {"llm": "shop"}),
    roles=Choice(("realm", "roles"), {"chief": "admin"}),
    kept=("email",),
)


def member(team: str, key_id: str, **more: Any) -> Caller:
    return Caller(key_id, team, roles=frozenset(more.pop("roles")), **more)


class Idp:
    """Its keys, how often it was asked, and whether it answers."""

    def __init__(self) -> None:
        self.raw = published(*NAMED)
        self.asked = 0
        self.away = False
        self.now = 0.0
        self.memory: dict[tuple[str, str], Any] = {}

    async def fetch(self) -> bytes:
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise Problem(Kind.UNREACHABLE, "refused", source="upstream")
        return self.raw

    def method(self, rules: Rules = RULES, clock: Callable[[], float] = lambda: NOW, **more: Any) -> Jwt:
        source = KeySource("idp", self.fetch, Pace(), self.memory, ISSUER, elapsed=lambda: self.now, chance=lambda: 1.0)
        return Jwt({ISSUER: Issuer("idp", rules, source)}, member, clock, limit=8192, **more)


async def who(method: Jwt, credential: bytes) -> Caller | None:
    return await method.authenticate(Presented("POST", "/", "", (), "bearer", credential))
