"""Client certificates over real sockets: the handshake, the ASGI extension, the principal, the record; and revocation."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lockgate.auth.mtls.method import Known, Mtls
from lockgate.core.auth import Caller
from lockgate.core.http import Inbound, Reply
from lockgate.edge.asgi import asgi
from lockgate.edge.certificate import Certificate, server_context
from lockgate.edge.options import EdgeOptions
from lockgate.edge.server import Server
from lockgate.pipeline.authenticate import Entrance
from lockgate.pipeline.serve import serve
from tests.fakes import Keys, Notebook, Script
from tests.integration.front_door import refuse
from tests.unit.pipeline.gateway import gateway

MODELS = frozenset(("fast",))
BILLING, OTHER = "spiffe://corp.example/billing", "spiffe://corp.example/other"


def identified(uri: str, authority: trustme.CA) -> trustme.LeafCert:
    return authority.issue_cert(uri) if "://" not in uri else _with_uri(uri, authority)


def _with_uri(uri: str, authority: trustme.CA) -> trustme.LeafCert:
    """trustme makes no URI names: this makes one with its authority's key."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(_ca(authority).subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(uri)]), critical=True)
        .sign(_ca_key(authority), hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    above = [authority.cert_pem.bytes()] if _ca(authority).issuer != _ca(authority).subject else []
    return trustme.LeafCert(private, certificate.public_bytes(serialization.Encoding.PEM), above)


def _ca(authority: trustme.CA) -> x509.Certificate:
    return x509.load_pem_x509_certificate(authority.cert_pem.bytes())


def _ca_key(authority: trustme.CA) -> ec.EllipticCurvePrivateKey:
    loaded = serialization.load_pem_private_key(authority.private_key_pem.bytes(), None)
    return cast("ec.EllipticCurvePrivateKey", loaded)


DAY = timedelta(days=1)


def revocations(authority: trustme.CA, *revoked: trustme.LeafCert, end: timedelta = DAY) -> bytes:
    now = datetime.now(UTC)
    builder = x509.CertificateRevocationListBuilder(_ca(authority).subject, now - 2 * DAY, now + end)
    for leaf in revoked:
        serial = x509.load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes()).serial_number
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(_ca_key(authority), hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@dataclass
class Door:
    port: int
    ours: trustme.CA
    theirs: trustme.CA
    notebook: Notebook
    inbounds: list[Inbound]

    async def ask(self, leaf: trustme.LeafCert | None, *headers: str, times: int = 1) -> list[int]:
        """The statuses that one connection gets; none when there was no handshake."""
        context = ssl.create_default_context()
        self.ours.configure_trust(context)
        if leaf is not None:
            leaf.configure_cert(context)
        lines = "".join(f"{line}\r\n" for line in headers)
        request = f"GET /v1/models HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n".encode()
        found = []
        try:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", self.port, ssl=context, server_hostname="localhost"
            )
            for _ in range(times):
                writer.write(request)
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                await reader.readexactly(length)
                found.append(int(head.split()[1]))
            writer.close()
            await writer.wait_closed()
        except (ssl.SSLError, ConnectionError, asyncio.IncompleteReadError):
            pass
        return found


@asynccontextmanager
async def door(
    tmp_path: Path,
    verify: ssl.VerifyMode,
    *revoked: trustme.LeafCert,
    ca: trustme.CA,
    listed: timedelta = DAY,
    lists: bytes = b"",
) -> AsyncIterator[Door]:
    """`lists`: other revocation lists than the one of `ca`."""
    ours = trustme.CA()
    issued = ours.issue_cert("localhost")
    (tmp_path / "a.crt").write_bytes(issued.cert_chain_pems[0].bytes())
    (tmp_path / "a.key").write_bytes(issued.private_key_pem.bytes())
    (tmp_path / "ca.pem").write_bytes(ca.cert_pem.bytes())
    (tmp_path / "crl.pem").write_bytes(lists or revocations(ca, *revoked, end=listed))
    files = (tmp_path / name for name in ("a.crt", "a.key", "ca.pem", "crl.pem"))
    context = server_context(Certificate(*files, required=verify is ssl.CERT_REQUIRED))
    notebook, inbounds = Notebook(), []
    mtls = Mtls({("uri", BILLING): [Known(Caller("mtls:billing", "shop", MODELS), None)]}, datetime.now(UTC).timestamp)
    entrance = Entrance((mtls, Keys({b"lg-good": Caller("key_1", "shop", MODELS)})))
    whole = replace(gateway(Script(), notebook), entrance=entrance)

    async def answer(inbound: Inbound) -> Reply:
        inbounds.append(inbound)
        return await serve(whole, inbound)

    server, sock = Server(asgi(answer, refuse, EdgeOptions(tick=0.02)), EdgeOptions(tick=0.02)), socket.socket()
    sock.bind(("127.0.0.1", 0))
    await server.start([sock], tls=context)
    try:
        yield Door(sock.getsockname()[1], ours, ca, notebook, inbounds)
    finally:
        await server.drain(0.5)


async def test_a_certificate_is_an_identity_all_along_its_connection(tmp_path: Path) -> None:
    ca = trustme.CA()
    async with door(tmp_path, ssl.CERT_REQUIRED, ca=ca) as here:
        assert await here.ask(identified(BILLING, ca), times=3) == [200, 200, 200]

    assert {record.key_id for record in here.notebook.records} == {"mtls:billing"}
    assert len({id(inbound.certificate) for inbound in here.inbounds}) == 1
    assert all(inbound.secure for inbound in here.inbounds)


@pytest.mark.parametrize("whose", ["stranger", "revoked", "none"])
async def test_without_a_good_certificate_there_is_no_handshake(
    tmp_path: Path, whose: str, caplog: pytest.LogCaptureFixture
) -> None:
    ca = trustme.CA()
    revoked = identified(BILLING, ca)
    leaf = {"stranger": identified(BILLING, trustme.CA()), "revoked": revoked, "none": None}[whose]
    async with door(tmp_path, ssl.CERT_REQUIRED, revoked, ca=ca) as here:
        assert await here.ask(leaf) == []
        assert await here.ask(identified(BILLING, ca)) == [200]

    assert len(here.inbounds) == 1
    why = {
        "stranger": "its certificate is not good (",
        "revoked": "(certificate revoked)",
        "none": "it shows no certificate",
    }
    (told,) = [line for line in caplog.messages if "gets no connection" in line]
    assert told.startswith("a client at 127.0.0.1 gets no connection: ")
    assert why[whose] in told


@pytest.mark.parametrize("verify", [ssl.CERT_REQUIRED, ssl.CERT_OPTIONAL])
async def test_a_list_that_has_ended_lets_no_certificate_in(tmp_path: Path, verify: ssl.VerifyMode) -> None:
    """Nobody can know what was revoked since. Who shows none is asked for a key, as always."""
    ca = trustme.CA()
    async with door(tmp_path, verify, ca=ca, listed=-DAY / 2) as here:
        assert await here.ask(identified(BILLING, ca)) == []
        assert here.inbounds == []
        keyed = await here.ask(None, "Authorization: Bearer lg-good")
        assert keyed == ([200] if verify is ssl.CERT_OPTIONAL else [])


async def test_S16_certificates_and_keys_side_by_side(tmp_path: Path) -> None:
    ca, key = trustme.CA(), "Authorization: Bearer lg-good"
    async with door(tmp_path, ssl.CERT_OPTIONAL, ca=ca) as here:
        billing, nobody = identified(BILLING, ca), identified(OTHER, ca)
        answers = [await here.ask(leaf, *keys) for leaf in (billing, nobody, None) for keys in ((), (key,))]

    assert answers == [[200], [401], [401], [200], [401], [200]]
    codes = [record.code for record in here.notebook.records if record.kind == "outcome"]
    assert codes == ["", "ambiguous_credentials", "invalid_api_key", "", "invalid_api_key", ""]


async def test_headers_that_claim_a_certificate_are_only_headers(tmp_path: Path) -> None:
    ca = trustme.CA()
    forged = "X-Client-Cert: " + identified(BILLING, ca).cert_chain_pems[0].bytes().decode().replace("\n", "%0A")
    async with door(tmp_path, ssl.CERT_OPTIONAL, ca=ca) as here:
        assert await here.ask(None, forged, "X-SSL-Client-Verify: SUCCESS") == [401]
