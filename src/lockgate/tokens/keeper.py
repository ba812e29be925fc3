"""Conversations in a store: read once for a request, written when it brings a new value, before anything goes on."""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from msgspec import Struct

from lockgate.core.names import Names
from lockgate.core.problem import Kind, Problem
from lockgate.core.store import StoreError
from lockgate.core.tokens import TokenStore
from lockgate.tokens.document import Document, Value, granted
from lockgate.tokens.seal import Seal

ATTEMPTS = 20
"""Requests of one conversation at the same time, each with new values, that may come between."""


class Memory(Struct, frozen=True):
    """A conversation as it was read. `seen` is what lies in the store."""

    name: bytes
    document: Document
    seen: bytes | None = None


class Tokens(Protocol):
    """What the pipeline needs. Both raise `Problem` NO_TOKENS when the store cannot be used."""

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
    """A value is forgotten `ttl` seconds after a request had it last. The rest is as in `Tokens`."""

    ttl: float
    session: tuple[bytes, ...]
    tools: Names


class Keeper:
    """`seals`: one for each key, the one in force first. What is found under an older one is written under that."""

    def __init__(self, store: TokenStore, seals: Sequence[Seal], wall: Callable[[], float], terms: Terms) -> None:
        self._store, self._seals, self._wall, self._ttl = store, seals, wall, terms.ttl
        self.session: Sequence[bytes] = terms.session
        self.tools = terms.tools

    async def open(self, parts: Sequence[str]) -> Memory:
        try:
            first, *older = self._seals
            name = first.name(parts)
            sealed = await self._store.read(name)
            if sealed is not None:
                return Memory(name, self._live(first.opened(name, sealed)), sealed)
            for seal in older:
                if (kept := await self._store.read(seal.name(parts))) is not None:
                    return Memory(name, self._live(seal.opened(seal.name(parts), kept)))
        except StoreError as error:
            raise _away() from error
        return Memory(name, Document())

    async def grant(self, memory: Memory, wanted: Sequence[Value], literals: Collection[str]) -> Document:
        """The document with a token for each of the values: written, when it is another one than it was."""
        try:
            for _ in range(ATTEMPTS):
                document = granted(memory.document, wanted, literals, self._wall(), self._ttl)
                if document is memory.document and memory.seen is not None:
                    return document
                sealed = self._seals[0].sealed(memory.name, document)
                if await self._store.put(memory.name, memory.seen, sealed, self._ttl):
                    return document
                memory = await self._again(memory.name)
        except StoreError as error:
            raise _away() from error
        raise Problem(Kind.NO_TOKENS, "too many requests of this conversation at once", source="gateway", retry_after=1)

    async def _again(self, name: bytes) -> Memory:
        sealed = await self._store.read(name)
        if sealed is None:
            return Memory(name, Document())
        return Memory(name, self._live(self._seals[0].opened(name, sealed)), sealed)

    def _live(self, document: Document) -> Document:
        return document.live(self._wall(), self._ttl)


def _away() -> Problem:
    return Problem(Kind.NO_TOKENS, "personal data cannot be replaced by tokens now", source="gateway", retry_after=1)
