"""The method itself: a certificate is read once, and its principal is known for as long as it is in time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import final

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from msgspec import Struct

from lockgate.core.auth import REALM, Caller, Presented, Takes
from lockgate.core.problem import Kind, Problem

REMEMBERED = 4096


class Known(Struct, frozen=True):
    """A principal, and the name of the authority that has to have signed the certificate, if it matters."""

    caller: Caller
    issuer: str | None


class Read(Struct, frozen=True):
    """Whose a certificate is, if anybody's, and from when to when."""

    caller: Caller | None
    begins: float
    ends: float


@final
class Mtls:
    """An `Authenticator`. TLS has verified chain, signature and revocation; here it only gets a name.

    The end of a certificate is looked at for each request, for connections outlive it.
    """

    takes = Takes(challenge=f"Certificate {REALM}", wanted="a client certificate", certificate=True)

    def __init__(self, known: Mapping[tuple[str, str], Sequence[Known]], clock: Callable[[], float]) -> None:
        self._known = known
        self._clock = clock
        self._read: dict[str, Read] = {}

    async def authenticate(self, presented: Presented) -> Caller | None:
        read = self._read.get(presented.certificate) or self._remember(presented.certificate)
        if read.caller is not None and not read.begins <= self._clock() < read.ends:
            raise Problem(Kind.UNAUTHENTICATED, "the client certificate is not in time")
        return read.caller

    def _remember(self, pem: str) -> Read:
        try:
            certificate = x509.load_pem_x509_certificate(pem.encode())
            names = tuple(_names(certificate))
            issuer = certificate.issuer.rfc4514_string()
        except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
            raise Problem(Kind.UNAUTHENTICATED, "the client certificate cannot be read") from None
        found = [known for name in names for known in self._known.get(name, ()) if known.issuer in (None, issuer)]
        callers = {known.caller.key_id: known.caller for known in found}
        if len(callers) > 1:
            raise Problem(Kind.AMBIGUOUS, "the client certificate is that of two principals")
        ends = certificate.not_valid_after_utc.timestamp()
        read = Read(next(iter(callers.values()), None), certificate.not_valid_before_utc.timestamp(), ends)
        if len(self._read) >= REMEMBERED:
            self._read.clear()
        self._read[pem] = read
        return read


def _names(certificate: x509.Certificate) -> Iterator[tuple[str, str]]:
    """Everything that a principal may be known by. A common name counts only where there is exactly one."""
    yield "sha256", certificate.fingerprint(SHA256()).hex()
    yield "subject", certificate.subject.rfc4514_string()
    common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if len(common) == 1:
        yield "cn", str(common[0].value)
    try:
        alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return
    yield from (("uri", uri) for uri in alternative.get_values_for_type(x509.UniformResourceIdentifier))
    yield from (("dns", dns.lower()) for dns in alternative.get_values_for_type(x509.DNSName))
    yield from (("email", email) for email in alternative.get_values_for_type(x509.RFC822Name))
