"""Hostile and honest tokens: what gets in, what does not, and what is remembered."""

import asyncio
import contextlib
import random
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some
from joserfc.jwk import RSAKey

from lockgate.auth.jwt.claims import Choice, Rules
from lockgate.auth.jwt.method import Issuer, Jwt
from lockgate.auth.jwt.source import KeySource, Pace
from lockgate.auth.jwt.token import taken_apart
from lockgate.core.auth import Caller, Presented
from lockgate.core.problem import Kind, Problem
from tests.tokens import EC, ED, GOOD, ISSUER, NAMED, NOW, RSA, SMALL, base64, hs256, published, token

RULES = Rules(
    frozenset(("lockgate",)),
    frozenset(("RS256", "ES256", "EdDSA", "PS256")),
    Choice(("groups",), {"llm": "shop"}),
    roles=Choice(("realm", "roles"), {"chief": "admin"}),
    kept=("email",),
)


def member(team: str, key_id: str, **more: Any) -> Caller:
    return Caller(key_id, team, roles=frozenset(more.pop("roles")), **more)


class Idp:
    """Its keys, how often it was asked, and whether it answers."""

    def __init__(self) -> None:
        self.raw = published(*NAMED)
        self.asked = 0
        self.away = False
        self.now = 0.0
        self.memory: dict[tuple[str, str], Any] = {}

    async def fetch(self) -> bytes:
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise Problem(Kind.UNREACHABLE, "refused", source="upstream")
        return self.raw

    def method(self, rules: Rules = RULES, clock: Callable[[], float] = lambda: NOW, **more: Any) -> Jwt:
        source = KeySource("idp", self.fetch, Pace(), self.memory, ISSUER, elapsed=lambda: self.now, chance=lambda: 1.0)
        return Jwt({ISSUER: Issuer("idp", rules, source)}, member, clock, limit=8192, **more)


async def who(method: Jwt, credential: bytes) -> Caller | None:
    return await method.authenticate(Presented("POST", "/", "", (), "bearer", credential))


async def refusal(credential: bytes, rules: Rules = RULES) -> str:
    with pytest.raises(Problem) as caught:
        await who(Idp().method(rules), credential)
    assert caught.value.kind is Kind.UNAUTHENTICATED
    return caught.value.detail


@pytest.mark.parametrize(("alg", "kid", "key"), [("RS256", "rsa", RSA), ("PS256", "rsa", RSA), ("ES256", "ec", EC)])
async def test_a_good_token_makes_its_holder(alg: str, kid: str, key: Any) -> None:
    claims = GOOD | {"realm": {"roles": ["chief", "other"]}, "email": "ann@example"}

    caller = await who(Idp().method(), token(claims, key, alg, kid=kid))

    assert caller == Caller(
        "jwt:idp:ann", "shop", name="idp", user="ann", roles=frozenset(("admin",)), method="jwt",
        claims={"email": "ann@example"},
    )  # fmt: skip


async def test_edwards_signatures_by_their_old_name() -> None:
    assert await who(Idp().method(), token(key=ED, alg="EdDSA", by="Ed25519", kid="ed"))


HOSTILE = (
    token(alg="none", key=None),
    token(alg="None", key=None),
    token(alg="RS256", key=None),
    hs256(RSA.as_pem(private=False)),
    hs256(RSA.as_der(private=False)),
    hs256(b""),
    token(alg="RS256", key=RSAKey.generate_key(2048)),
    token(alg="RS512"),
    token(key=SMALL, kid="small"),
    token(key=EC, alg="ES256", kid="rsa"),
    token(kid="../../../dev/null"),
    token(kid="rsa' UNION SELECT 1--"),
    token(kid="http://169.254.169.254/latest"),
    token(kid="x" * 600),
    token(key=RSAKey.generate_key(2048), jwk=RSA.as_dict(private=False)),
    token(key=RSAKey.generate_key(2048), jku="https://evil.example/jwks", x5u="https://evil.example/x"),
    token(typ="logout+jwt"),
    token(cty="JWT"),
    token(GOOD | {"exp": NOW - 61}),
    token(GOOD | {"exp": str(NOW + 300)}),
    token(GOOD | {"exp": True}),
    token(GOOD | {"exp": -1}),
    token({k: v for k, v in GOOD.items() if k != "exp"}),
    token(GOOD | {"nbf": NOW + 61}),
    token(GOOD | {"iat": NOW + 61}),
    token(GOOD | {"aud": "other"}),
    token(GOOD | {"aud": ["other", {"lockgate": 1}]}),
    token(GOOD | {"aud": None}),
    token(GOOD | {"iss": "https://evil.example"}),
    token(GOOD | {"iss": ISSUER + "/"}),
    token(GOOD | {"iss": [ISSUER]}),
    token(GOOD | {"sub": ""}),
    token(GOOD | {"sub": "a\nb"}),
    token(GOOD | {"sub": "x" * 300}),
    token(GOOD | {"groups": ["other"]}),
    token(GOOD | {"groups": {"llm": 1}}),
    token(GOOD | {"cnf": {"jkt": "x"}}),
    token(GOOD | {"filler": "x" * 9000}),
    token(b'{"iss":"https://idp.example","iss":"https://idp.example","aud":"lockgate"}'),
    token(b"[1]"),
    token(b"[" * 3000),
    token(b'{"a":' * 1000 + b"1" + b"}" * 1000),
    token(b"\xff"),
    token() + b"=",
    token()[:-1],
    token()[:-3] + b"AAA",
    token() + b".x.x",
    token().replace(b".", b"..", 1),
    token().rpartition(b".")[0] + b".",
    b"eyJ.." + b"x",
    token(token(), cty="x", typ="x"),
)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
async def test_a_hostile_token_opens_nothing(number: int) -> None:
    detail = await refusal(HOSTILE[number])

    assert "ann" not in detail
    assert "\n" not in detail


async def test_critical_parameters_that_nobody_understands() -> None:
    head = base64(b'{"alg":"RS256","kid":"rsa","crit":["exp"],"exp":1}')

    assert "must be understood" in await refusal(head + token()[token().index(b".") :])


async def test_the_skew_forgives_sixty_seconds() -> None:
    claims = GOOD | {"exp": NOW - 59, "nbf": NOW + 60, "iat": NOW + 60}

    assert await who(Idp().method(), token(claims))


async def test_the_client_that_a_token_was_made_for() -> None:
    rules = msgspec.structs.replace(RULES, azp=frozenset(("web",)))

    assert await who(Idp().method(rules), token(GOOD | {"azp": "web"}))
    assert await who(Idp().method(rules), token(GOOD | {"client_id": "web"}))
    for claims in (GOOD, GOOD | {"azp": "other", "client_id": "web"}, GOOD | {"azp": ["x"]}):
        assert "another client" in await refusal(token(claims), rules)


async def test_without_a_table_the_claim_is_the_team_and_only_one() -> None:
    rules = msgspec.structs.replace(RULES, team=Choice(("groups",), known=frozenset(("shop", "lab"))))

    assert (await who(Idp().method(rules), token(GOOD | {"groups": ["lab", "x"]}))).team == "lab"  # type: ignore[union-attr]
    assert "more than one" in await refusal(token(GOOD | {"groups": ["lab", "shop"]}), rules)


async def test_what_is_no_token_is_somebody_else_s() -> None:
    for credential in (b"lg-key", b"eyJust-a-key", b"", b"a.b.c"):
        assert await who(Idp().method(), credential) is None


async def test_s12_tokens_that_begin_alike_are_two_identities() -> None:
    method = Idp().method()
    start = {"iss": ISSUER, "aud": "lockgate", "exp": NOW + 300, "groups": "llm", "filler": "x" * 300}
    tokens = [token(start | {"sub": name}) for name in ("ann", "bob")]
    assert tokens[0][:200] == tokens[1][:200]

    found = [await who(method, each) for each in (*tokens, *tokens)]

    assert [caller and caller.user for caller in found] == ["ann", "bob", "ann", "bob"]


async def test_s12_a_known_token_with_anything_changed_is_unknown() -> None:
    method, good, chance = Idp().method(), token(), random.Random(35030)
    await who(method, good)

    for _ in range(500):
        at = chance.randrange(len(good))
        bad = good[:at] + bytes([good[at] ^ (1 << chance.randrange(7))]) + good[at + 1 :]
        try:
            assert await who(method, bad) is None
        except Problem as problem:
            assert problem.kind is Kind.UNAUTHENTICATED  # noqa: PT017  either is right


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


async def test_s12_many_tokens_of_one_beginning_are_never_a_known_one() -> None:
    method, good, chance = Idp().method(), token(), random.Random(12)
    await who(method, good)
    opened = 0

    for _ in range(20_000):
        bad = good[:200] + base64(chance.randbytes(100))
        with contextlib.suppress(Problem):
            opened += await who(method, bad) is not None

    assert opened == 0


@given(
    some.binary(max_size=300)
    | some.builds(lambda parts: b".".join(map(base64, parts)), some.lists(some.binary(), max_size=6))
)
def test_any_bytes_are_a_token_or_refused(credential: bytes) -> None:
    try:
        found = taken_apart(b"eyJ" + credential, 8192)
    except Problem as problem:
        assert problem.kind is Kind.UNAUTHENTICATED  # noqa: PT017  either is right
    else:
        assert found.algorithm
