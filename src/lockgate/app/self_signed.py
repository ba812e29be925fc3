"""A certificate of this machine's own, for a first try: made once, kept in the data folder, told by its fingerprint."""

import ipaddress
import socket
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from lockgate.core.store import StoreError
from lockgate.stores.key_file.files import locked, make_folder, write_whole

if TYPE_CHECKING:
    from cryptography.x509 import GeneralName

DAYS = 397
"""As long as browsers and the CA/Browser Forum let a certificate live."""
_SPARE = timedelta(days=7)
"""One that ends sooner is made anew at the start."""


def self_signed(data: Path, host: str) -> tuple[Path, Path, str]:
    """Certificate, key, and the certificate's SHA-256 in hexadecimal. `host` is where the listener is."""
    folder = data / "tls"
    cert, key = folder / "self-signed.crt", folder / "self-signed.key"
    make_folder(folder)
    with locked(folder / "self-signed.lock"):
        if not _good(cert, key):
            certificate, private = _made(host)
            write_whole(key, private)
            write_whole(cert, certificate)
    return cert, key, fingerprint(cert)


def fingerprint(cert: Path) -> str:
    """As `openssl x509 -fingerprint -sha256` says it."""
    import ssl  # noqa: PLC0415  only where there is TLS

    try:
        digest = sha256(ssl.PEM_cert_to_DER_cert(cert.read_text())).hexdigest().upper()
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot read {cert}: {error}") from error
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))


def _good(cert: Path, key: Path) -> bool:
    from cryptography import x509  # noqa: PLC0415  only for whoever asks for it

    try:
        certificate = x509.load_pem_x509_certificate(cert.read_bytes())
    except (OSError, ValueError):
        return False
    return key.exists() and certificate.not_valid_after_utc - datetime.now(UTC) > _SPARE


def _made(host: str) -> tuple[bytes, bytes]:
    from cryptography import x509  # noqa: PLC0415  as above
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Lockgate, self-signed")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))  # clocks of other machines
        .not_valid_after(now + timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), private


def _names(host: str) -> "list[GeneralName]":
    from cryptography import x509  # noqa: PLC0415  as above

    found: list[GeneralName] = []
    for name in dict.fromkeys(("localhost", "127.0.0.1", "::1", host, socket.gethostname())):
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            found.append(x509.DNSName(name.encode("ascii", "replace").decode()))
    return found
