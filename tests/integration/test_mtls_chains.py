"""Clients' certificates that an authority below the trusted one issued: each link is held against the list of who issued it."""

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from lockgate.app.doubts import doubts
from lockgate.app.listener_tls import ListenerContext
from lockgate.app.load import load
from lockgate.app.prices import Prices
from lockgate.edge.certificate import Certificate
from lockgate.edge.revocation import unlisted
from tests.integration.test_mtls import BILLING, door, identified, revocations

ROOT = trustme.CA(organization_name="root")
BELOW = ROOT.create_child_ca()
LOWEST = BELOW.create_child_ca()


def itself(authority: trustme.CA) -> trustme.LeafCert:
    """As something that can be revoked."""
    return trustme.LeafCert(authority.private_key_pem.bytes(), authority.cert_pem.bytes(), [])


BOTH = revocations(BELOW) + revocations(ROOT)
WITHOUT_BELOW = revocations(BELOW) + revocations(ROOT, itself(BELOW))


@pytest.mark.parametrize(
    ("lists", "expected"),
    [(BOTH, [200]), (WITHOUT_BELOW, []), (revocations(BELOW), [200])],
    ids=["none revoked", "authority revoked", "no list of the root"],
)
async def test_an_authority_in_between_that_was_revoked_lets_nobody_in(
    tmp_path: Path, lists: bytes, expected: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    leaf = identified(BILLING, BELOW)
    async with door(tmp_path, ssl.CERT_REQUIRED, ca=ROOT, lists=lists) as here:
        assert await here.ask(leaf) == expected

    assert expected or any("(certificate revoked)" in line for line in caplog.messages)


@pytest.mark.parametrize("alone", [True, False], ids=["its list alone", "all lists"])
async def test_a_certificate_that_was_revoked_gets_in_with_neither(tmp_path: Path, alone: bool) -> None:
    leaf, other = identified(BILLING, BELOW), identified(BILLING, BELOW)
    lists = revocations(BELOW, leaf) + (b"" if alone else revocations(ROOT))
    async with door(tmp_path, ssl.CERT_REQUIRED, ca=ROOT, lists=lists) as here:
        assert await here.ask(leaf) == []
        assert await here.ask(other) == [200]


async def test_who_the_root_issued_itself_gets_in_as_before(tmp_path: Path) -> None:
    revoked, leaf = identified(BILLING, ROOT), identified(BILLING, ROOT)
    async with door(tmp_path, ssl.CERT_REQUIRED, revoked, ca=ROOT) as here:
        assert await here.ask(leaf) == [200]
        assert await here.ask(revoked) == []


@pytest.mark.parametrize(
    ("authorities", "lists", "names"),
    [
        ([ROOT], BOTH, 0),
        ([ROOT, BELOW], BOTH, 0),
        ([ROOT, BELOW], revocations(ROOT), 1),
        ([ROOT], revocations(BELOW), 1),
        ([ROOT, BELOW, LOWEST], BOTH, 1),
        ([ROOT], revocations(trustme.CA(organization_name="root")), 1),
        ([ROOT], b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", 1),
    ],
)
def test_an_authority_without_a_list_that_it_signed_is_named(
    authorities: list[trustme.CA], lists: bytes, names: int
) -> None:
    pem: Callable[[trustme.CA], bytes] = lambda each: each.cert_pem.bytes()  # noqa: E731

    assert len(unlisted(b"".join(map(pem, authorities)), lists)) == names


def test_check_and_the_log_tell_of_a_missing_list(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    issued = trustme.CA().issue_cert("localhost")
    (tmp_path / "a.crt").write_bytes(issued.cert_chain_pems[0].bytes())
    (tmp_path / "a.key").write_bytes(issued.private_key_pem.bytes())
    (tmp_path / "ca.pem").write_bytes(ROOT.cert_pem.bytes())
    (tmp_path / "crl.pem").write_bytes(revocations(BELOW))
    (tmp_path / "lockgate.yaml").write_text(
        "version: 1\nserver: {tls: {cert: a.crt, key: a.key, client_ca: ca.pem, crl: crl.pem}}\n"
    )
    loaded = load(tmp_path / "lockgate.yaml", {})
    (text,) = doubts(loaded, Prices())
    assert text.startswith("server.tls.crl: there is no revocation list of 'OU=")

    (tmp_path / "crl.pem").write_bytes(BOTH)
    assert list(doubts(loaded, Prices())) == []
    files = Certificate(*(tmp_path / name for name in ("a.crt", "a.key", "ca.pem", "crl.pem")))
    listener = ListenerContext(files)
    (tmp_path / "crl.pem").write_bytes(revocations(BELOW))
    assert listener.changed()
    assert any(line.startswith("there is no revocation list of ") for line in caplog.messages)
