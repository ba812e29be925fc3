"""Whose a certificate is: by each of its names, never by half of one, and only in time."""

import hashlib
import ssl
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtensionOID

from lockgate.auth.mtls import Principal, plugin
from lockgate.auth.mtls.method import Known, Mtls
from lockgate.core.auth import Caller, Facts, Presented
from lockgate.core.problem import Kind, Problem

NOW = datetime.now(UTC).timestamp()
AUTHORITY = trustme.CA(organization_name="Corp")


def pem(*names: str, common: str | None = None, authority: trustme.CA = AUTHORITY) -> str:
    made = authority.issue_cert(*names, common_name=common)
    return made.cert_chain_pems[0].bytes().decode()


def method(*principals: dict[str, Any], now: float = NOW) -> Mtls:
    table: dict[tuple[str, str], list[Known]] = {}
    for settings in principals:
        principal = Principal(team="shop", **settings)
        caller = Caller(f"mtls:{principal.name}", "shop")
        table.setdefault(principal.known_by(), []).append(Known(caller, principal.issuer))
    return Mtls(table, lambda: now)


async def who(known: Mtls, certificate: str) -> str | None:
    caller = await known.authenticate(Presented("GET", "/", "", (), certificate=certificate))
    return caller.key_id if caller else None


CI = pem("ci.corp.example", "bot@corp.example", common="ci")
SHA = hashlib.sha256(ssl.PEM_cert_to_DER_cert(CI)).hexdigest()
SUBJECT = x509.load_pem_x509_certificate(CI.encode()).subject.rfc4514_string()


@pytest.mark.parametrize(
    "by",
    [
        {"dns": "CI.corp.example"},
        {"email": "bot@corp.example"},
        {"cn": "ci"},
        {"subject": SUBJECT},
        {"sha256": SHA},
        {"sha256": ":".join(SHA.upper()[at : at + 2] for at in range(0, 64, 2))},
    ],
)
async def test_each_name_in_a_certificate_names_its_principal(by: dict[str, str]) -> None:
    assert await who(method({"name": "ci", **by}), CI) == "mtls:ci"


@pytest.mark.parametrize(
    "by",
    [
        {"dns": "corp.example"},
        {"dns": "*.corp.example"},
        {"dns": "ci.corp.example.evil"},
        {"cn": "CI"},
        {"cn": "ci.corp.example"},
        {"uri": "ci.corp.example"},
        {"email": "ci.corp.example"},
        {"subject": "ci"},
    ],
)
async def test_a_part_of_a_name_or_a_name_of_another_kind_is_nobody_s(by: dict[str, str]) -> None:
    assert await who(method({"name": "ci", **by}), CI) is None


async def test_a_wildcard_in_a_certificate_is_only_a_star() -> None:
    assert await who(method({"name": "ci", "dns": "ci.corp.example"}), pem("*.corp.example")) is None


async def test_the_authority_may_matter() -> None:
    issuer = x509.load_pem_x509_certificate(CI.encode()).issuer.rfc4514_string()
    elsewhere = pem("ci.corp.example", authority=trustme.CA(organization_name="Other"))
    known = method({"name": "ci", "dns": "ci.corp.example", "issuer": issuer})

    assert await who(known, CI) == "mtls:ci"
    assert await who(known, elsewhere) is None


async def test_a_certificate_of_two_principals_is_refused() -> None:
    known = method({"name": "a", "dns": "ci.corp.example"}, {"name": "b", "cn": "ci"})

    with pytest.raises(Problem) as caught:
        await who(known, CI)
    assert caught.value.kind is Kind.AMBIGUOUS


async def test_two_common_names_are_none() -> None:
    """Which of them a reader takes is anybody's guess."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    names = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name) for name in ("ci", "other")])
    made = x509.CertificateBuilder(names, names, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
    certificate = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()

    assert await who(method({"name": "ci", "cn": "ci"}), certificate) is None
    assert await who(method({"name": "ci", "cn": "other"}), certificate) is None


async def test_a_name_of_a_kind_that_nobody_reads_makes_nobody() -> None:
    """X.400 addresses, which an authority may well sign."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    names = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ci")])
    made = x509.CertificateBuilder(names, names, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
    odd = x509.UnrecognizedExtension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, bytes.fromhex("3002a300"))
    certificate = made.add_extension(odd, critical=False).sign(key, hashes.SHA256())

    with pytest.raises(Problem) as caught:
        await who(method({"name": "ci", "cn": "ci"}), certificate.public_bytes(serialization.Encoding.PEM).decode())
    assert caught.value.kind is Kind.UNAUTHENTICATED


@pytest.mark.parametrize("now", [0.0, NOW + 2000 * 366 * 86400], ids=["before", "after"])
async def test_a_connection_that_outlives_its_certificate_is_refused(now: float) -> None:
    with pytest.raises(Problem, match="not in time"):
        await who(method({"name": "ci", "cn": "ci"}, now=now), CI)


@pytest.mark.parametrize("settings", [{}, {"cn": ""}, {"cn": "a", "dns": "b"}])
def test_a_principal_is_known_by_exactly_one_thing(settings: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        Principal(name="x", team="shop", **settings)  # type: ignore[arg-type]


def test_principals_that_nobody_could_tell_apart_are_faults() -> None:
    one = Principal(name="a", team="shop", cn="x")
    settings = plugin(principals=(one, Principal(name="a", team="nowhere", cn="x")))

    paths = [
        fault.path for fault in settings.faults(Facts(frozenset(("shop",)), frozenset(), lambda _: None, lambda _: b""))
    ]

    assert paths == [("principals", 1, "team"), ("principals", 1, "name"), ("principals", 1, "cn")]
