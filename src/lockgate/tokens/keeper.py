"""Conversations in a store: read once for a request, written when it brings a new value, before anything goes on."""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from msgspec import Struct

from lockgate.core.names import Names
from lockgate.core.problem import Kind, Problem
from lockgate.core.store import StoreError
from lockgate.core.tokens import Share, ShareFull, TokenStore
from lockgate.tokens.document import Document, Value, granted
from lockgate.tokens.seal import Seal

ATTEMPTS = 20
"""Requests of one conversation at the same time, each with new values, that may come between."""


OWNER = 3
"""Of what tells a conversation from others, so much says whose key it is: organization, team, key."""
_SHARE = "share"


class Memory(Struct, frozen=True):
    """A conversation as it was read. `seen` is what lies in the store."""

    name: bytes
    document: Document
    seen: bytes | None = None
    owner: bytes = b""


class Tokens(Protocol):
    """What the pipeline needs. Both raise `Problem`: NO_TOKENS when the store cannot be used, TOKENS_FULL when the caller has as
    many values there as he may.
    """

    @property
    def session(self) -> Sequence[bytes]:
        """Names of headers that say which conversation a request belongs to; the first that is there counts."""
        ...

    @property
    def tools(self) -> Names:
        """Tools that may be called with true values."""
        ...

    async def open(self, parts: Sequence[str]) -> Memory: ...
    async def grant(self, memory: Memory, wanted: Sequence[Value], literals: Collection[str]) -> Document: ...


class Terms(Struct, frozen=True):
    """A value is forgotten `ttl` seconds after a request had it last. `most_values`, `most_bytes`: what a key may have in all of its
    conversations. The rest is as in `Tokens`.
    """

    ttl: float
    session: tuple[bytes, ...]
    tools: Names
    most_values: int = 100_000
    most_bytes: int = 64 * 1024 * 1024


class Keeper:
    """`seals`: one for each key, the one in force first. What is found under an older one is written under that."""

    def __init__(self, store: TokenStore, seals: Sequence[Seal], wall: Callable[[], float], terms: Terms) -> None:
        self._store, self._seals, self._wall, self._ttl = store, seals, wall, terms.ttl
        self._terms = terms
        self.session: Sequence[bytes] = terms.session
        self.tools = terms.tools

    async def open(self, parts: Sequence[str]) -> Memory:
        try:
            first, *older = self._seals
            name, owner = first.name(parts), first.name((_SHARE, *parts[:OWNER]))
            sealed = await self._store.read(name)
            if sealed is not None:
                return Memory(name, self._live(first.opened(name, sealed)), sealed, owner)
            for seal in older:
                if (kept := await self._store.read(seal.name(parts))) is not None:
                    return Memory(name, self._live(seal.opened(seal.name(parts), kept)), owner=owner)
        except StoreError as error:
            raise _away() from error
        return Memory(name, Document(), owner=owner)

    async def grant(self, memory: Memory, wanted: Sequence[Value], literals: Collection[str]) -> Document:
        """The document with a token for each of the values: written, when it is another one than it was."""
        try:
            for _ in range(ATTEMPTS):
                document = granted(memory.document, wanted, literals, self._wall(), self._ttl)
                if document is memory.document and memory.seen is not None:
                    return document
                sealed = self._seals[0].sealed(memory.name, document)
                if await self._store.put(memory.name, memory.seen, sealed, self._ttl, self._share(memory, document)):
                    return document
                memory = await self._again(memory)
        except ShareFull:
            raise _full() from None
        except StoreError as error:
            raise _away() from error
        raise Problem(Kind.NO_TOKENS, "too many requests of this conversation at once", source="gateway", retry_after=1)

    def _share(self, memory: Memory, document: Document) -> Share | None:
        if not memory.owner:
            return None
        return Share(memory.owner, len(document.entries), self._terms.most_values, self._terms.most_bytes)

    async def _again(self, memory: Memory) -> Memory:
        name, owner = memory.name, memory.owner
        sealed = await self._store.read(name)
        if sealed is None:
            return Memory(name, Document(), owner=owner)
        return Memory(name, self._live(self._seals[0].opened(name, sealed)), sealed, owner)

    def _live(self, document: Document) -> Document:
        return document.live(self._wall(), self._ttl)


def _away() -> Problem:
    return Problem(Kind.NO_TOKENS, "personal data cannot be replaced by tokens now", source="gateway", retry_after=1)


def _full() -> Problem:
    detail = "this key has as many values behind tokens as it may have: they are forgotten in time, or its operator raises the bound"
    return Problem(Kind.TOKENS_FULL, detail, source="gateway")
