"""An upstream's own TLS: roots of its own, a certificate of ours where it wants one, pinned keys; U15 for what does not fit."""

import hashlib
import ssl
from base64 import b64encode
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec.structs import replace

from lockgate.core.http import Origin, Trust
from lockgate.core.problem import Kind, Problem
from tests.integration.outbound import ask, transport
from tests.integration.scripted import ScriptedUpstream, answer, each

AUTHORITY, OTHERS = trustme.CA(), trustme.CA()
LEAF = AUTHORITY.issue_cert("model.test")


def pin(leaf: trustme.LeafCert) -> str:
    key = x509.load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes()).public_key()
    raw = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"sha256//{b64encode(hashlib.sha256(raw).digest()).decode()}"


def files(folder: Path, client: trustme.LeafCert | None = None, ca: trustme.CA = AUTHORITY) -> Trust:
    ca.cert_pem.write_to_path(str(folder / "ca.pem"))
    if client is None:
        return Trust(str(folder / "ca.pem"))
    client.cert_chain_pems[0].write_to_path(str(folder / "client.crt"))
    client.private_key_pem.write_to_path(str(folder / "client.key"))
    return Trust(str(folder / "ca.pem"), str(folder / "client.crt"), str(folder / "client.key"))


def serving(clients: trustme.CA | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    LEAF.configure_cert(context)
    if clients is not None:
        clients.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


async def to_name(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


async def got(tls: ssl.SSLContext, *trusts: Trust | None, extra_ca: str | None = None) -> list[Kind | bytes]:
    """What came of a request with each trust, one after the other, over one transport."""
    results: list[Kind | bytes] = []
    async with (
        ScriptedUpstream([each(lambda request: answer(b"ok"))], tls=tls) as upstream,
        transport(extra_ca=extra_ca, resolver=to_name) as out,
    ):
        for trust in trusts:
            origin = Origin("https", "model.test", upstream.port, allow_private=True, trust=trust)
            try:
                arrival = await out.send(ask(upstream.port, origin=origin))
                results.append(await arrival.body.read())
            except Problem as problem:
                results.append(problem.kind)
    return results


async def test_roots_of_its_own_are_instead_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    good, bad = files(tmp_path / "a"), files(tmp_path / "b", ca=OTHERS)

    assert await got(serving(), good, bad, None, extra_ca=good.ca) == [b"ok", Kind.UPSTREAM_TLS, b"ok"]


async def test_a_certificate_of_ours_is_shown_where_it_is_wanted(tmp_path: Path) -> None:
    ours = files(tmp_path, OTHERS.issue_cert("gateway@lockgate.test"))

    (shown, nothing) = await got(serving(OTHERS), ours, Trust(ours.ca))

    assert shown == b"ok"
    assert nothing in (Kind.UNREACHABLE, Kind.UPSTREAM_TLS)


async def test_a_pinned_key_is_asked_for_besides(tmp_path: Path) -> None:
    ca = files(tmp_path).ca
    pins = (pin(AUTHORITY.issue_cert("model.test")), pin(LEAF))

    assert await got(serving(), Trust(ca, pins=pins), Trust(ca, pins=pins[:1])) == [b"ok", Kind.UPSTREAM_TLS]


async def test_u15_a_pinned_key_is_not_enough(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()

    assert await got(serving(), Trust(files(tmp_path / "b", ca=OTHERS).ca, pins=(pin(LEAF),))) == [Kind.UPSTREAM_TLS]


async def test_another_content_of_the_files_is_another_connection(tmp_path: Path) -> None:
    """What was connected with old files is not used with new ones."""
    trust = files(tmp_path)

    first, again = await got(serving(), trust, Trust(trust.ca, seen=((1, 2, 3),)))

    assert (first, again) == (b"ok", b"ok")


@pytest.mark.parametrize("name", ["ca", "client_cert"])
async def test_files_that_are_gone_are_a_problem_of_this_upstream(tmp_path: Path, name: str) -> None:
    trust = files(tmp_path, OTHERS.issue_cert("gateway@lockgate.test"))
    gone = replace(trust, **{name: str(tmp_path / "gone")})

    assert (await got(serving(), gone))[0] in (Kind.UNREACHABLE, Kind.UPSTREAM_TLS)
