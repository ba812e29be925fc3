"""What `check` says of TLS settings: of listeners, and of providers. There is no word that turns a check off."""

import os
from pathlib import Path

import msgspec
import pytest
import trustme

from lockgate.app.settings import schema
from tests.integration.test_mtls import revocations
from tests.unit.configurations import read

AUTHORITY = trustme.CA()


def wrote(folder: Path) -> None:
    leaf = AUTHORITY.issue_cert("a.test")
    leaf.cert_chain_pems[0].write_to_path(str(folder / "a.crt"))
    leaf.private_key_pem.write_to_path(str(folder / "a.key"))
    AUTHORITY.cert_pem.write_to_path(str(folder / "ca.pem"))
    AUTHORITY.issue_cert("b.test").private_key_pem.write_to_path(str(folder / "b.key"))
    (folder / "no.pem").write_text("nothing")
    os.mkfifo(folder / "pipe")
    (folder / "crl.pem").write_bytes(revocations(AUTHORITY))


LISTENER = [
    ("{cert: a.crt, key: a.key}", None, ""),
    ("self-signed", None, ""),
    ("{cert: a.crt, key: a.key, client_ca: ca.pem, client_certificates: optional, min_version: '1.3'}", None, ""),
    ("{cert: a.crt, key: b.key}", "server.tls", "KEY_VALUES_MISMATCH"),
    ("{cert: no.pem, key: a.key}", "server.tls", "does not take"),
    ("{cert: a.crt, key: a.key, client_ca: ca.pem, crl: crl.pem}", None, ""),
    ("{cert: a.crt, key: a.key, client_ca: ca.pem, crl: ca.pem}", "server.tls.crl", "no revocation list"),
    ("{cert: a.crt, key: a.key, client_ca: ca.pem, crl: no.pem}", "server.tls.crl", "no revocation list"),
    ("{cert: gone, key: a.key}", "server.tls.cert", "gone"),
    ("{cert: pipe, key: a.key}", "server.tls.cert", "no regular file"),
    ("{cert: a.crt, key: a.key, client_ca: no.pem}", "server.tls.client_ca", "does not take"),
    ("{cert: a.crt, key: a.key, crl: ca.pem}", "server.tls", "go together"),
    ("{cert: a.crt}", "server.tls.key", "nothing"),
    ("{cert: a.crt, key: a.key, min_version: '1.1'}", "server.tls.min_version", "1.1"),
    ("{cert: a.crt, key: a.key, verify: false}", "server.tls.verify", "not known"),
    ("off", "server.tls", ""),
]
PROVIDER = [
    ("{ca: ca.pem}", None, ""),
    ("{ca: ca.pem, client_cert: a.crt, client_key: a.key}", None, ""),
    ("{pins: ['sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=']}", None, ""),
    ("{ca: pipe}", "providers.p.tls", "no file that can be read"),
    ("{ca: gone.pem}", "providers.p.tls", "gone.pem"),
    ("{ca: no.pem}", "providers.p.tls", "does not take"),
    ("{client_cert: a.crt}", "providers.p.tls", "go together"),
    ("{client_cert: a.crt, client_key: b.key}", "providers.p.tls", "does not take"),
    ("{pins: [abc]}", "providers.p.tls.pins.0", "abc"),
    ("{verify: false}", "providers.p.tls.verify", "not known"),
    ("{insecure: true}", "providers.p.tls.insecure", "not known"),
]


def expect(text: str, folder: Path, path: str | None, found: str) -> None:
    wrote(folder)
    problems = read(text, folder).problems
    if path is None:
        assert problems == ()
    else:
        assert [problem.path for problem in problems] == [path]
        assert found in problems[0].found


@pytest.mark.parametrize(("tls", "path", "found"), LISTENER)
def test_tls_of_a_listener(tmp_path: Path, tls: str, path: str | None, found: str) -> None:
    expect(f"version: 1\nserver:\n  tls: {tls}\n", tmp_path, path, found)


@pytest.mark.parametrize(("tls", "path", "found"), PROVIDER)
def test_tls_of_a_provider(tmp_path: Path, tls: str, path: str | None, found: str) -> None:
    provider = f"kind: openai_compatible, base_url: 'https://a.test/v1', tls: {tls}"
    expect(f"version: 1\nproviders:\n  p: {{{provider}}}\n", tmp_path, path, found)


def test_tls_for_an_address_without_it(tmp_path: Path) -> None:
    provider = "kind: openai_compatible, base_url: 'http://a.test/v1', tls: {ca: ca.pem}"
    expect(f"version: 1\nproviders:\n  p: {{{provider}}}\n", tmp_path, "providers.p.tls", "an address without it")


def test_no_setting_turns_a_check_off() -> None:
    words = msgspec.json.encode(schema()).decode().lower()

    assert [word for word in ('"verify', '"insecure"', '"skip_', "tls_verify", "ssl_verify") if word in words] == []
