"""Certificates for the places of U15: an authority of a day, and leaves of it that are sound, too old, or another's."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)
_ISSUING = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


class Authority:
    """Signs leaves; `file` is its own certificate, for whoever is to trust it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Faulty authority")])
        certificate = self._made(self._name, self._key, datetime.now(UTC) + DAY, "", ca=True)
        self.file = folder / "ca.crt"
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def context(
        self, name: str, *, host: str = "127.0.0.1", expired: bool = False, alone: bool = False
    ) -> ssl.SSLContext:
        """A server's, with a leaf for `host`; `alone`: it signed itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        end = datetime.now(UTC) + (-DAY if expired else DAY)
        issuer, signer = (subject, key) if alone else (self._name, self._key)
        leaf = self._made(subject, key, end, host, issuer=issuer, signer=signer)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file = self._folder / f"{name}.pem"
        file.touch(0o600)
        file.write_bytes(private + leaf.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _made(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        end: datetime,
        host: str,
        *,
        issuer: x509.Name | None = None,
        signer: ec.EllipticCurvePrivateKey | None = None,
        ca: bool = False,
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer or self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(end - 3 * DAY)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        builder = _as_rfc_5280_has_it(builder, key, signer or self._key, ca=ca)
        if host:
            builder = builder.add_extension(x509.SubjectAlternativeName([_named(host)]), critical=False)
        return builder.sign(signer or self._key, hashes.SHA256())


def _as_rfc_5280_has_it(
    builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey, *, ca: bool
) -> x509.CertificateBuilder:
    """With what its §4.2.1.1 to 4.2.1.3 ask for, without which Python 3.13 and newer take no certificate."""
    if ca:
        builder = builder.add_extension(_ISSUING, critical=True)
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return builder.add_extension(authority, critical=False).add_extension(own, critical=False)


def _named(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
