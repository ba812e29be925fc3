"""An application that proves itself with a certificate: an assertion that its key signs (RFC 7523), as Entra ID wants it."""

import hashlib
import re
import time
from base64 import urlsafe_b64encode
from pathlib import Path
from uuid import uuid4

import msgspec

from lockgate.clouds.web import LIMIT, Silent
from lockgate.core.secret_source import Surroundings

MINUTES = 5
_KEY = re.compile(r"-----BEGIN ([A-Z ]*)PRIVATE KEY-----.+?-----END \1PRIVATE KEY-----", re.DOTALL)


def assertion(path: Path, client: str, audience: str, around: Surroundings) -> str:
    """`path`: the certificate and its key, in PEM. The header names the certificate by its SHA-256. Raises `Silent`."""
    from cryptography import x509  # noqa: PLC0415  heavy, and only here
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415

    text = _read(path)
    if (block := _KEY.search(text)) is not None:
        around.hold(f"azure certificate key of {client}", block[0])
    try:
        certificate = x509.load_pem_x509_certificate(text.encode())
        key = serialization.load_pem_private_key(text.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):
        raise Silent(f"{path} does not hold a certificate and its key, without a password, in PEM") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Silent(f"the key in {path} is not RSA, which Entra ID wants")
    if certificate.public_key() != key.public_key():
        raise Silent(f"the certificate in {path} is not that of the key in it")
    thumbprint = hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).digest()
    now = int(time.time())
    head = {"alg": "PS256", "typ": "JWT", "x5t#S256": _coded(thumbprint)}
    claims = {
        "aud": audience,
        "iss": client,
        "sub": client,
        "jti": str(uuid4()),
        "nbf": now,
        "iat": now,
        "exp": now + MINUTES * 60,
    }
    signed = f"{_coded(msgspec.json.encode(head))}.{_coded(msgspec.json.encode(claims))}"
    salted = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    return f"{signed}.{_coded(key.sign(signed.encode(), salted, hashes.SHA256()))}"


def _coded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _read(path: Path) -> str:
    try:
        with path.open(encoding="ascii") as file:
            return file.read(LIMIT)
    except (OSError, UnicodeDecodeError):
        raise Silent(f"the certificate {path} cannot be read") from None
