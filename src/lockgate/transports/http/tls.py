"""How an upstream proves who it is. There is no switch to turn this off."""

import ssl
from hashlib import sha256
from typing import cast

from lockgate.core.http import Trust


def client_context(extra_ca: str | None = None) -> ssl.SSLContext:
    """The system's roots, and those of the PEM file `extra_ca`; names are checked; TLS 1.2 or later; HTTP/1.1 only.

    Raises `OSError` (`ssl.SSLError` is one) for a file that cannot be read or holds no certificate.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if extra_ca is not None:
        context.load_verify_locations(cafile=extra_ca)
    return context


def trusting(trust: Trust) -> ssl.SSLContext:
    """As `client_context`, with the roots and the certificate that an upstream wants. `OSError` as there."""
    context = ssl.create_default_context(cafile=trust.ca or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if trust.client_cert:
        # Without a password of our own OpenSSL would ask the terminal for one and wait.
        context.load_cert_chain(trust.client_cert, trust.client_key, password=lambda: b"")
    return context


def pinned(trust: Trust, connection: ssl.SSLObject) -> bool:
    """Whether the certificate's key is one of those that are pinned."""
    if not trust.pins:
        return True
    from base64 import b64encode  # noqa: PLC0415  only where keys are pinned

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415  as above
    from cryptography.x509 import load_der_x509_certificate  # noqa: PLC0415

    certificate = load_der_x509_certificate(cast("bytes", connection.getpeercert(binary_form=True)))
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"sha256//{b64encode(sha256(key).digest()).decode()}" in trust.pins
