"""Hostile and honest tokens: what gets in, what does not, and what is remembered."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some
from joserfc.jwk import RSAKey

from lockgate.auth.jwt.claims import Choice, Rules
from lockgate.auth.jwt.token import taken_apart
from lockgate.core.auth import Caller
from lockgate.core.problem import Kind, Problem
from tests.issuer import RULES, Idp, who
from tests.tokens import EC, ED, GOOD, ISSUER, NOW, RSA, SMALL, base64, hs256, token


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
    token(msgspec.json.encode(GOOD)[:-1] + b',"sub":"bob"}'),
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
