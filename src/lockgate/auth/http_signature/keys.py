"""The keys that signatures are checked with, each for the one algorithm that it was given for (RFC 9421 3.3)."""

import hmac
from collections.abc import Callable

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import load_pem_public_key

Verify = Callable[[bytes, bytes], bool]
"""Whether the second is the signature of the first."""

RSA_BITS = 2048


def shared(secret: bytes) -> Verify:
    """hmac-sha256."""
    return lambda base, signature: hmac.compare_digest(hmac.digest(secret, base, "sha256"), signature)


def public(pem: bytes, algorithm: str) -> Verify:
    """ed25519, ecdsa-p256-sha256 or rsa-pss-sha512. `ValueError` when the key is not one for that algorithm."""
    try:
        key = load_pem_public_key(pem)
    except UnsupportedAlgorithm:
        raise ValueError(f"a public key that is not one for {algorithm}") from None
    if algorithm == "ed25519" and isinstance(key, ed25519.Ed25519PublicKey):
        return _quietly(lambda base, signature: key.verify(signature, base))
    if algorithm == "ecdsa-p256-sha256" and isinstance(key, ec.EllipticCurvePublicKey):
        if not isinstance(key.curve, ec.SECP256R1):
            raise ValueError("a key on another curve than P-256")
        return _quietly(lambda base, signature: key.verify(_both(signature), base, ec.ECDSA(SHA256())))
    if algorithm == "rsa-pss-sha512" and isinstance(key, rsa.RSAPublicKey):
        if key.key_size < RSA_BITS:
            raise ValueError(f"an RSA key of {key.key_size} bits; {RSA_BITS} are the least")
        pss = padding.PSS(padding.MGF1(SHA512()), 64)
        return _quietly(lambda base, signature: key.verify(signature, base, pss, SHA512()))
    raise ValueError(f"a public key that is not one for {algorithm}")


def _quietly(verify: Callable[[bytes, bytes], None]) -> Verify:
    def check(base: bytes, signature: bytes) -> bool:
        try:
            verify(base, signature)
        except (InvalidSignature, ValueError):
            return False
        return True

    return check


def _both(signature: bytes) -> bytes:
    """R and s, 32 bytes each, in the form that the library reads."""
    if len(signature) != 64:
        raise ValueError("a signature of another length")
    return encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
