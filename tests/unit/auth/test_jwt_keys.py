"""The keys of an issuer: which are taken, when they are fetched, and what happens while the issuer is away."""

import asyncio
from typing import Any

import msgspec
import pytest

from lockgate.auth.jwt.keys import key_set
from lockgate.auth.jwt.source import KeySource, Pace
from lockgate.core.auth import Shelf
from lockgate.core.problem import Kind, Problem
from tests.tokens import EC, NAMED, RSA, published


class Idp:
    """Its keys, how often it was asked, and whether it answers; it answers when it is let."""

    def __init__(self) -> None:
        self.raw = published(*NAMED)
        self.asked = 0
        self.away = False
        self.now = 0.0
        self.memory: dict[tuple[str, str], Any] = {}
        self.let = asyncio.Event()
        self.let.set()

    async def fetch(self) -> bytes:
        self.asked += 1
        await self.let.wait()
        if self.away:
            raise Problem(Kind.UNREACHABLE, "refused", source="upstream")
        return self.raw

    def source(self, shelf: Shelf | None = None) -> KeySource:
        pace = Pace(300, 900)
        return KeySource(
            "idp", self.fetch, pace, self.memory, "x", shelf=shelf, elapsed=lambda: self.now, chance=lambda: 1.0
        )


class OneShelf:
    """What all workers of a machine share; `age` is how old everything on it is."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.age = 0.0

    def taken(self, name: str) -> tuple[bytes, float] | None:
        return (self.kept[name], self.age) if name in self.kept else None

    def put(self, name: str, content: bytes) -> None:
        self.kept[name] = content


async def settled() -> None:
    """Lets what was started in the background come to its end."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_S74_two_hundred_at_once_ask_the_issuer_once() -> None:
    idp = Idp()
    source = idp.source()

    found = await asyncio.gather(*(source.first() for _ in range(200)))

    assert idp.asked == 1
    assert len({id(keys) for keys in found}) == 1


async def test_known_keys_never_wait_and_are_renewed_in_the_background() -> None:
    idp = Idp()
    source = idp.source()
    before = await source.first()
    idp.let.clear()
    idp.raw = published(("ec", EC))

    idp.now = 301
    assert [source.current() for _ in range(50)] == [before] * 50
    await settled()
    assert (idp.asked, source.current()) == (2, before)
    idp.let.set()
    await settled()

    after = source.current()
    assert after
    assert [key.kid for key in after.keys] == ["ec"]


async def test_the_same_keys_again_are_the_same_set() -> None:
    idp = Idp()
    source = idp.source()
    before = await source.first()
    idp.now = 301

    source.current()
    await settled()

    assert source.current() is before
    assert idp.asked == 2


async def test_while_the_issuer_is_away_known_keys_go_on_for_stale_max() -> None:
    idp = Idp()
    source = idp.source()
    before = await source.first()
    idp.away = True

    seen = {}
    for idp.now in range(0, 1300, 10):
        seen[idp.now] = source.current()
        await settled()

    assert all(keys is before for now, keys in seen.items() if now < 1200)
    assert all(keys is None for now, keys in seen.items() if now >= 1200)
    assert idp.asked < 30  # and not 130
    idp.away = False
    idp.now = 1400
    assert await source.first()


async def test_what_another_worker_fetched_is_known_while_the_issuer_is_away() -> None:
    shelf, one, other = OneShelf(), Idp(), Idp()
    await one.source(shelf).first()
    shelf.age, other.away, other.now = 200, True, 5_000

    keys = await other.source(shelf).first()

    assert keys is not None
    assert other.asked == 0  # they are not due, and nobody waits for one who is away
    other.memory.clear()
    shelf.age = 300 + 900
    assert await other.source(shelf).first() is None  # too old for anybody


async def test_what_another_worker_fetched_is_renewed_before_it_is_used_when_it_is_due() -> None:
    """The issuer may have taken one of the keys away since."""
    shelf, one, other = OneShelf(), Idp(), Idp()
    await one.source(shelf).first()
    shelf.age, other.raw = 301, published(("ec", EC))

    keys = await other.source(shelf).first()

    assert (keys and keys.raw, other.asked, shelf.kept["x"]) == (other.raw, 1, other.raw)
    away = Idp()
    away.away = True
    assert await away.source(shelf).first()


async def test_a_key_that_another_worker_has_heard_of_is_no_unknown_one() -> None:
    shelf, one, other = OneShelf(), Idp(), Idp()
    source = other.source()
    before = await source.first()
    source = other.source(shelf)
    one.raw = published(NAMED[0])
    await one.source(shelf).first()
    other.away, other.now = True, 20.0

    renewed = await source.renewed()

    assert renewed is not None
    assert renewed is not before
    assert renewed.raw == one.raw


@pytest.mark.parametrize("raw", [b"", b"<html>", b'{"keys": ['])
async def test_what_is_no_set_of_keys_on_the_shelf_is_nothing(raw: bytes) -> None:
    shelf, idp = OneShelf(), Idp()
    shelf.put("x", raw)

    assert await idp.source(shelf).first()
    assert idp.asked == 1


async def test_S74_an_issuer_that_never_answered_is_asked_less_and_less() -> None:
    idp = Idp()
    idp.away = True
    source = idp.source()

    for step in range(1200):
        idp.now = step / 10
        assert await source.first() is None

    assert idp.asked <= 9
    assert source.wait() >= 1


async def test_an_unknown_name_makes_us_ask_again_once_in_ten_seconds() -> None:
    idp = Idp()
    source = idp.source()
    await source.first()

    for idp.now in (1, 1, 2, 5, 10.9, 11):
        await source.renewed()

    assert idp.asked == 3
    idp.now = 30
    await asyncio.gather(*(source.renewed() for _ in range(50)))
    assert idp.asked == 4


async def test_a_waiting_request_that_is_cancelled_does_not_stop_the_fetch() -> None:
    idp = Idp()
    idp.let.clear()
    source = idp.source()
    waiting = asyncio.ensure_future(source.first())
    await settled()

    waiting.cancel()
    idp.let.set()
    await settled()

    assert source.current()


async def test_a_reload_keeps_what_is_known() -> None:
    idp = Idp()
    before = await idp.source().first()
    idp.away = True

    assert idp.source().current() is before


async def test_nonsense_is_no_set_of_keys_and_changes_nothing() -> None:
    idp = Idp()
    source = idp.source()
    before = await source.first()
    idp.raw, idp.now = b"<html>", 301

    source.current()
    await settled()

    assert source.current() is before
    assert source.failures == 1


async def test_keys_that_are_no_good_are_left_out() -> None:
    secret = {"kty": "oct", "k": "c2VjcmV0", "kid": "oct"}
    for_encryption = RSA.as_dict(private=False, kid="enc", use="enc")
    private = EC.as_dict(private=True, kid="ec")
    raw = msgspec.json.encode({"keys": [secret, for_encryption, private, 7, {"kty": "RSA"}, {"kty": "EC", "crv": "x"}]})

    (only,) = key_set(raw).keys

    assert (only.kid, only.key.is_private) == ("ec", False)
    for nothing in (b'{"keys":[]}', b"{}", b"x", msgspec.json.encode({"keys": [secret]})):
        with pytest.raises(ValueError):  # noqa: PT011  its text is for the log
            key_set(nothing)
