"""What TLS says of a connection, as the ASGI `tls` extension: read once, when the handshake is over."""

import asyncio
import ssl
from typing import cast

from uvicorn._types import HTTPScope

Extensions = dict[str, dict[object, object]]
"""As the scope has it."""

_VERSIONS = {"TLSv1": 0x0301, "TLSv1.1": 0x0302, "TLSv1.2": 0x0303, "TLSv1.3": 0x0304}


def extension(transport: asyncio.Transport) -> Extensions | None:
    """The scope's `extensions` for every request of this connection; None without TLS.

    A client's certificate is in it only when TLS has verified it. Its name and the server's own certificate are not:
    who wants the first reads the certificate itself, and nobody here wants the second.
    """
    tls = transport.get_extra_info("ssl_object")
    if tls is None:
        return None
    verified = tls.context.verify_mode != ssl.CERT_NONE
    der = tls.getpeercert(binary_form=True) if verified else None
    chain = (ssl.DER_cert_to_PEM_cert(der),) if der else ()
    return {
        "tls": {
            "server_cert": None,
            "client_cert_chain": chain,
            "client_cert_name": None,
            "client_cert_error": None,
            "tls_version": _VERSIONS.get(tls.version() or ""),
            "cipher_suite": None,
        }
    }


def certificate(scope: HTTPScope) -> str:
    """The client's verified certificate in PEM, always the same object on one connection; empty without one."""
    extensions = scope.get("extensions")
    if extensions is None:
        return ""
    chain = cast("tuple[str, ...]", extensions["tls"]["client_cert_chain"])
    return chain[0] if chain else ""
