"""Who is calling, and how one says so."""

from typing import Protocol

from msgspec import Struct


class Caller(Struct, frozen=True):
    """An authenticated principal. There is no anonymous one."""

    key_id: str
    team: str
    models: frozenset[str] = frozenset()
    name: str = ""

    def may_use(self, model: str) -> bool:
        return model in self.models or "*" in self.models


class Authenticator(Protocol):
    """None: not a credential of my kind, ask the next one. A Problem: of my kind and not valid, stop.

    `credential` is the one secret the request carried, whichever header it came in.
    """

    async def authenticate(self, credential: bytes) -> Caller | None: ...
