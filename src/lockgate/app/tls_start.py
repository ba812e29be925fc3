"""TLS as a start tells it: which files, and the fingerprint of a certificate of our own."""

import sys
from pathlib import Path

from lockgate.app import address
from lockgate.app.listener_tls import Certificates, certificate
from lockgate.app.load import Loaded
from lockgate.app.self_signed import self_signed
from lockgate.app.settings import ListenerTls


def certificates(loaded: Loaded, folder: Path) -> Certificates:
    """Of both listeners. The fingerprint of one that we made is told: it is all that a client can compare."""
    server = loaded.valid.server
    if "self-signed" in (server.tls, server.admin_tls):
        cert, _, fingerprint = self_signed(loaded.data, address.listen(server.listen).host)
        print(f"self-signed certificate {cert}\nits SHA-256 fingerprint {fingerprint}", file=sys.stderr, flush=True)
    return files(loaded, folder)


def files(loaded: Loaded, folder: Path) -> Certificates:
    server = loaded.valid.server
    return Certificates(
        certificate(server.tls, folder, loaded.data, server.listen),
        certificate(server.tls_of_admin, folder, loaded.data, server.admin),
    )


def scheme(tls: ListenerTls) -> str:
    return "http" if tls is None else "https"
