"""Keys and tokens of an identity provider that exists in tests only: as right or as wrong as a test likes."""

import hmac
import warnings
from base64 import urlsafe_b64encode
from typing import Any

import msgspec
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

NOW = 1_800_000_000
ISSUER = "https://idp.example"
RSA, EC, ED = RSAKey.generate_key(2048), ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519")
with warnings.catch_warnings(action="ignore"):
    SMALL = RSAKey.generate_key(1024)
NAMED = (("rsa", RSA), ("ec", EC), ("ed", ED), ("small", SMALL))
GOOD: dict[str, Any] = {"iss": ISSUER, "aud": "lockgate", "sub": "ann", "exp": NOW + 300, "groups": ["x", "llm"]}

REGISTRY = jws.JWSRegistry(algorithms=list(jws.JWSRegistry.algorithms), strict_check_header=False)


def published(*named: tuple[str, Any]) -> bytes:
    return msgspec.json.encode({"keys": [key.as_dict(private=False, kid=kid) for kid, key in named]})


def base64(raw: bytes) -> bytes:
    return urlsafe_b64encode(raw).rstrip(b"=")


def token(
    claims: dict[str, Any] | bytes = GOOD, key: Any = RSA, alg: str = "RS256", *, by: str = "", **header: Any
) -> bytes:
    """By hand, so that it can be as wrong as it likes. `by`: the algorithm that it is really signed with."""
    payload = claims if isinstance(claims, bytes) else msgspec.json.encode(claims)
    signed = base64(msgspec.json.encode({"alg": alg, "kid": "rsa", **header})) + b"." + base64(payload)
    return signed + b"." + base64(REGISTRY.get_alg(by or alg).sign(signed, key) if key else b"")


def hs256(secret: bytes) -> bytes:
    signed = token(key=None, alg="HS256").rstrip(b".")
    return signed + b"." + base64(hmac.digest(secret, signed, "sha256"))
