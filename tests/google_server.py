"""Google's token service, metadata service and Secret Manager, as Google documents them: assertions are verified."""

import base64
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import RSAKey

from lockgate.secrets.gcp.crc32c import crc32c
from tests.cloud_server import Answer, Asked, Cloud

MAIL = "gateway@shop-1.iam.gserviceaccount.com"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC = RSAKey.import_key(
    KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
)
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
TOKEN, MACHINE = "ya29.canary", "ya29.canary-machine"
FEDERATED, SPOKEN_FOR = "ya29.d.canary-federated", "ya29.c.canary-account"
POOL = "//iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/shop/providers/cluster"


def version(text: bytes, check: int | None = None) -> Answer:
    payload = {"data": base64.b64encode(text).decode(), "dataCrc32c": str(crc32c(text) if check is None else check)}
    return 200, {"name": "projects/1/secrets/x/versions/1", "payload": payload}


def complaint(status: int, word: str) -> Answer:
    return status, {"error": {"code": status, "message": "canary: Permission denied on resource", "status": word}}


PLACES: dict[str, Answer] = {
    "/v1/projects/shop-1/secrets/openai/versions/latest:access": version(b"s3cret"),
    "/v1/projects/other/secrets/openai/versions/7:access": version(b"of-other"),
    "/v1/projects/shop-1/locations/europe-west3/secrets/openai/versions/latest:access": version(b"regional"),
    "/v1/projects/shop-1/secrets/pair/versions/latest:access": version(b'{"password":"p4ss"}'),
    "/v1/projects/shop-1/secrets/bare/versions/latest:access": (200, {"payload": {"data": "czNjcmV0"}}),
    "/v1/projects/shop-1/secrets/damaged/versions/latest:access": version(b"s3cret", 1),
    "/v1/projects/shop-1/secrets/binary/versions/latest:access": version(b"\xff\xfe"),
    "/v1/projects/shop-1/secrets/off/versions/latest:access": complaint(400, "FAILED_PRECONDITION"),
    "/v1/projects/shop-1/secrets/hidden/versions/latest:access": complaint(403, "PERMISSION_DENIED"),
    "/v1/projects/shop-1/secrets/page/versions/latest:access": (502, b"<html>canary"),
    "/v1/projects/shop-1/secrets/moved/versions/latest:access": (302, b""),
    "/v1/projects/shop-1/secrets/odd/versions/latest:access": (200, {"payload": "canary"}),
}


def google(asked: Asked) -> Answer:
    if asked.target.startswith("/computeMetadata/v1/"):
        return metadata(asked)
    if asked.target == "/token":
        return token(asked)
    if asked.target == "/v1/token":
        return exchanged(asked)
    if asked.target.endswith(":generateAccessToken"):
        return impersonated(asked)
    assert asked.method == "GET"
    if asked.headers["authorization"].removeprefix("Bearer ") not in (TOKEN, MACHINE, FEDERATED, SPOKEN_FOR):
        return complaint(401, "UNAUTHENTICATED")
    return PLACES.get(asked.target, complaint(404, "NOT_FOUND"))


def metadata(asked: Asked) -> Answer:
    assert asked.headers["metadata-flavor"] == "Google"
    if asked.target == "/computeMetadata/v1/project/project-id":
        return 200, b"shop-1"
    assert asked.target == "/computeMetadata/v1/instance/service-accounts/default/token"
    return 200, {"access_token": MACHINE, "expires_in": 3599, "token_type": "Bearer"}


def token(asked: Asked) -> Answer:
    """RFC 7523, 2.1 and 3: the assertion is for this address, of this account, and young."""
    assert (asked.method, asked.headers["content-type"]) == ("POST", "application/x-www-form-urlencoded")
    form = parse_qs(asked.body.decode(), strict_parsing=True)
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    try:
        read = jwt.decode(form["assertion"][0], PUBLIC, algorithms=["RS256"])
    except Exception:  # noqa: BLE001 - whatever is wrong with it
        return 400, {"error": "invalid_grant", "error_description": "canary: Invalid JWT Signature."}
    claims, now = read.claims, time.time()
    assert read.header == {"alg": "RS256", "typ": "JWT", "kid": "key-1"}
    assert claims["aud"].endswith("/token")
    assert (claims["iss"], claims["scope"]) == (MAIL, SCOPE)
    assert now - 5 <= claims["iat"] <= now + 1
    assert claims["iat"] < claims["exp"] <= claims["iat"] + 3600
    return 200, {"access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer"}


def exchanged(asked: Asked) -> Answer:
    """RFC 8693, as Google's Security Token Service has it."""
    assert (asked.method, asked.headers["content-type"]) == ("POST", "application/x-www-form-urlencoded")
    assert "authorization" not in asked.headers
    form = {name: value for name, (value,) in parse_qs(asked.body.decode(), strict_parsing=True).items()}
    kind = "urn:ietf:params:oauth:token-type"
    assert form.pop("grant_type") == "urn:ietf:params:oauth:grant-type:token-exchange"
    assert (form.pop("requested_token_type"), form.pop("scope")) == (f"{kind}:access_token", SCOPE)
    assert form.pop("subject_token_type") == f"{kind}:jwt"
    if form.pop("audience") != POOL:
        return 400, {"error": "invalid_target", "error_description": "canary"}
    if form != {"subject_token": "canary.of.cluster"}:
        return 400, {"error": "invalid_grant", "error_description": "canary: The token is expired"}
    return 200, {"access_token": FEDERATED, "issued_token_type": f"{kind}:access_token", "expires_in": 3599}


def impersonated(asked: Asked) -> Answer:
    """The IAM Service Account Credentials API."""
    assert (asked.method, asked.headers["content-type"]) == ("POST", "application/json")
    assert asked.headers["authorization"] == f"Bearer {FEDERATED}"
    assert json.loads(asked.body) == {"scope": [SCOPE], "lifetime": "3600s"}
    if f"/v1/projects/-/serviceAccounts/{MAIL}:" not in asked.target:
        return complaint(403, "PERMISSION_DENIED")
    return 200, {"accessToken": SPOKEN_FOR, "expireTime": "2030-01-01T00:00:00Z"}


def federation(folder: Path, one: Cloud, source: dict[str, Any], mail: str = "", **other: Any) -> str:
    """A credential configuration, as `gcloud iam workload-identity-pools create-cred-config` makes it."""
    made: dict[str, Any] = {"universe_domain": "googleapis.com", "type": "external_account", "audience": POOL}
    made |= {"subject_token_type": "urn:ietf:params:oauth:token-type:jwt", "token_url": f"{one.url}/v1/token"}
    made |= {"credential_source": source, **other}
    if mail:
        url = f"{one.url}/v1/projects/-/serviceAccounts/{mail}:generateAccessToken"
        made |= {"service_account_impersonation_url": url}
    (folder / "federation.json").write_text(json.dumps(made, indent=2))
    return "federation.json"


def key_file(folder: Path, one: Cloud, name: str = "key.json", **other: Any) -> str:
    made = {"type": "service_account", "project_id": "shop-1", "private_key_id": "key-1", "private_key": PEM}
    made |= {"client_email": MAIL, "client_id": "1", "token_uri": f"{one.url}/token", **other}
    (folder / name).write_text(json.dumps(made, indent=2))
    return name
