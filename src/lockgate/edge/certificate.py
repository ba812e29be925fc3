"""How a listener proves who it is, and asks clients for the same: TLS 1.2 or later, forward secrecy and AEAD only."""

import errno
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from lockgate.edge.revocation import unlisted

CIPHERS = "@SECLEVEL=2:ECDHE+AESGCM:ECDHE+CHACHA20:!PSK"
"""Of TLS 1.2 what RFC 9325 recommends; the three suites of TLS 1.3 are all good."""

HSTS = b"strict-transport-security: max-age=31536000\r\n"
"""RFC 6797: for a year, browsers ask this host over TLS only."""


class Certificate(Struct, frozen=True):
    """Files of a listener, all PEM. `client_ca`: whose certificates clients may show, and must if `required`.

    `pinned`: clients that come by name may remember that this host speaks TLS (HSTS).
    """

    cert: Path
    key: Path
    client_ca: Path | None = None
    crl: Path | None = None
    required: bool = True
    oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    pinned: bool = True

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(path for path in (self.cert, self.key, self.client_ca, self.crl) if path is not None)


def server_context(certificate: Certificate) -> ssl.SSLContext:
    """A context for new connections. `OSError` (`ssl.SSLError` is one) when a file is missing or they do not fit together;
    its `filename` says which.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = max(certificate.oldest, ssl.TLSVersion.TLSv1_2)
    context.set_ciphers(CIPHERS)
    context.set_alpn_protocols(["http/1.1"])
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    # Without a password of our own OpenSSL would ask the terminal for one and wait.
    with _of(f"{certificate.cert} and {certificate.key}"):
        context.load_cert_chain(certificate.cert, certificate.key, password=lambda: b"")
    if certificate.client_ca is not None:
        _ask_clients(context, certificate, certificate.client_ca)
    return context


def _ask_clients(context: ssl.SSLContext, certificate: Certificate, authority: Path) -> None:
    with _of(str(authority)):
        context.load_verify_locations(cafile=authority)
    if certificate.crl is not None:
        with _of(str(certificate.crl)):
            lists = certificate.crl.read_bytes()
            if b"-----BEGIN X509 CRL-----" not in lists:  # OpenSSL takes certificates, too
                raise OSError(errno.EINVAL, "there is no revocation list in it")
            context.load_verify_locations(cafile=certificate.crl)
        # OpenSSL would refuse whoever comes by way of an authority without a list, were the whole chain looked at.
        whole = not unlisted(authority.read_bytes(), lists)
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN if whole else ssl.VERIFY_CRL_CHECK_LEAF
    context.verify_mode = ssl.CERT_REQUIRED if certificate.required else ssl.CERT_OPTIONAL
    # A resumed session does not show its certificate again: without tickets a revoked one is refused from the next
    # connection on.
    context.options |= ssl.OP_NO_TICKET
    context.num_tickets = 0


@contextmanager
def _of(files: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        error.filename = files
        raise
