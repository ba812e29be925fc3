"""Certificates change under a running gateway: no connection is lost, and a pair that does not fit changes nothing."""

import http.client
import json
import signal
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from tests.e2e.behind_tls import ask, connected, secured, serial, trusting, written
from tests.e2e.process import eventually

BOTH = "tls: {cert: tls.crt, key: tls.key}, workers: 2"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def test_a_new_certificate_comes_without_a_dropped_connection(tmp_path: Path, authority: trustme.CA) -> None:
    written(tmp_path, authority.issue_cert("127.0.0.1"))
    trust, stop, failed = trusting(authority), threading.Event(), list[Exception]()
    with secured(tmp_path, BOTH) as gateway:
        first = serial(gateway.url, trust)
        kept, slow = connected(gateway.url, trust), connected(gateway.url, trust)
        body = {"model": "demo-slow", "stream": True, "messages": [{"role": "user", "content": "hi"}]}
        slow.request("POST", "/v1/chat/completions", json.dumps(body), {"x-api-key": gateway.key})
        stream = slow.getresponse()
        begun = stream.read(10)

        def knock() -> None:
            while not stop.is_set():
                try:
                    connection = connected(gateway.url, trust)
                    assert ask(connection, gateway.key).status == 200
                    connection.close()
                except Exception as error:  # noqa: BLE001  whatever it is, it is told below
                    failed.append(error)

        threads = [threading.Thread(target=knock) for _ in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(3):
            before = serial(gateway.url, trust)
            written(tmp_path, authority.issue_cert("127.0.0.1"))
            eventually(lambda before=before: serial(gateway.url, trust) != before)  # type: ignore[misc]
        stop.set()
        for thread in threads:
            thread.join()

        assert failed == []
        assert ask(kept, gateway.key).status == 200  # still on the first certificate's connection
        assert (begun + stream.read()).endswith(b"data: [DONE]\n\n")
        assert eventually(lambda: {serial(gateway.url, trust) for _ in range(8)}) - {first}
        eventually(lambda: serial(gateway.admin, trust) != first)
        gateway.process.send_signal(signal.SIGHUP)
        eventually(lambda: len(gateway.events("reload")) == len(gateway.events("start")) == 2)  # nobody ended
        for each in (kept, slow):
            each.close()


def test_a_pair_that_does_not_fit_keeps_the_old_one_and_is_told(tmp_path: Path, authority: trustme.CA) -> None:
    written(tmp_path, authority.issue_cert("127.0.0.1"))
    trust = trusting(authority)
    with secured(tmp_path, BOTH) as gateway:
        first = serial(gateway.url, trust)

        (tmp_path / "tls.key").write_bytes(authority.issue_cert("127.0.0.1").private_key_pem.bytes())
        eventually(lambda: "certificate stays as it was" in gateway.stderr)
        during = serial(gateway.url, trust)
        gateway.process.send_signal(signal.SIGHUP)
        eventually(lambda: "was not reloaded" in gateway.stderr)
        after = serial(gateway.url, trust)

        assert first == during == after
        written(tmp_path, authority.issue_cert("127.0.0.1"))
        eventually(lambda: first not in {serial(gateway.url, trust) for _ in range(8)})


def _answers(port: int, trust: ssl.SSLContext | None) -> bool:
    """Over TLS, or in the clear."""
    made = http.client.HTTPSConnection if trust else http.client.HTTPConnection
    connection = made("127.0.0.1", port, timeout=10, **({"context": trust} if trust else {}))  # type: ignore[arg-type]
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def test_TLS_goes_and_comes_by_reloads_and_nobody_ends(tmp_path: Path, authority: trustme.CA) -> None:
    written(tmp_path, authority.issue_cert("127.0.0.1"))
    trust = trusting(authority)
    with secured(tmp_path, BOTH) as gateway:
        text, port = gateway.file.read_text(), int(gateway.url.rpartition(":")[2])
        for tls in (False, True, False):
            gateway.file.write_text(text if tls else text.replace(BOTH, "workers: 2"))
            gateway.process.send_signal(signal.SIGHUP)
            eventually(lambda tls=tls: all(_answers(port, trust if tls else None) for _ in range(4)))  # type: ignore[misc]

        assert len(gateway.events("start")) == 2


def _revoking(authority: trustme.CA, *revoked: trustme.LeafCert) -> bytes:
    key = serialization.load_pem_private_key(authority.private_key_pem.bytes(), None)
    issuer = x509.load_pem_x509_certificate(authority.cert_pem.bytes())
    now = datetime.now(UTC)
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.subject)
    builder = builder.last_update(now - timedelta(hours=1)).next_update(now + timedelta(days=1))
    for leaf in revoked:
        number = x509.load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes()).serial_number
        entry = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(now).build()
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)  # type: ignore[arg-type]


def _answered(connection: http.client.HTTPSConnection, key: str) -> bool:
    try:
        return ask(connection, key).status == 200
    except (OSError, http.client.HTTPException):
        return False


def _served(address: str, key: str, context: ssl.SSLContext) -> bool:
    connection = http.client.HTTPSConnection("127.0.0.1", int(address.rpartition(":")[2]), timeout=10, context=context)
    try:
        return _answered(connection, key)
    finally:
        connection.close()


@pytest.mark.parametrize("demand", ["required", "optional"])
def test_client_certificates(tmp_path: Path, authority: trustme.CA, demand: str) -> None:
    clients, strangers = trustme.CA(), trustme.CA()
    good, bad = clients.issue_cert("good@client.test"), clients.issue_cert("bad@client.test")
    written(tmp_path, authority.issue_cert("127.0.0.1"))
    (tmp_path / "clients.pem").write_bytes(clients.cert_pem.bytes())
    (tmp_path / "crl.pem").write_bytes(_revoking(clients, bad))
    tls = f"cert: tls.crt, key: tls.key, client_ca: clients.pem, crl: crl.pem, client_certificates: {demand}"
    got = {}
    with secured(tmp_path, f"tls: {{{tls}}}") as gateway:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            contexts = [trusting(authority, c) for c in (good, bad, strangers.issue_cert("good@client.test"), None)]
            for context in contexts:
                context.maximum_version = version
            got[version] = [_served(gateway.url, gateway.key, context) for context in contexts]
        kept = connected(gateway.url, contexts[0])
        assert _answered(kept, gateway.key)
        (tmp_path / "crl.pem").write_bytes(_revoking(clients, bad, good))
        eventually(lambda: not _answered(kept, gateway.key))
        kept.close()
        eventually(lambda: not _served(gateway.url, gateway.key, contexts[0]))
        health = connected(gateway.admin, trusting(authority))  # asks for none
        health.close()

    assert list(got.values()) == [[True, False, False, demand == "optional"]] * 2
