"""Who is calling, and how one says so."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from msgspec import Struct

from lockgate.core.access import Access

NOTHING_NOTED: Mapping[str, str] = MappingProxyType({})


class Caller(Struct, frozen=True):
    """An authenticated principal. There is no anonymous one.

    `teams` is the team and those above it, the nearest first; `method` is how the caller proved who it is; `claims` is
    what the credential says of its holder, verified; `metadata` is what the operator noted on the key; `access` is the
    key's own policy. A caller without `roles` is a developer. What it may, `Policies` knows.
    """

    key_id: str
    team: str
    name: str = ""
    user: str = ""
    organization: str = ""
    teams: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset()
    method: str = "api_key"
    claims: Mapping[str, str] = NOTHING_NOTED
    metadata: Mapping[str, str] = NOTHING_NOTED
    access: Access | None = None


class Authenticator(Protocol):
    """None: not a credential of my kind, ask the next one. A Problem: of my kind and not valid, stop.

    `credential` is the one secret the request carried, whichever header it came in.
    """

    async def authenticate(self, credential: bytes) -> Caller | None: ...
