"""Which certificates are told of, and when."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from lockgate.app.certificate_ends import chain_ends, ends, list_ends, soon
from lockgate.app.load import load
from tests.integration.test_mtls import revocations

MOMENT = datetime(2030, 1, 1, tzinfo=UTC)
CONFIG = """\
version: 1
server: {tls: {cert: a.pem, key: a.key, client_ca: ca.pem, crl: crl.pem}, admin_tls: {cert: b.pem, key: b.key}}
providers:
  plain: {kind: openai, base_url: "https://127.0.0.1:1"}
  private: {kind: openai, base_url: "https://127.0.0.1:1", tls: {client_cert: c.pem, client_key: c.key}}
models: {m: {targets: [{provider: plain}]}}
teams: {all: {models: ["*"]}}
"""


def made(folder: Path, name: str, authority: trustme.CA, end: datetime) -> None:
    issued = authority.issue_cert("127.0.0.1", not_after=end)
    (folder / f"{name}.pem").write_bytes(b"".join(each.bytes() for each in issued.cert_chain_pems))
    (folder / f"{name}.key").write_bytes(issued.private_key_pem.bytes())


def test_all_that_the_gateway_shows_are_known_by_their_setting(tmp_path: Path) -> None:
    authority = trustme.CA()
    for number, name in enumerate("abc"):
        made(tmp_path, name, authority, MOMENT + timedelta(days=number))
    (tmp_path / "ca.pem").write_bytes(authority.cert_pem.bytes())
    lists = [revocations(authority, end=timedelta(hours=hours)) for hours in (9, 5, 7)]
    (tmp_path / "crl.pem").write_bytes(b"issued by us\n".join(lists))
    (tmp_path / "lockgate.yaml").write_text(CONFIG)
    loaded = load(tmp_path / "lockgate.yaml", {})
    assert loaded.problems == ()

    found = ends(loaded)

    assert found.pop("server.tls.client_ca") == chain_ends(authority.cert_pem.bytes())
    assert found.pop("server.tls.crl") == pytest.approx(time.time() + 5 * 3600, abs=60)
    names = ("server.tls", "server.admin_tls", "providers.private.tls.client_cert")
    assert found == {name: (MOMENT + timedelta(days=number)).timestamp() for number, name in enumerate(names)}


def test_the_first_of_a_chain_counts(tmp_path: Path) -> None:
    authority = trustme.CA()
    made(tmp_path, "late", authority, MOMENT + timedelta(days=9))
    made(tmp_path, "soon", authority, MOMENT)
    chain = (tmp_path / "late.pem").read_bytes() + (tmp_path / "soon.pem").read_bytes()

    assert chain_ends(chain) == MOMENT.timestamp()
    assert chain_ends(b"nothing") is None


def test_of_lists_the_first_counts(tmp_path: Path) -> None:
    authority = trustme.CA()

    assert list_ends(revocations(authority, end=timedelta(hours=-5))) == pytest.approx(time.time() - 5 * 3600, abs=60)
    assert list_ends(authority.cert_pem.bytes()) is None
    assert list_ends(b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n") is None


def test_two_weeks_before_the_end_it_is_told() -> None:
    now, day = MOMENT.timestamp(), 86400.0
    found = {"far": now + 14 * day, "near": now + 13.5 * day, "now": now + 0.5 * day, "over": now - day}
    found |= {"a.crl": now + 1.5 * day, "b.crl": now + 0.5 * day, "c.client_ca": now + 2 * day}

    assert dict(soon(found, now)) == {
        "b.crl": "b.crl: the list ends on 2030-01-01 (in 0 days), and no certificate of a client is good then",
        "c.client_ca": "c.client_ca: the certificate ends on 2030-01-03 (in 2 days)",
        "near": "near: the certificate ends on 2030-01-14 (in 13 days)",
        "now": "now: the certificate ends on 2030-01-01 (in 0 days)",
        "over": "over: the certificate ends on 2029-12-31 (it has ended)",
    }
