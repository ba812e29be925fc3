"""U15: an upstream that cannot prove who it is gets nothing, and one that can is spoken to in TLS 1.2 or later."""

import ssl
import time
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from lockgate.core.http import Origin, Timeouts
from lockgate.core.problem import Kind, Problem
from tests.integration.outbound import SOON, ask, local, transport
from tests.integration.scripted import ScriptedUpstream, Step, answer, close, cut, each, head, hold, read, reset


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def roots(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("tls") / "roots.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


async def to_name(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def named(port: int) -> Origin:
    return Origin("https", "model.test", port, allow_private=True)


async def refused(tls: ssl.SSLContext, roots: str | None) -> Problem:
    async with (
        ScriptedUpstream([read, answer()], tls=tls) as upstream,
        transport(extra_ca=roots, resolver=to_name) as out,
    ):
        with pytest.raises(Problem) as caught:
            await out.send(ask(upstream.port, origin=named(upstream.port)))
        assert upstream.requests == []
    assert caught.value.kind is Kind.UPSTREAM_TLS
    assert "model.test" not in caught.value.detail
    return caught.value


async def test_a_name_that_is_proved_is_spoken_to(authority: trustme.CA, roots: str) -> None:
    tls = serving(authority.issue_cert("model.test"))
    asked: list[object] = []
    tls.sni_callback = lambda connection, name, context: asked.append(name)
    tls.set_alpn_protocols(["h2", "http/1.1"])
    async with ScriptedUpstream([each(lambda request: answer(b"ok"))], tls=tls) as upstream:
        async with transport(extra_ca=roots, resolver=to_name) as out:
            for _ in range(2):
                arrival = await out.send(ask(upstream.port, b"x" * 300_000, origin=named(upstream.port)))
                assert await arrival.body.read() == b"ok"

            connection = upstream.peers[0].transport.get_extra_info("ssl_object")
            assert connection.version() in {"TLSv1.2", "TLSv1.3"}
            assert connection.selected_alpn_protocol() == "http/1.1"
        assert len(upstream.peers) == 1

    assert asked == ["model.test"]
    assert upstream.requests[1].header(b"host") == [b"model.test:%d" % upstream.port]


async def test_an_address_that_is_proved_is_spoken_to(authority: trustme.CA, roots: str) -> None:
    tls = serving(authority.issue_cert("127.0.0.1"))
    async with ScriptedUpstream([read, answer(b"ok")], tls=tls) as upstream, transport(extra_ca=roots) as out:
        arrival = await out.send(ask(upstream.port, origin=local(upstream.port, "https")))

        assert await arrival.body.read() == b"ok"


async def test_u15_expired(authority: trustme.CA, roots: str) -> None:
    past = datetime.now(UTC) - timedelta(days=1)
    problem = await refused(serving(authority.issue_cert("model.test", not_after=past)), roots)

    assert "expired" in problem.detail


async def test_u15_another_name(authority: trustme.CA, roots: str) -> None:
    problem = await refused(serving(authority.issue_cert("other.test")), roots)

    assert "another name" in problem.detail


async def test_u15_an_issuer_that_nobody_trusts(authority: trustme.CA) -> None:
    problem = await refused(serving(authority.issue_cert("model.test")), None)

    assert "not trusted" in problem.detail or "self-signed" in problem.detail


async def test_u15_tls_1_1(authority: trustme.CA, roots: str) -> None:
    tls = serving(authority.issue_cert("model.test"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        tls.minimum_version = ssl.TLSVersion.TLSv1_1
        tls.maximum_version = ssl.TLSVersion.TLSv1_1
    tls.set_ciphers("ALL:@SECLEVEL=0")

    await refused(tls, roots)


async def test_u15_an_upstream_that_does_not_speak_tls(roots: str) -> None:
    async with ScriptedUpstream([b"HTTP/1.1 400 Bad\r\n\r\n", hold]) as upstream, transport() as out:
        with pytest.raises(Problem) as caught:
            await out.send(ask(upstream.port, origin=local(upstream.port, "https")))
        await (await upstream.peer()).closed()

    assert caught.value.kind is Kind.UPSTREAM_TLS


@pytest.mark.parametrize("end", [close, reset])
async def test_u15_an_end_during_the_handshake(end: Step) -> None:
    async with ScriptedUpstream([0.02, end]) as upstream, transport() as out:
        with pytest.raises(Problem) as caught:
            await out.send(ask(upstream.port, origin=local(upstream.port, "https")))

    assert caught.value.kind in {Kind.UNREACHABLE, Kind.UPSTREAM_TLS}


async def test_u15_a_handshake_that_stalls_ends_with_the_connect_time() -> None:
    timeouts = Timeouts(connect=0.08, first_byte=2, between_chunks=2, total=3)
    async with ScriptedUpstream([hold]) as upstream, transport() as out:
        before = time.monotonic()
        with pytest.raises(Problem) as caught:
            await out.send(ask(upstream.port, origin=local(upstream.port, "https"), timeouts=timeouts))
        took = time.monotonic() - before
        await (await upstream.peer()).closed()

    assert caught.value.kind is Kind.UPSTREAM_TIMEOUT
    assert took < 0.5


async def test_a_body_without_a_length_needs_a_close_notify(authority: trustme.CA, roots: str) -> None:
    tls = serving(authority.issue_cert("model.test"))
    scripts = [read, head(200), b"abc", 0.02, cut], [read, head(200), b"abc", 0.02, close]
    async with ScriptedUpstream(*scripts, tls=tls) as upstream, transport(extra_ca=roots, resolver=to_name) as out:
        outbound = ask(upstream.port, origin=named(upstream.port), timeouts=SOON)
        shortened = await out.send(outbound)
        with pytest.raises(Problem) as caught:
            await shortened.body.read()
        whole = await out.send(outbound)

        assert await whole.body.read() == b"abc"
    assert caught.value.kind is Kind.UPSTREAM_RESET


async def test_extra_roots_that_are_none_are_an_error_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "roots.pem").write_text("nothing")

    with pytest.raises(OSError, match=r".*"):
        async with transport(extra_ca=str(tmp_path / "roots.pem")):
            pass
