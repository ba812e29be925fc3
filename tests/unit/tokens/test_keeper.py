"""Conversations in a store: several writers at once, seals that hold, and names that say nothing."""

import asyncio
import secrets

import msgspec
import pytest

from lockgate.core.names import Names
from lockgate.core.problem import Kind, Problem
from lockgate.core.store import StoreError
from lockgate.core.tokens import Share
from lockgate.tokens.document import Document, Entry, Value
from lockgate.tokens.keeper import Keeper, Terms
from lockgate.tokens.seal import Seal

SEAL = Seal(b"k" * 32, secrets.token_bytes)
TERMS = Terms(1000, (), Names(("*",)))


class Store:
    """In memory; lets others in between."""

    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}

    async def read(self, name: bytes) -> bytes | None:
        await asyncio.sleep(0)
        return self.kept.get(name)

    async def put(
        self, name: bytes, seen: bytes | None, sealed: bytes, seconds: float, share: Share | None = None
    ) -> bool:
        await asyncio.sleep(0)
        if self.kept.get(name) != seen:
            return False
        self.kept[name] = sealed
        return True

    async def aclose(self) -> None:
        pass


class Busy(Store):
    async def put(
        self, name: bytes, seen: bytes | None, sealed: bytes, seconds: float, share: Share | None = None
    ) -> bool:
        return False


async def test_requests_at_once_agree_on_every_token() -> None:
    keeper = Keeper(Store(), (SEAL,), lambda: 0.0, TERMS)

    async def ask(number: int) -> Document:
        memory = await keeper.open(("ann", "talk"))
        return await keeper.grant(memory, [Value("same", "EMAIL"), Value(f"own{number}", "EMAIL")], ())

    documents = await asyncio.gather(*(ask(number) for number in range(12)))

    last = (await keeper.open(("ann", "talk"))).document
    whole = {entry.value: entry.token for entry in last.entries}
    assert len(set(whole.values())) == len(whole) == 13
    for document in documents:
        assert {entry.value: entry.token for entry in document.entries}.items() <= whole.items()


async def test_who_never_gets_a_turn_is_refused() -> None:
    keeper = Keeper(Busy(), (SEAL,), lambda: 0.0, TERMS)

    with pytest.raises(Problem) as caught:
        await keeper.grant(await keeper.open(("a",)), [Value("v", "EMAIL")], ())
    assert caught.value.kind is Kind.NO_TOKENS


@pytest.mark.parametrize("broken", ["changed", "cut", "moved", "empty"])
async def test_what_was_changed_or_moved_does_not_open(broken: str) -> None:
    store = Store()
    keeper = Keeper(store, (SEAL,), lambda: 0.0, TERMS)
    await keeper.grant(await keeper.open(("ann",)), [Value("v", "EMAIL")], ())
    (name,) = store.kept
    sealed = store.kept[name]
    other = SEAL.name(("bob",))
    store.kept[name] = {"changed": sealed[:-1] + bytes([sealed[-1] ^ 1]), "cut": sealed[:20], "empty": b""}.get(
        broken, sealed
    )
    store.kept[other] = sealed

    with pytest.raises(Problem) as caught:
        await keeper.open(("bob",) if broken == "moved" else ("ann",))
    assert caught.value.kind is Kind.NO_TOKENS
    assert "v" not in str(caught.value.__cause__).split()


def test_names_are_keyed_and_parts_do_not_run_together() -> None:
    other = Seal(b"o" * 32, secrets.token_bytes)
    names = {SEAL.name(parts) for parts in (("a", "b"), ("ab",), ("a", "b", ""), ("", "ab"), ("b", "a"))}

    assert len(names) == 5
    assert other.name(("a", "b")) not in names
    assert SEAL.name(("a", "b")) == Seal(b"k" * 32, secrets.token_bytes).name(("a", "b"))
    assert SEAL.name(("\ud800",)) != SEAL.name(("?",))


def test_the_same_document_is_never_sealed_the_same() -> None:
    document = Document({"EMAIL": 1}, (Entry("<EMAIL_1>", "v@x", 5),), ("EMAIL_2",))
    name = SEAL.name(("a",))
    one, two = SEAL.sealed(name, document), SEAL.sealed(name, document)

    assert one[12:] != two[12:]
    assert SEAL.opened(name, one) == SEAL.opened(name, two) == document
    with pytest.raises(StoreError):
        Seal(b"o" * 32, secrets.token_bytes).opened(name, one)
    assert "kkkk" not in repr(SEAL)
    assert msgspec.msgpack.encode(document) not in one
