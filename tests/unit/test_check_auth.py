"""What is said about a configuration's `auth`: S04 and S05 among it."""

from collections.abc import Iterator
from typing import Any

import msgspec.inspect as look
import pytest

from lockgate.app import address
from lockgate.app.checks.auth import open_to_all
from lockgate.auth import api_key, insecure_no_auth
from tests.unit.configurations import WHOLE, one, read, said


def test_client_keys_are_the_default() -> None:
    assert read(WHOLE).valid.auth == (api_key.plugin(),)


def test_a_method_is_known_by_its_kind() -> None:
    _, path, found, expected = one(WHOLE + "auth: [{kind: psychic}]\n")

    assert (path, found.partition(",")[0]) == ("auth.0.kind", "'psychic'")
    assert "api_key" in expected


def test_an_empty_list_lets_nobody_in_and_is_refused() -> None:
    assert one(WHOLE + "auth: []\n")[1] == "auth"


def test_a_method_stands_once() -> None:
    assert one(WHOLE + "auth: [{kind: api_key}, {kind: api_key}]\n")[1] == "auth.1.kind"


OFF = "auth: [{kind: insecure_no_auth, team: shop}]\n"


def test_S05_no_authentication_on_loopback_is_allowed() -> None:
    assert read(WHOLE + OFF).valid.auth == (insecure_no_auth.plugin(team="shop"),)


@pytest.mark.parametrize("host", ["0.0.0.0", "[::]", "192.168.1.5", "gateway.example"])
def test_S05_no_authentication_off_loopback_is_refused(host: str) -> None:
    _, path, found, _ = one(WHOLE.replace("127.0.0.1:8080", f"{host}:8080") + OFF)

    assert path == "auth.0.kind"
    assert "other machines" in found


def test_S05_a_listener_of_the_command_line_is_looked_at_too() -> None:
    methods = read(WHOLE + OFF).valid.auth

    assert open_to_all(methods, address.listen("127.0.0.1:1")) == ""
    assert "insecure_no_auth" in open_to_all(methods, address.listen("0.0.0.0:1"))


def test_S05_no_authentication_beside_a_method_is_refused() -> None:
    both = "auth: [{kind: api_key}, {kind: insecure_no_auth, team: shop}]\n"

    assert one(WHOLE + both)[1] == "auth.1.kind"


def test_a_team_that_is_not_there() -> None:
    assert one(WHOLE + OFF.replace("shop", "shpo"))[1:3] == ("auth.0.team", "'shpo', which is not in this file")


MTLS = "auth: [{kind: mtls, principals: [{name: a, team: shop, cn: a}]}]\n"
"""S04: what is empty or weak protects nothing, wherever it stands."""


def test_certificates_need_a_listener_that_asks_for_them() -> None:
    tls = "server: {tls: {cert: c, key: k, client_ca: ca}}"

    assert one(WHOLE + MTLS)[1] == "auth.0.kind"
    assert [
        each.path for each in read(WHOLE.replace(WHOLE.split("\n")[1], tls) + MTLS).problems if "auth" in each.path
    ] == []


WITH_SECRETS = {
    "basic": "{kind: basic, users: [{name: a, team: shop, password: {env: E}}]}",
    "hmac": "{kind: hmac, keys: [{name: a, team: shop, secret: {env: E}}]}",
    "http_signature": "{kind: http_signature, keys: [{id: a, team: shop, algorithm: hmac-sha256, secret: {env: E}}]}",
}


@pytest.mark.parametrize("kind", WITH_SECRETS)
@pytest.mark.parametrize("name", ["EMPTY", "BLANK", "WEAK", "NOWHERE"])
def test_S04_an_empty_weak_or_missing_secret_is_an_error_and_never_shown(kind: str, name: str) -> None:
    wrong = said(WHOLE + f"auth: [{WITH_SECRETS[kind]}]\n".replace("E}", name + "}"))

    (path,) = {path for _, path, _, _ in wrong}
    assert path.startswith("auth.0.")
    assert path.rpartition(".")[2] in ("secret", "password")
    assert all("sk-1234" not in found or "well-known" in found for _, _, found, _ in wrong)


def test_S04_every_method_with_a_secret_is_in_this_test() -> None:
    from lockgate.app.settings.auth import AnyAuth
    from lockgate.core.secret_ref import SecretRef

    with_secrets = {
        kind.__struct_config__.tag for kind in AnyAuth.__args__ if SecretRef in set(kinds(look.type_info(kind)))
    }

    assert with_secrets == set(WITH_SECRETS)


def kinds(kind: Any) -> Iterator[type]:
    """Every class inside of a type."""
    if isinstance(kind, look.StructType):
        yield kind.cls
        for field in kind.fields:
            yield from kinds(field.type)
    for name in ("type", "item_type", "value_type"):
        if inner := getattr(kind, name, None):
            yield from kinds(inner)
    for inner in getattr(kind, "types", ()):
        yield from kinds(inner)


ISSUER = "{name: idp, issuer: 'https://idp.example', audience: [x], team: shop}"


@pytest.mark.parametrize(
    ("was", "now", "where"),
    [
        ("team: shop", "team: shpo", "team"),
        ("team: shop", "team: {claim: g, values: {a: shop, b: shpo}}", "team.values.b"),
        ("team: shop", "team: {claim: g, otherwise: shpo}", "team.otherwise"),
        ("https://idp.example", "http://idp.example", "issuer"),
        ("https://idp.example", "https://169.254.169.254", "issuer"),
        ("audience: [x]", "audience: []", "audience"),
        ("audience: [x]", "audience: [x], algorithms: [HS256]", "algorithms.0"),
        ("audience: [x]", "audience: [x], algorithms: [none]", "algorithms.0"),
        ("audience: [x]", "audience: [x], jwks_url: 'ftp://x'", "jwks_url"),
        ("audience: [x]", "audience: [x], jwks_file: /nowhere", "jwks_file"),
        ("audience: [x]", "audience: [x], jwks_url: 'https://x.example', jwks_file: x", ""),
        ("audience: [x]", "audience: [x], roles: {claim: r}", "roles"),
        ("audience: [x]", "audience: [x], roles: [admin, chief]", "roles.1"),
        ("audience: [x]", "audience: [x], roles: {claim: r, values: {a: admin, b: chief}}", "roles.values.1"),
        ("audience: [x]", "audience: [x], refresh: 0s", "refresh"),
        ("audience: [x]", "audience: [x], skew: 60", "skew"),
    ],
)
def test_what_is_wrong_with_an_issuer_is_said_where_it_stands(was: str, now: str, where: str) -> None:
    text = f"auth: [{{kind: jwt, issuers: [{ISSUER.replace(was, now)}]}}]\n"

    assert one(WHOLE + text)[1] == f"auth.0.issuers.0.{where}".rstrip(".")


def test_an_issuer_stands_once_and_a_good_one_is_taken() -> None:
    assert read(WHOLE + f"auth: [{{kind: api_key}}, {{kind: jwt, issuers: [{ISSUER}]}}]\n").valid
    twice = said(WHOLE + f"auth: [{{kind: jwt, issuers: [{ISSUER}, {ISSUER}]}}]\n")

    assert [path for _, path, _, _ in twice] == ["auth.0.issuers.1.name", "auth.0.issuers.1.issuer"]
