"""S40: what two servers could read differently is refused, or read in the only way there is.

Two collections that others made are scored: http-desync-guardian (AWS) and raw requests from gunicorn's tests, from
smuggler's mutations and after PortSwigger's techniques. What is accepted although its collection calls it suspicious
stands in `desync.py` with its reason, and so does what is refused although its collection would accept it.
"""

import asyncio

import msgspec
import pytest

from lockgate.core.http import Inbound, Reply
from lockgate.core.problem import Problem
from tests.integration.desync import (
    CASES,
    CHUNKS,
    GUARDIAN,
    HARMLESS_CASES,
    HARMLESS_TIERS,
    LENGTH,
    REFUSED_CASES,
    REFUSED_TIERS,
    SHARED,
    Outcome,
    cases,
    guardian,
    outcomes,
    promised,
)
from tests.integration.front_door import GET, door, post


def refused(outcome: Outcome) -> bool:
    """One answer that says no, and the connection is over."""
    _, answers, closed = outcome
    return (
        closed
        and len(answers) <= 1
        and all(400 <= answer.status < 500 or answer.status in (501, 505) for answer in answers)
    )


need_guardian = pytest.mark.skipif(not GUARDIAN.is_dir(), reason=f"no http-desync-guardian under {SHARED}")
need_cases = pytest.mark.skipif(not CASES.is_file(), reason=f"no HTTP cases under {SHARED}")


@need_guardian
@pytest.mark.parametrize(
    "between", [b"", b"0\r\n\r\n", b"x" * 1000], ids=["at once", "after a last chunk", "after 1000 bytes"]
)
async def test_s40_severe_and_ambiguous_requests_are_refused_or_harmless(between: bytes) -> None:
    found = guardian(("Severe", "Ambiguous"))
    smuggled = [b"GET /smuggled/%d HTTP/1.1\r\nHost: gw\r\n\r\n" % i for i in range(len(found))]
    async with door(body_idle=0.15) as gateway:
        raws = [(name, head + between + after) for (name, head), after in zip(found, smuggled, strict=True)]
        results = await outcomes(gateway, raws)

    assert len(results) == 116
    taken = {name for name, *_ in results} - {one[0] for one in results if refused(one)}
    assert taken <= HARMLESS_TIERS.keys()
    reached = {path for path in gateway.paths if path.startswith("/smuggled/")}
    assert reached <= {f"/smuggled/{i}" for i, (name, _) in enumerate(found) if name in HARMLESS_TIERS}


@need_guardian
async def test_s40_harmless_ones_are_read_in_the_one_way_there_is() -> None:
    found = dict(guardian(("Severe", "Ambiguous")))
    for name, reason in HARMLESS_TIERS.items():
        raw, body = found[name], b""
        if reason is LENGTH:
            body = b"GET /smuggled HTTP/1.1\r\nHost: gw\r\n\r\n".ljust(1000, b"x")[
                : 22 if name.startswith("real") else 1000
            ]
        async with door() as gateway:
            results = await outcomes(gateway, [(name, raw + body + (b"0\r\n\r\n" if reason is CHUNKS else b"") + GET)])

        assert [answer.status for answer in results[0][1]] == [200, 200], name
        assert [(one.path, len(got)) for one, got in gateway.seen][1:] == [("/v1/models", 0)], name
        assert len(gateway.seen[0][1]) == len(body)


@need_guardian
async def test_s40_sane_requests_are_accepted() -> None:
    found = guardian(("Compliant", "Acceptable"))
    async with door(body_idle=0.15) as gateway:
        results = await outcomes(gateway, [(name, raw + promised(raw)) for name, raw in found])

    assert len(results) == 43
    assert {one[0] for one in results if refused(one)} == REFUSED_TIERS.keys()
    assert len(gateway.seen) == 43 - len(REFUSED_TIERS)


@need_cases
async def test_s40_requests_to_reject_are_rejected() -> None:
    found = cases("reject")
    async with door(body_idle=0.15) as gateway:
        results = await outcomes(gateway, found)

    assert len(results) == 59
    assert [name for name, *_ in results if not refused((name, *_))] == []
    assert gateway.seen == []


@need_cases
async def test_s40_suspicious_requests_are_rejected_or_safe() -> None:
    found = cases("reject-or-safe")
    async with door(body_idle=0.15) as gateway:
        results = await outcomes(gateway, found)

    assert len(results) == 172
    assert {one[0] for one in results if not refused(one)} == HARMLESS_CASES.keys()
    assert all([answer.status for answer in one[1]] == [200] for one in results if not refused(one))
    assert len(gateway.seen) == len(HARMLESS_CASES)
    assert all(not any(name == b"authorization" for name, _ in inbound.headers) for inbound, _ in gateway.seen)
    assert {body for _, body in gateway.seen} == {b"", b"0\r\n\r\n"}


@need_cases
async def test_s40_good_requests_are_accepted() -> None:
    found = cases("accept")
    async with door(body_idle=0.15) as gateway:
        results = await outcomes(gateway, found)

    assert len(results) == 23
    assert {one[0] for one in results if refused(one)} == REFUSED_CASES.keys()
    assert len(gateway.seen) == 23 - len(REFUSED_CASES)


@need_cases
async def test_s40_what_is_left_to_the_server_is_defined() -> None:
    found = cases("config-dependent", "accept-or-reject")
    async with door(body_idle=0.15) as gateway:
        results = await outcomes(gateway, found)

    assert len(results) == 55
    assert {one[0] for one in results if not refused(one)} == {"http-0012", "http-0013", "http-0088", "http-0121"}


FRAMING = {
    "two lengths": b"Content-Length: 2\r\nContent-Length: 2",
    "a list of lengths": b"Content-Length: 2, 2",
    "a signed length": b"Content-Length: +2",
    "a hexadecimal length": b"Content-Length: 0x2",
    "a length with an underscore": b"Content-Length: 0_2",
    "an Arabic digit": b"Content-Length: \xd9\xa2",
    "a length that overflows": b"Content-Length: 18446744073709551618",
    "an empty length": b"Content-Length: ",
    "a space before the colon": b"Content-Length : 2",
    "an underscore for the hyphen": b"Content_Length: 2",
    "both framings": b"Content-Length: 2\r\nTransfer-Encoding: chunked",
    "both framings, the other way round": b"Transfer-Encoding: chunked\r\nContent-Length: 2",
    "two codings": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    "a list of codings": b"Transfer-Encoding: chunked, chunked",
    "identity": b"Transfer-Encoding: identity",
    "a coding with a parameter": b"Transfer-Encoding: chunked;q=1",
    "a coding in quotes": b'Transfer-Encoding: "chunked"',
    "a coding behind a vertical tab": b"Transfer-Encoding: \x0bchunked",
    "a folded coding": b"Transfer-Encoding:\r\n chunked",
    "an empty coding": b"Transfer-Encoding: ",
    "a line feed alone": b"X: y\nTransfer-Encoding: chunked",
    "a carriage return alone": b"X: y\rTransfer-Encoding: chunked",
    "a NUL in a value": b"X: y\x00z",
    "no colon": b"Transfer-Encoding chunked",
    "an empty name": b": chunked",
}


@pytest.mark.parametrize("fields", FRAMING.values(), ids=FRAMING.keys())
async def test_s40_doubtful_framing_is_refused_and_nothing_behind_it_is_a_request(fields: bytes) -> None:
    async with door() as gateway:
        raw = b"POST /v1/chat/completions HTTP/1.1\r\nHost: gw\r\n" + fields + b"\r\n\r\n0\r\n\r\n" + GET
        results = await outcomes(gateway, [("own", raw)])

    assert refused(results[0])
    assert results[0][1][0].headers[b"x-request-id"]
    assert msgspec.json.decode(results[0][1][0].body)["error"]["code"] == "invalid_request"
    assert [problem.status for problem, _, _ in gateway.noted] == [400]
    assert gateway.seen == []


CHUNKS_REFUSED = {
    "a size in other digits": b"0x2\r\n{}\r\n0\r\n\r\n",
    "a signed size": b"+2\r\n{}\r\n0\r\n\r\n",
    "a size with an underscore": b"0_2\r\n{}\r\n0\r\n\r\n",
    "a size that overflows": b"10000000000000002\r\n{}\r\n0\r\n\r\n",
    "white space behind a size": b"2 \r\n{}\r\n0\r\n\r\n",
    "more data than the size says": b"2\r\n{}X\r\n0\r\n\r\n",
    "a line feed alone": b"2\n{}\r\n0\r\n\r\n",
    "a line feed in an extension": b"2;a\nb\r\n{}\r\n0\r\n\r\n",
    "a carriage return in an extension": b"2;a\rb\r\n{}\r\n0\r\n\r\n",
    "a trailer": b"2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\n\r\n",
    "an extension without end": b"2;" + b"a" * 300,
}


@pytest.mark.parametrize("body", CHUNKS_REFUSED.values(), ids=CHUNKS_REFUSED.keys())
async def test_s40_doubtful_chunks_are_refused_and_nothing_behind_them_is_a_request(body: bytes) -> None:
    async with door() as gateway:
        head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: gw\r\nTransfer-Encoding: chunked\r\n\r\n"
        results = await outcomes(gateway, [("own", head + body + GET)])

    assert refused(results[0])
    assert results[0][1][0].status == 400
    assert gateway.seen == []


async def test_s40_good_chunks_are_read_and_the_next_request_begins_behind_them() -> None:
    async with door() as gateway:
        head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: gw\r\nTransfer-Encoding: Chunked\r\n\r\n"
        body = b'5;a="b c";d\r\nhello\r\n0006\r\n world\r\n000\r\n\r\n'
        results = await outcomes(gateway, [("own", head + body + post(b"{}") + GET)])

    assert [answer.status for answer in results[0][1]] == [200, 200, 200]
    assert [body for _, body in gateway.seen] == [b"hello world", b"{}", b""]


@pytest.mark.parametrize("size", [300_000, 3_000_000])
async def test_C4_who_sends_on_after_a_broken_chunk_is_told_all_the_same(size: int) -> None:
    """The refusal goes before the connection does, however much of the body came before the application asked for it."""

    async def late(inbound: Inbound) -> Reply:
        await asyncio.sleep(0.1)
        try:
            await inbound.read()
        except Problem as problem:
            return Reply(problem.status, (), b"")
        return Reply(200, (), b"")

    head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: gw\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with door(late) as gateway:
        (answer,) = await gateway.ask(head + b"2;" + b"a" * size + b"\r\n{}\r\n0\r\n\r\n")

    assert answer.status == 400
    assert answer.headers[b"connection"] == b"close"
