"""The public keys of an issuer, and which of them may have signed a token."""

from collections.abc import Iterable, Iterator
from typing import Any

import jiter
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from msgspec import Struct

_TYPES: dict[str, tuple[str, str]] = {
    **{f"{family}{bits}": ("RSA", "") for family in ("RS", "PS") for bits in (256, 384, 512)},
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    "EdDSA": ("OKP", "Ed25519"),
    "Ed25519": ("OKP", "Ed25519"),
}
"""What kind of key, on which curve, an algorithm needs. No symmetric key is ever in it."""
_CLASSES: dict[str, type[RSAKey] | type[ECKey] | type[OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
_PUBLIC = ("kty", "crv", "n", "e", "x", "y")
_MOST = 100
_RSA_BITS = 2048
_TRIED = 8
_VERIFIERS = {
    name: JWSRegistry(algorithms=[name]).get_alg(name) for name in {n.replace("EdDSA", "Ed25519") for n in _TYPES}
}


class SigningKey(Struct, frozen=True):
    """A public key; `algorithm` is empty when its owner did not say what it is for."""

    kid: str
    algorithm: str
    kind: tuple[str, str]
    key: Key

    def fits(self, algorithm: str) -> bool:
        wanted = _TYPES.get(algorithm)
        kind = (self.kind[0], "") if self.kind[0] == "RSA" else self.kind
        return kind == wanted and self.algorithm in ("", algorithm)

    def signed(self, algorithm: str, signed: bytes, signature: bytes) -> bool:
        """Whether this key's owner signed it."""
        name = "Ed25519" if algorithm == "EdDSA" else algorithm
        return bool(_VERIFIERS[name].verify(signed, signature, self.key))


class KeySet(Struct, frozen=True):
    """All keys of an issuer at one time. Another set is another object: that is how one tells that they changed."""

    keys: tuple[SigningKey, ...]
    raw: bytes

    def candidates(self, kid: str, algorithm: str) -> tuple[SigningKey, ...]:
        """Those of that name; without a name, or where the issuer names none, all that are of the right kind.

        A name is only ever compared with other names.
        """
        fitting = [key for key in self.keys if key.fits(algorithm)]
        named = [key for key in fitting if key.kid == kid] if kid else fitting
        return tuple((named or [key for key in fitting if not key.kid])[:_TRIED])


def key_set(raw: bytes) -> KeySet:
    """A JWK Set (RFC 7517). Keys that cannot check a signature here are left out; `ValueError` when none is left."""
    document = jiter.from_json(raw, catch_duplicate_keys=True)
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ValueError("it is not a JWK Set: there is no list of `keys`")  # noqa: TRY004  as above
    found = KeySet(tuple(_usable(listed[:_MOST])), raw)
    if not found.keys:
        raise ValueError("it has no public key for signatures of a kind that is known here")
    return found


def _usable(listed: Iterable[Any]) -> Iterator[SigningKey]:
    for entry in listed:
        if not isinstance(entry, dict) or entry.get("use", "sig") != "sig":
            continue
        operations = entry.get("key_ops", ["verify"])
        if not isinstance(operations, list) or "verify" not in operations:
            continue
        if (key := _imported(entry)) is not None:
            kid, algorithm = entry.get("kid", ""), entry.get("alg", "")
            if isinstance(kid, str) and isinstance(algorithm, str):
                yield SigningKey(kid, algorithm, (str(entry["kty"]), str(entry.get("crv", ""))), key)


def _imported(entry: dict[str, Any]) -> Key | None:
    """Only its public members: a private key in a public place is not made worse here."""
    kind = _CLASSES.get(str(entry.get("kty")))
    if kind is None or (kind is RSAKey and len(str(entry.get("n"))) * 6 < _RSA_BITS):
        return None
    try:
        key = kind.import_key({name: entry[name] for name in _PUBLIC if name in entry})
        if isinstance(key, RSAKey) and key.public_key.key_size < _RSA_BITS:
            return None
    except (JoseError, ValueError, KeyError, TypeError):
        return None
    return key
