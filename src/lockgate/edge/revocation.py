"""Revocation lists of clients' authorities: which lists there are, and of which authorities there is none."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509

_LIST = re.compile(rb"-----BEGIN X509 CRL-----.*?-----END X509 CRL-----\n?", re.DOTALL)
_NAMED = 100


def lists_in(pem: bytes) -> "list[x509.CertificateRevocationList]":
    """`ValueError` for what cannot be read."""
    from cryptography import x509  # noqa: PLC0415  only where clients show certificates

    try:
        return [x509.load_pem_x509_crl(each) for each in _LIST.findall(pem)]
    except x509.InvalidVersion as error:
        raise ValueError(str(error)) from error


def unlisted(authorities: bytes, lists: bytes) -> tuple[str, ...]:
    """Of the certificates in `authorities` those that no list in `lists` is signed by, by name. What cannot be read has none."""
    from cryptography import x509  # noqa: PLC0415  only where clients show certificates

    try:
        known, there = x509.load_pem_x509_certificates(authorities), lists_in(lists)
    except (ValueError, x509.InvalidVersion):
        return ("an authority that cannot be read",)
    return tuple(
        each.subject.rfc4514_string()[:_NAMED] for each in known if not any(_signed(one, each) for one in there)
    )


def unseen(authorities: bytes, lists: bytes) -> Iterator[str]:
    """What a person should hear of these files. Without lists nothing: then nobody looks at any."""
    for name in unlisted(authorities, lists) if lists else ():
        yield (
            f"there is no revocation list of {name!r}: clients that it certified itself get no connection, and of authorities in "
            "between only the one that certified the client is looked at, so that those which were revoked are still good"
        )


def _signed(one: "x509.CertificateRevocationList", authority: "x509.Certificate") -> bool:
    """Names alone are not enough: an authority with a new key has the old name."""
    if one.issuer != authority.subject:
        return False
    try:
        return one.is_signature_valid(authority.public_key())  # type: ignore[arg-type]  # a key that signs nothing: below
    except (TypeError, ValueError):
        return False
