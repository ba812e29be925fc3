"""What goes wrong on the way to an upstream and back, as the gateway's one exception."""

import errno
import ssl

from lockgate.core.problem import Kind, Problem

# X509_V_ERR_* of OpenSSL (x509_vfy.h): what an operator can act on, without the certificate's own words. For all others OpenSSL's
# fixed text: Python 3.13 and newer hold certificates to all of RFC 5280, of which there are many.
_CERTIFICATE = {
    9: "it is not valid yet",
    10: "it has expired",
    18: "it is self-signed",
    19: "its issuer is not trusted",
    20: "its issuer is not trusted",
    21: "its issuer is not trusted",
    62: "it was issued for another name",
    64: "it was issued for another address",
}


_OURS = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM))
"""This machine has nothing left: no upstream can be blamed for it."""


class Broken(Exception):
    """The upstream's bytes are no answer that may be passed on. The text is fixed: nothing of the upstream is in it."""


def failed(kind: Kind, detail: str) -> Problem:
    return Problem(kind, detail, source="upstream")


def not_connected(error: OSError, *, secure: bool) -> Problem:
    """The problem that an error of connecting, or of the TLS handshake that follows if `secure`, is."""
    if error.errno in _OURS:
        detail = "this gateway has no file descriptor or buffer left for a connection to an upstream"
        return Problem(Kind.OVERLOADED, detail, source="gateway", retry_after=1.0)
    if isinstance(error, ssl.SSLCertVerificationError):
        why = _CERTIFICATE.get(error.verify_code, error.verify_message)
        return failed(Kind.UPSTREAM_TLS, f"the upstream's certificate was not accepted: {why}")
    if isinstance(error, ssl.SSLError):
        return failed(Kind.UPSTREAM_TLS, "the TLS handshake with the upstream failed")
    if secure and isinstance(error, ConnectionResetError | ConnectionAbortedError | BrokenPipeError):
        return failed(Kind.UPSTREAM_TLS, "the upstream closed the connection during the TLS handshake")
    if isinstance(error, ConnectionRefusedError):
        return failed(Kind.UNREACHABLE, "the upstream refused the connection")
    return failed(Kind.UNREACHABLE, "the upstream could not be reached")
