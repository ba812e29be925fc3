"""Azure Key Vault, Entra ID and the lenders of identities, as strict as Azure documents them."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.cloud_server import Answer, Asked

BEARER = "eyJ0.canary.token"
OLD = "0123456789abcdef0123456789abcdef"


def complaint(status: int, code: str, inner: str = "") -> Answer:
    error: dict[str, Any] = {"code": code, "message": "canary: Caller appid=1;oid=2 is not authorized"}
    return status, {"error": {**error, "innererror": {"code": inner}} if inner else error}


def bundle(text: str) -> Answer:
    return 200, {"value": text, "id": "https://shop.vault.azure.net/secrets/x/1", "attributes": {"enabled": True}}


SECRETS: dict[str, Answer] = {
    "/secrets/openai": bundle("s3cret"),
    f"/secrets/openai/{OLD}": bundle("older"),
    "/secrets/pair": bundle('{"password":"p4ss"}'),
    "/secrets/off": complaint(403, "Forbidden", "SecretDisabled"),
    "/secrets/rbac": complaint(403, "Forbidden", "ForbiddenByRbac"),
    "/secrets/policy": complaint(403, "Forbidden", "AccessDenied"),
    "/secrets/walled": complaint(403, "Forbidden", "ForbiddenByFirewall"),
    "/secrets/new-word": complaint(403, "Forbidden", "SomethingNew"),
    "/secrets/tenant": complaint(401, "Unauthorized"),
    "/secrets/page": (503, b"<html>canary"),
    "/secrets/moved": (302, b""),
    "/secrets/odd": (200, {"value": 7}),
}


def azure(asked: Asked) -> Answer:
    parts = urlsplit(asked.target)
    query = {name: value for name, (value,) in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
    if parts.path.endswith("/oauth2/v2.0/token"):
        return entra(asked)
    if parts.path == "/metadata/identity/oauth2/token":
        assert asked.headers["metadata"] == "true"
        return lent(query, "2018-02-01")
    if parts.path == "/msi/token":
        assert asked.headers["x-identity-header"] == "word-of-the-service"
        return lent(query, "2019-08-01")
    assert (asked.method, query) == ("GET", {"api-version": "7.4"})
    assert asked.headers["authorization"] == f"Bearer {BEARER}"
    return SECRETS.get(parts.path, complaint(404, "SecretNotFound"))


def lent(query: dict[str, str], version: str) -> Answer:
    if query.pop("client_id", "one-of-two") != "one-of-two":
        return 400, {"error": "invalid_request", "error_description": "canary: Identity not found"}
    assert query == {"api-version": version, "resource": "https://vault.azure.net"}
    return 200, {"access_token": BEARER, "expires_in": "3599", "token_type": "Bearer"}


def entra(asked: Asked) -> Answer:
    assert (asked.method, asked.headers["content-type"]) == ("POST", "application/x-www-form-urlencoded")
    form = {name: value for name, (value,) in parse_qs(asked.body.decode(), strict_parsing=True).items()}
    assert form.pop("grant_type") == "client_credentials"
    assert form.pop("scope") == "https://vault.azure.net/.default"
    if asked.target != "/tenant-1/oauth2/v2.0/token":
        return 400, {"error": "invalid_request", "error_codes": [90002], "error_description": "canary"}
    if form.pop("client_id") != "app-1":
        return 400, {"error": "unauthorized_client", "error_codes": [700016]}
    if form == {"client_secret": "canary~secret"}:
        return 200, {"token_type": "Bearer", "expires_in": 3599, "access_token": BEARER}
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    if form == {"client_assertion_type": kind, "client_assertion": "canary.of.pod"}:
        return 200, {"token_type": "Bearer", "expires_in": 3599, "access_token": BEARER}
    return 401, {"error": "invalid_client", "error_codes": [7000222 if "old" in str(form) else 7000215]}
