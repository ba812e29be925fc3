"""Client keys: those that Lockgate issued and those that the operator brought, in one immutable snapshot."""

import hmac
import time
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from msgspec import Struct

from lockgate.core.auth import Caller
from lockgate.core.key_digest import Pepper
from lockgate.core.problem import Kind, Problem

_NOBODY = "0" * 64


class Entry(Struct, frozen=True):
    """Whose key it is, and when it ends: seconds since 1970, None for never."""

    digest: str
    caller: Caller
    expires: int | None = None


Snapshot = Mapping[str, Entry]
"""By digest."""


def snapshot(entries: Iterable[Entry]) -> Snapshot:
    """All keys that open the door, by digest. Revoked ones are left out by whoever lists them."""
    return MappingProxyType({entry.digest: entry for entry in entries})


class ApiKeys:
    """An `Authenticator`. Holds digests only; `replace` puts a new snapshot in force for the next request.

    A credential is looked up by its HMAC and nothing else, so nothing of it reaches a query, a path or a log, and the
    time taken says nothing about how near a guess was: every answer costs one HMAC, one look-up and one comparison.
    """

    def __init__(self, pepper: Pepper, keys: Snapshot, clock: Callable[[], float] = time.time) -> None:
        self._pepper = pepper
        self._keys = keys
        self._clock = clock

    def replace(self, keys: Snapshot) -> None:
        self._keys = keys

    async def authenticate(self, credential: bytes) -> Caller | None:
        """Who it is. Unknown, expired and revoked look alike from outside."""
        digest = self._pepper.digest(credential)
        entry = self._keys.get(digest)
        same = hmac.compare_digest(digest, entry.digest if entry else _NOBODY)
        if entry is None or not same or not _in_time(entry, self._clock()):
            raise Problem(Kind.UNAUTHENTICATED, "the API key is not valid")
        return entry.caller


def _in_time(entry: Entry, now: float) -> bool:
    return entry.expires is None or now < entry.expires
