"""An application of Azure with a certificate: what it signs is what Entra ID verifies (RFC 7523)."""

import datetime as dt
import hashlib
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from joserfc import jwt
from joserfc.jwk import RSAKey

from lockgate.core.secret_source import NoSecret, Surroundings
from lockgate.secrets.azure import AzureRef, plugin
from tests.cloud_server import Answer, Asked, Cloud, cloud
from tests.vault_server import BEARER, azure

OURS, OTHER = (rsa.generate_private_key(65537, 2048) for _ in range(2))
CURVE = ec.generate_private_key(ec.SECP256R1())
NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "app-1")])
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def certificate(key: Any) -> x509.Certificate:
    made = x509.CertificateBuilder(NAME, NAME, key.public_key(), 7, NOW, NOW.replace(year=2036))
    return made.sign(key, hashes.SHA256())


MADE = certificate(OURS)


def pem(key: Any, *, encrypted: bool = False) -> str:
    how = serialization.BestAvailableEncryption(b"canary") if encrypted else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how).decode()


def public(made: x509.Certificate) -> str:
    return made.public_bytes(serialization.Encoding.PEM).decode()


def entra(asked: Asked) -> Answer:
    if not asked.target.endswith("/token"):
        return azure(asked)
    form = {name: value for name, (value,) in parse_qs(asked.body.decode(), strict_parsing=True).items()}
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert (form["grant_type"], form["client_id"]) == ("client_credentials", "app-1")
    assert "client_secret" not in form
    shown = form["client_assertion"]
    thumbprint = hashlib.sha256(MADE.public_bytes(serialization.Encoding.DER)).digest()
    key = RSAKey.import_key(
        OURS.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    try:
        read = jwt.decode(shown, key, algorithms=["PS256"])
    except Exception:  # noqa: BLE001 - whatever is wrong with it
        return 401, {"error": "invalid_client", "error_codes": [700027], "error_description": "canary"}
    assert read.header == {
        "alg": "PS256",
        "typ": "JWT",
        "x5t#S256": urlsafe_b64encode(thumbprint).rstrip(b"=").decode(),
    }
    claims, now = read.claims, time.time()
    assert (claims["iss"], claims["sub"]) == ("app-1", "app-1")
    assert claims["aud"] == f"http://{asked.headers['host']}/tenant-1/oauth2/v2.0/token"
    assert now - 5 <= claims["nbf"] <= now + 1 < claims["exp"] <= now + 600
    assert len(claims["jti"]) == 36
    return 200, {"token_type": "Bearer", "expires_in": 3599, "access_token": BEARER}


@pytest.fixture(scope="module")
def vault() -> Iterator[Cloud]:
    with cloud(entra) as one:
        yield one


def opened(vault: Cloud, folder: Path, content: str, **settings: Any) -> tuple[str, dict[str, str]]:
    (folder / "app.pem").write_text(content)
    held: dict[str, str] = {}
    known = {"AZURE_AUTHORITY_HOST": vault.url, "AZURE_TENANT_ID": "tenant-1", "AZURE_CLIENT_ID": "app-1"}
    known |= {} if "certificate" in settings else {"AZURE_CLIENT_CERTIFICATE_PATH": str(folder / "app.pem")}
    around = Surroundings(known, folder, str, str, held.__setitem__)
    return plugin.open(AzureRef(vault=vault.url, secret="openai", identity="certificate", **settings), around), held


def test_an_application_proves_itself_with_its_certificate(vault: Cloud, tmp_path: Path) -> None:
    for content in (pem(OURS) + public(MADE), public(MADE) + pem(OURS)):
        for settings in ({}, {"certificate": "app.pem"}):
            text, held = opened(vault, tmp_path, content, **settings)

            assert (text, held["azure access token"]) == ("s3cret", BEARER)
            assert held["azure certificate key of app-1"] == pem(OURS).strip()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (pem(OTHER) + public(certificate(OTHER)), "knows no such certificate"),
        (pem(OTHER) + public(MADE), "is not that of the key"),
        (pem(CURVE) + public(certificate(CURVE)), "is not RSA"),
        (pem(OURS), "does not hold a certificate and its key"),
        (public(MADE), "does not hold a certificate and its key"),
        (pem(OURS, encrypted=True) + public(MADE), "without a password"),
        ("canary", "does not hold a certificate and its key"),
    ],
    ids=["a stranger", "two", "a curve", "no certificate", "no key", "a password", "nothing"],
)
def test_s04_certificates_that_will_not_do(vault: Cloud, tmp_path: Path, content: str, found: str) -> None:
    with pytest.raises(NoSecret) as caught:
        opened(vault, tmp_path, content)

    assert found in caught.value.found
    assert "canary" not in caught.value.found.replace(str(tmp_path), "")


def test_another_file_is_another_secret(tmp_path: Path) -> None:
    ref = AzureRef(vault="shop", secret="openai", identity="certificate", certificate="app.pem")

    assert plugin.files(ref, tmp_path) == (tmp_path / "app.pem",)
