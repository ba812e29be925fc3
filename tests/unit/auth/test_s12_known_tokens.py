"""S12: a token that was checked is known by all of it, until it or the key that signed it ends; and how many are known has a bound."""

import asyncio
import contextlib
import random

import pytest

from lockgate.core.problem import Kind, Problem
from tests.issuer import Idp, who
from tests.tokens import EC, ED, GOOD, ISSUER, NOW, base64, published, token


async def test_S12_tokens_that_begin_alike_are_two_identities() -> None:
    method = Idp().method()
    start = {"iss": ISSUER, "aud": "lockgate", "exp": NOW + 300, "groups": "llm", "filler": "x" * 300}
    tokens = [token(start | {"sub": name}) for name in ("ann", "bob")]
    assert tokens[0][:200] == tokens[1][:200]

    found = [await who(method, each) for each in (*tokens, *tokens)]

    assert [caller and caller.user for caller in found] == ["ann", "bob", "ann", "bob"]


async def test_S12_a_known_token_with_anything_changed_is_unknown() -> None:
    method, good, chance = Idp().method(), token(), random.Random(35030)
    await who(method, good)

    for _ in range(500):
        at = chance.randrange(len(good))
        bad = good[:at] + bytes([good[at] ^ (1 << chance.randrange(7))]) + good[at + 1 :]
        try:
            assert await who(method, bad) is None
        except Problem as problem:
            assert problem.kind is Kind.UNAUTHENTICATED


async def test_what_is_remembered_ends_with_the_token_and_has_a_bound() -> None:
    now = [float(NOW)]
    method = Idp().method(clock=lambda: now[0], remembered=20)
    for number in range(50):
        await who(method, token(GOOD | {"sub": str(number)}, ED, "EdDSA", by="Ed25519", kid="ed"))
        assert len(method._seen) <= 20
    kept = token()
    await who(method, kept)

    now[0] = NOW + 361

    with pytest.raises(Problem):
        await who(method, kept)


async def test_a_known_token_ends_with_the_key_that_signed_it() -> None:
    idp, known = Idp(), token()
    method = idp.method()
    assert await who(method, known)
    idp.raw, idp.now = published(("ec", EC)), 301

    assert await who(method, known)  # the keys are being fetched behind its back
    for _ in range(5):
        await asyncio.sleep(0)

    with pytest.raises(Problem):
        await who(method, known)


async def test_S12_many_tokens_of_one_beginning_are_never_a_known_one() -> None:
    method, good, chance = Idp().method(), token(), random.Random(12)
    await who(method, good)
    opened = 0

    for _ in range(20_000):
        bad = good[:200] + base64(chance.randbytes(100))
        with contextlib.suppress(Problem):
            opened += await who(method, bad) is not None

    assert opened == 0
