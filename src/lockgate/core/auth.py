"""Who is calling, and how one says so."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from msgspec import Struct

_NONE: Mapping[str, str] = MappingProxyType({})


class Caller(Struct, frozen=True):
    """An authenticated principal. There is no anonymous one.

    `teams` is the team and those above it, the nearest first; `method` is how the caller proved who it is; `claims` is
    what the credential says of its holder, verified; `metadata` is what the operator noted on the key.
    """

    key_id: str
    team: str
    models: frozenset[str] = frozenset()
    name: str = ""
    user: str = ""
    organization: str = ""
    teams: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset()
    method: str = "api_key"
    claims: Mapping[str, str] = _NONE
    metadata: Mapping[str, str] = _NONE

    def may_use(self, model: str) -> bool:
        return model in self.models or "*" in self.models


class Authenticator(Protocol):
    """None: not a credential of my kind, ask the next one. A Problem: of my kind and not valid, stop.

    `credential` is the one secret the request carried, whichever header it came in.
    """

    async def authenticate(self, credential: bytes) -> Caller | None: ...
