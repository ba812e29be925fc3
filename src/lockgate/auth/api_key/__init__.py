"""Client keys: those that Lockgate issued and those that the operator brought, in one immutable snapshot."""

import hmac
import time
from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Protocol

from msgspec import Struct, structs

from lockgate.core.auth import BEARER, AuthConfig, Authenticator, AuthPorts, Caller, Presented
from lockgate.core.key_digest import Pepper, Peppers
from lockgate.core.problem import Kind, Problem
from lockgate.core.store import StoreError

_NOBODY = "0" * 64


class plugin(AuthConfig, frozen=True, tag="api_key"):
    """Settings of client keys, which have their own section and their own commands.

    `in_url`: Gemini's `?key=` is read, too. Off, for addresses end in the logs of proxies.
    """

    status = "stable"
    in_url: bool = False

    def build(self, ports: AuthPorts) -> Authenticator:
        return InUrl(ports.keys) if self.in_url else ports.keys


class InUrl:
    """The same keys, in `?key=` too."""

    takes = structs.replace(BEARER, wanted=f"{BEARER.wanted}, or in `?key=`", url=True)

    def __init__(self, keys: Authenticator) -> None:
        self.authenticate = keys.authenticate


class Entry(Struct, frozen=True):
    """Whose key it is, and when it ends: seconds since 1970, None for never."""

    digest: str
    caller: Caller
    expires: int | None = None


class Snapshot(Protocol):
    """The keys that open the door, by digest. `StoreError` when it cannot be known now whether one does."""

    def get(self, digest: str, /) -> Entry | None: ...


def snapshot(entries: Iterable[Entry]) -> Snapshot:
    """All keys that open the door, by digest. Revoked ones are left out by whoever lists them."""
    return MappingProxyType({entry.digest: entry for entry in entries})


class ApiKeys:
    """An `Authenticator`. Holds digests only; `replace` puts a new snapshot in force for the next request.

    A credential is looked up by its HMAC and nothing else, so nothing of it reaches a query, a path or a log, and the
    time taken says nothing about how near a guess was: every answer costs one HMAC, one look-up and one comparison, and
    while there is a previous pepper, one more of the first two for whatever is not known under the new one.
    """

    takes = BEARER

    def __init__(self, pepper: Pepper, keys: Snapshot, clock: Callable[[], float] = time.time) -> None:
        self._pepper = pepper
        self._previous: Pepper | None = None
        self._keys = keys
        self._clock = clock
        self._used: dict[str, float] = {}

    def replace(self, keys: Snapshot, peppers: Peppers | None = None) -> None:
        self._keys = keys
        if peppers is not None:
            self._pepper, self._previous = peppers

    def used(self) -> dict[str, int]:
        """When each key was last let in since this was asked before, in whole seconds."""
        used, self._used = self._used, {}
        return {key_id: int(when) for key_id, when in used.items()}

    async def authenticate(self, presented: Presented) -> Caller | None:
        """Who it is. Unknown, expired and revoked look alike: another method may know it, or nobody does."""
        digest = self._pepper.digest(presented.credential)
        try:
            entry = self._keys.get(digest)
            if entry is None and self._previous is not None:
                digest = self._previous.digest(presented.credential)
                entry = self._keys.get(digest)
        except StoreError as error:
            raise Problem(Kind.NO_AUTH, "client keys cannot be looked up now", source="gateway") from error
        same = hmac.compare_digest(digest, entry.digest if entry else _NOBODY)
        now = self._clock()
        if entry is None or not same or not (entry.expires is None or now < entry.expires):
            return None
        self._used[entry.caller.key_id] = now
        return entry.caller
