"""TLS of the listeners, as openssl and a scanner see it: versions, ciphers, HSTS, a certificate for a first try."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from lockgate.app.self_signed import self_signed
from tests.e2e.behind_tls import ask, connected, s_client, secured, trusting, written
from tests.e2e.process import Running, eventually, request

GOOD = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
)
"""What may be spoken below TLS 1.3 with the certificate of the tests, which is an elliptic one."""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def gateway(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("tls")
    written(folder, authority.issue_cert("127.0.0.1", "localhost"))
    with secured(folder, "tls: {cert: tls.crt, key: tls.key}") as gateway:
        yield gateway


@pytest.mark.parametrize("version", ["1_2", "1_3"])
def test_a_version_that_is_spoken(gateway: Running, version: str) -> None:
    stood, said = s_client(gateway, f"-tls{version}", "-alpn", "h2,http/1.1")

    assert stood, said
    assert f"TLSv{version.replace('_', '.')}" in said
    assert "ALPN protocol: http/1.1" in said
    assert "Compression: NONE" in said
    assert "Secure Renegotiation IS supported" in said or version == "1_3"


@pytest.mark.parametrize("version", ["1", "1_1"])
def test_a_version_that_is_refused(gateway: Running, version: str) -> None:
    stood, said = s_client(gateway, f"-tls{version}", "-cipher", "ALL:@SECLEVEL=0")

    assert not stood, said


@pytest.mark.parametrize("cipher", GOOD)
def test_a_cipher_that_is_spoken(gateway: Running, cipher: str) -> None:
    stood, said = s_client(gateway, "-tls1_2", "-cipher", cipher)

    assert stood, said
    assert f"Cipher    : {cipher}" in said


def test_no_other_cipher_is_spoken(gateway: Running) -> None:
    """All that openssl knows but the good ones, offered at once: the server finds none that it takes."""
    others = "ALL:COMPLEMENTOFALL:" + ":".join(f"!{name}" for name in GOOD) + ":@SECLEVEL=0"

    stood, said = s_client(gateway, "-tls1_2", "-cipher", others)

    assert not stood, said
    assert "CONNECTED" in said
    assert "New, (NONE)" in said


def test_a_client_cannot_renegotiate(gateway: Running) -> None:
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{gateway.port}", "-tls1_2"]
    done = subprocess.run(command, input="R\n", capture_output=True, text=True, timeout=20, check=False)

    assert "no renegotiation" in done.stderr


def test_a_scan_finds_nothing_weak(gateway: Running) -> None:
    if shutil.which("nmap") is None:
        pytest.skip("nmap is not installed: apt-get install nmap")
    command = ["nmap", "-Pn", "-n", "--script", "+ssl-enum-ciphers", "-p", str(gateway.port), "127.0.0.1"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout

    assert "TLSv1.2" in said
    assert "least strength: A" in said
    assert not [
        weak for weak in ("SSLv", "TLSv1.0", "TLSv1.1", "_CBC_", "_RC4_", "_3DES_", "_RSA_WITH") if weak in said
    ]


def test_replies_say_that_tls_is_here_to_stay(gateway: Running, authority: trustme.CA) -> None:
    connection = connected(gateway.url, trusting(authority))
    answers = [ask(connection, gateway.key), ask(connection, "lg-wrong"), ask(connection, gateway.key, stream=True)]
    connection.close()
    admin = connected(gateway.admin, trusting(authority))
    admin.request("GET", "/livez")
    health = admin.getresponse()
    admin.close()

    assert [answer.status for answer in answers] == [200, 401, 200]
    assert {answer.headers["strict-transport-security"] for answer in answers} == {"max-age=31536000"}
    assert (health.status, health.headers["strict-transport-security"]) == (200, "max-age=31536000")
    assert gateway.url.startswith("https://")
    assert gateway.admin.startswith("https://")


def test_plain_http_at_the_tls_port_gets_nothing(gateway: Running) -> None:
    with pytest.raises(ConnectionError):
        request(gateway.url.replace("https", "http"), "GET", "/livez")


def test_self_signed_for_a_first_try(tmp_path: Path) -> None:
    with secured(tmp_path, "tls: self-signed") as gateway:
        told = gateway.stderr.partition("SHA-256 fingerprint ")[2].partition("\n")[0]
        _, said = s_client(gateway)
        shown = subprocess.run(
            ["openssl", "x509", "-noout", "-fingerprint", "-sha256", "-ext", "subjectAltName"],
            input=said[said.index("-----BEGIN") : said.index("-----END CERTIFICATE-----") + 26],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        connection = connected(gateway.url, trusting())
        answer = ask(connection, gateway.key)
        connection.close()

    assert told in shown
    assert "DNS:localhost" in shown
    assert answer.status == 200
    assert "strict-transport-security" not in answer.headers
    assert (tmp_path / "data/tls/self-signed.key").stat().st_mode & 0o777 == 0o600
    assert self_signed(tmp_path / "data", "127.0.0.1")[2] == told  # the same one at the next start


def test_without_tls_a_listener_that_others_can_reach_is_told(tmp_path: Path) -> None:
    with secured(tmp_path, "workers: 1", "--listen", "0.0.0.0:0") as gateway:
        eventually(lambda: "can be reached by other machines without TLS" in gateway.stderr)

        assert "server.tls" in gateway.stderr
        assert gateway.admin not in gateway.stderr
        assert "strict-transport-security" not in request(gateway.admin, "GET", "/livez").headers
