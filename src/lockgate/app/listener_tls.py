"""A listener's TLS, from its settings to a context: read again when a file changes, and only if all of it is well."""

import logging
import ssl
from dataclasses import dataclass
from pathlib import Path

from lockgate.app import address
from lockgate.app.self_signed import self_signed
from lockgate.app.settings import ListenerTls
from lockgate.app.watch_files import Signatures, signatures
from lockgate.edge.certificate import Certificate, server_context
from lockgate.edge.revocation import unseen
from lockgate.edge.server import Server

log = logging.getLogger("lockgate.tls")

_OLDEST = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


def certificate(settings: ListenerTls, folder: Path, data: Path, listen: str) -> Certificate | None:
    """The files that the settings mean; relative ones lie in `folder`. A self-signed one is made if there is none."""
    if settings is None:
        return None
    if settings == "self-signed":
        cert, key, _ = self_signed(data, address.listen(listen).host)
        return Certificate(cert, key, pinned=False)
    return Certificate(
        folder / settings.cert,
        folder / settings.key,
        folder / settings.client_ca if settings.client_ca else None,
        folder / settings.crl if settings.crl else None,
        settings.client_certificates == "required",
        _OLDEST[settings.min_version],
    )


@dataclass(frozen=True, slots=True)
class Certificates:
    """Of both listeners; None without TLS."""

    data_plane: Certificate | None = None
    admin: Certificate | None = None


@dataclass(frozen=True, slots=True)
class Inside:
    """PEM; empty where there is none."""

    chain: bytes = b""
    client_ca: bytes = b""
    crl: bytes = b""


class ListenerContext:
    """Watches the files of one listener. `context` is the last good one, None without TLS; `inside` are the files that it was
    made of, as they were: its certificates, those that clients' come from, and those that are revoked.
    """

    def __init__(self, certificate: Certificate | None) -> None:
        """`OSError` when the files are not well."""
        self._certificate = certificate
        self._seen = _signatures(certificate)
        self._told = ""
        self.context, self.inside = _opened(certificate)
        self.doubted = False
        """Other certificates of clients are good now than with the context before."""

    @property
    def hsts(self) -> bool:
        return self._certificate is not None and self._certificate.pinned

    def replaced(self, certificate: Certificate | None) -> bool:
        """Other settings. Whether there is another context now; with files that are not well the old one stays."""
        if certificate == self._certificate:
            return self.changed()
        return self._read(certificate)

    def changed(self) -> bool:
        """Looks at the files, one `stat` each. Whether there is another context now."""
        return _signatures(self._certificate) != self._seen and self._read(self._certificate)

    def _read(self, certificate: Certificate | None) -> bool:
        seen = _signatures(certificate)
        try:
            before, (self.context, self.inside) = self.inside, _opened(certificate)
        except OSError as error:
            # Most likely one file of a pair was written and the other one not yet: it is tried at every look.
            why = f"{error.filename}: {error.strerror or error}"
            if why != self._told:
                log.error("the TLS certificate stays as it was: %s", why)  # noqa: TRY400  a file's fault, not ours
            self._told = why
            return False
        self._certificate, self._seen, self._told = certificate, seen, ""
        self.doubted = (before.client_ca, before.crl) != (self.inside.client_ca, self.inside.crl)
        for text in unseen(self.inside.client_ca, self.inside.crl):
            log.warning("%s", text)
        log.info(
            "TLS with %s is in force for new connections", "no certificate" if certificate is None else certificate.cert
        )
        return True


async def renewed(server: Server, tls: ListenerContext) -> None:
    """Puts changed files in force for new connections."""
    if tls.changed():
        await server.renew(tls.context, hsts=tls.hsts, doubted=tls.doubted)


def _opened(certificate: Certificate | None) -> tuple[ssl.SSLContext | None, Inside]:
    if certificate is None:
        return None, Inside()
    context = server_context(certificate)
    read = [b"" if path is None else path.read_bytes() for path in (certificate.client_ca, certificate.crl)]
    return context, Inside(certificate.cert.read_bytes(), *read)


def _signatures(certificate: Certificate | None) -> Signatures:
    return signatures(certificate.files) if certificate is not None else ()
