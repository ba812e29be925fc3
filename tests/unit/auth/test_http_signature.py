"""Signed requests: what a signature has to cover, when it is good, once, and over which body."""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA512

from lockgate.auth.http_signature.fields import Inner, dictionary
from lockgate.auth.http_signature.keys import Verify, public, shared
from lockgate.auth.http_signature.message import Message, signature_base
from lockgate.auth.http_signature.method import HttpSignature, Limits, SignatureKey
from lockgate.core.auth import Caller, Presented, Sealed
from lockgate.core.problem import Kind, Problem
from tests.fakes import Once

NOW = 1_800_000_000
SECRET = b"Zm9vYmFyIGJhciBiYXogcXV4IGhlbGxv"
BODY = b'{"model":"x"}'
WHOLE = '"@method" "@target-uri" "content-digest"'
Sign = Callable[[bytes], bytes]


def digest(body: bytes = BODY, name: str = "sha256") -> bytes:
    label = {"sha256": "sha-256", "sha512": "sha-512", "md5": "md5"}[name]
    return f"{label}=:{b64encode(hashlib.new(name, body).digest()).decode()}:".encode()


def hmac(base: bytes) -> bytes:
    import hmac

    return hmac.digest(SECRET, base, "sha256")


def presented(
    covered: str = WHOLE,
    params: str = f';created={NOW};keyid="ci"',
    *,
    sign: Sign = hmac,
    content: bytes | None = None,
    changed: dict[str, Any] | None = None,
    more: tuple[tuple[bytes, bytes], ...] = (),
) -> Presented:
    """A signed request; `changed` is what happens to it on its way."""
    request: dict[str, Any] = {"method": "POST", "path": "/v1/chat/completions", "query": "a=1"}
    headers = ((b"host", b"gw.example"), (b"content-digest", digest() if content is None else content))
    inner = dictionary((f"sig=({covered}){params}".encode(),))["sig"]
    assert isinstance(inner, Inner)
    base = signature_base(Message(scheme="http", headers=headers, **request), inner)
    signature = b64encode(sign(base)).decode()
    fields = (
        (b"signature-input", f"sig=({covered}){params}".encode()),
        (b"signature", f"sig=:{signature}:".encode()),
    )
    return Presented(**{**request, "headers": (*headers, *fields, *more), **(changed or {})})


def method(
    verify: Verify | None = None, algorithm: str = "hmac-sha256", nonces: Once | None = None, **limits: Any
) -> HttpSignature:
    key = SignatureKey(Caller("http_signature:ci", "shop"), algorithm, verify or shared(SECRET))
    return HttpSignature({"ci": key, "other": key}, nonces or Once(), lambda: NOW, Limits(**limits))


async def who(known: HttpSignature, request: Presented) -> str:
    found = await known.authenticate(request)
    if isinstance(found, Sealed):
        found.check(BODY)
        return found.caller.key_id
    return found.key_id


async def refused(request: Presented, known: HttpSignature | None = None) -> str:
    with pytest.raises(Problem) as caught:
        await who(known or method(), request)
    assert caught.value.status == 401
    return caught.value.detail


def _pem(key: Any) -> bytes:
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return bytes(key.public_key().public_bytes(encoding, form))


def _pairs() -> list[tuple[str, Verify, Sign]]:
    ed, p256, big = (
        ed25519.Ed25519PrivateKey.generate(),
        ec.generate_private_key(ec.SECP256R1()),
        rsa.generate_private_key(65537, 2048),
    )

    def both(base: bytes) -> bytes:
        r, s = decode_dss_signature(p256.sign(base, ec.ECDSA(SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)

    return [
        ("hmac-sha256", shared(SECRET), hmac),
        ("ed25519", public(_pem(ed), "ed25519"), ed.sign),
        ("ecdsa-p256-sha256", public(_pem(p256), "ecdsa-p256-sha256"), both),
        (
            "rsa-pss-sha512",
            public(_pem(big), "rsa-pss-sha512"),
            lambda base: big.sign(base, padding.PSS(padding.MGF1(SHA512()), 64), SHA512()),
        ),
    ]


@pytest.mark.parametrize("pair", _pairs(), ids=lambda pair: pair[0])
async def test_each_algorithm_names_its_caller(pair: tuple[str, Verify, Sign]) -> None:
    algorithm, verify, sign = pair

    assert await who(method(verify, algorithm), presented(sign=sign)) == "http_signature:ci"
    assert "not one of that key" in await refused(presented(sign=lambda base: sign(base + b"x")), method(verify))
    assert "not one of that key" in await refused(presented(sign=lambda _: b""), method(verify))


@pytest.mark.parametrize(
    "covered",
    [
        '"@method" "@authority" "@path" "@query" "content-digest"',
        '"content-digest" "@request-target" "@target-uri" "@scheme" "@method" "host"',
    ],
)
async def test_a_signature_over_all_of_a_request(covered: str) -> None:
    assert await who(method(), presented(covered)) == "http_signature:ci"


@pytest.mark.parametrize(
    "covered",
    [
        "",
        '"@method" "@target-uri"',
        '"@target-uri" "content-digest"',
        '"@method" "@path" "@query" "content-digest"',
        '"@method" "@authority" "@path" "content-digest"',
        '"@method" "@authority" "@query" "content-digest"',
    ],
)
async def test_a_signature_over_less_is_refused(covered: str) -> None:
    assert "has to cover" in await refused(presented(covered))


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "PUT"},
        {"path": "/v1/messages"},
        {"query": "a=2"},
        {"query": ""},
        {"secure": True},
    ],
)
async def test_nothing_of_what_is_covered_can_be_changed(changed: dict[str, Any]) -> None:
    assert "not one of that key" in await refused(presented(changed=changed))


async def test_an_uncovered_query_that_is_added_is_refused() -> None:
    request = presented('"@method" "@authority" "@path" "@query" "content-digest"', changed={"query": "b"})

    assert "not one of that key" in await refused(request)


@pytest.mark.parametrize(
    ("params", "why"),
    [
        (';keyid="ci"', "does not say when"),
        (f';created="{NOW}";keyid="ci"', "does not say when"),
        (f';created={NOW - 301};keyid="ci"', "not made just now"),
        (f';created={NOW + 61};keyid="ci"', "not made just now"),
        (f';created={NOW};expires={NOW};keyid="ci"', "has expired"),
        (f';created={NOW};expires="x";keyid="ci"', "does not say when"),
        (f';created={NOW};keyid="nobody"', "key is not known"),
        (f";created={NOW}", "key is not known"),
        (f';created={NOW};keyid="ci";alg="ed25519"', "algorithm is not"),
    ],
)
async def test_out_of_time_or_of_nobody(params: str, why: str) -> None:
    assert why in await refused(presented(params=params))


@pytest.mark.parametrize("created", [NOW - 300, NOW, NOW + 60])
async def test_the_window_and_the_skew(created: int) -> None:
    assert await who(method(), presented(params=f';created={created};expires={NOW + 1};keyid="ci"'))


@pytest.mark.parametrize("params", ['keyid="ci"', 'keyid="ci";nonce="n-1"'])
async def test_a_signature_is_good_once(params: str) -> None:
    nonces = Once()
    request = presented(params=f";created={NOW};{params}")

    assert await who(method(nonces=nonces), request)
    assert "used before" in await refused(request, method(nonces=nonces))
    assert set(nonces.said.values()) == {NOW + 301}


async def test_a_nonce_is_good_once_whatever_it_was_signed_with() -> None:
    nonces = Once()
    first = presented(params=f';created={NOW};keyid="ci";nonce="n"')
    second = presented(params=f';created={NOW - 1};keyid="ci";nonce="n"')
    await who(method(nonces=nonces), first)

    assert "used before" in await refused(second, method(nonces=nonces))


async def test_a_wrong_signature_uses_up_no_nonce() -> None:
    nonces = Once()
    await refused(presented(sign=lambda _: b"x"), method(nonces=nonces))

    assert not nonces.said


async def test_another_body_is_refused_before_anybody_sees_it() -> None:
    for content in (digest(b"other"), digest(b"other", "sha512"), digest() + b", " + digest(b"other", "sha512")):
        assert "not the one that was signed" in await refused(presented(content=content))
    for content in (digest(name="md5"), b"", b"sha-256=x", b"sha-256=(:eA==:)"):
        assert "signature is not valid" in await refused(presented(content=content))


async def test_two_signatures() -> None:
    extra = (b"signature-input", b'proxy=("@method");created=1;keyid="proxy"'), (b"signature", b"proxy=:eA==:")
    ours = (b"signature-input", f'two=("@method");created={NOW};keyid="other"'.encode()), (b"signature", b"two=:eA==:")

    assert await who(method(), presented(more=extra))
    with pytest.raises(Problem) as caught:
        await who(method(), presented(more=ours))
    assert caught.value.kind is Kind.AMBIGUOUS


async def test_what_clients_see_in_front_of_a_proxy_and_what_a_signature_is_for() -> None:
    tagged = presented(params=f';created={NOW};keyid="ci";tag="app"')

    assert await who(method(scheme="http"), presented(changed={"secure": True}))
    assert await who(method(tag="app"), tagged)
    assert "tag" in await refused(presented(), method(tag="app"))


@pytest.mark.parametrize("name", [b"signature", b"signature-input"])
@pytest.mark.parametrize("value", [b"", b"sig", b"sig=1", b"sig=()", b"sig=(;", b"\xff", b"sig=:!:", b"x=:eA==:"])
async def test_S10_broken_fields_are_refused(name: bytes, value: bytes) -> None:
    good = presented()
    headers = tuple((key, value if key == name else old) for key, old in good.headers)

    await refused(Presented(good.method, good.path, good.query, headers))
