"""S30 and U16: where a request may go. However an address is spelled, what may not be called is never connected to."""

import asyncio
import socket
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lockgate.core.http import Origin, Timeouts
from lockgate.core.problem import Kind, Problem
from lockgate.transports.http.addresses import Reach, reach
from lockgate.transports.http.resolve import Names
from tests.integration.outbound import ask, transport
from tests.integration.scripted import ScriptedUpstream, answer, close, read


def _spellings() -> dict[str, list[str]]:
    text = (Path(__file__).parent / "s30_spellings.txt").read_text(encoding="utf-8").replace("\\u00ad", "\u00ad")
    _, *sections = text.split("\n\n")
    return {section.split()[0]: section.split()[1:] for section in sections}


SPELLINGS = _spellings()
NEVER, PRIVATE, PUBLIC = SPELLINGS["NEVER"], SPELLINGS["PRIVATE"], SPELLINGS["PUBLIC"]
ODD, NO_HOST = SPELLINGS["ODD"], SPELLINGS["NO_HOST"]


def test_s30_there_are_enough_spellings() -> None:
    assert len({*NEVER, *PRIVATE, *ODD, *NO_HOST}) >= 120


@pytest.mark.parametrize(("addresses", "far"), [(NEVER, Reach.NEVER), (PRIVATE, Reach.PRIVATE), (PUBLIC, Reach.PUBLIC)])
def test_s30_how_far_an_address_reaches(addresses: list[str], far: Reach) -> None:
    wrong = {text: reach(ip_address(text)) for text in addresses if reach(ip_address(text)) is not far}

    assert wrong == {}


async def refused(origin: Origin, **settings: Any) -> Problem:
    """The problem that comes of calling it, though every loopback address listens on its port."""
    async with ScriptedUpstream([answer()], host="::") as canary, transport(**settings) as out:
        with pytest.raises(Problem) as caught:
            await out.send(ask(0, origin=msgspec.structs.replace(origin, port=canary.port)))
        await asyncio.sleep(0)
        assert canary.peers == []
    return caught.value


@pytest.mark.parametrize("address", NEVER)
async def test_s30_never_means_never_even_where_the_operator_wrote_it(address: str) -> None:
    problem = await refused(Origin("http", address, 0, literal=True, allow_private=True))

    assert problem.kind is (Kind.INTERNAL if "%" in address else Kind.UNREACHABLE)
    assert "may not be called" in problem.detail or "%" in address


@pytest.mark.parametrize("address", NEVER + PRIVATE)
async def test_s30_a_name_that_leads_there_is_not_followed(address: str) -> None:
    async def resolver(host: str, port: int) -> Sequence[str]:
        return [address]

    problem = await refused(Origin("http", "model.test", 0, literal=True), resolver=resolver)

    assert problem.kind is Kind.UNREACHABLE
    assert "may not be called" in problem.detail
    assert address not in problem.detail


@pytest.mark.parametrize("address", PRIVATE)
async def test_s30_an_address_that_the_operator_did_not_mean(address: str) -> None:
    problem = await refused(Origin("http", address, 0))

    assert "may not be called" in problem.detail


@pytest.mark.parametrize("host", ODD)
async def test_s30_odd_spellings_are_names_not_addresses(host: str) -> None:
    problem = await refused(Origin("http", host, 0, literal=True))

    assert problem.kind is Kind.UNREACHABLE
    assert "may not be called" in problem.detail or "does not resolve" in problem.detail


@pytest.mark.parametrize("host", [*NO_HOST, "", "a" * 64, "a." * 127 + "a", "a\r\nb", "a b"])
async def test_s30_what_is_no_host_is_not_even_asked_for(host: str) -> None:
    async def resolver(host: str, port: int) -> Sequence[str]:
        raise AssertionError(host)

    problem = await refused(Origin("http", host, 0, literal=True, allow_private=True), resolver=resolver)

    assert problem.kind is Kind.INTERNAL


ELSEWHERE = "64:ff9b::808:808"
"""Public, and nobody answers: this prefix has no route where there is no NAT64."""


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Answers:
    """A resolver that gives these one after another; the last again and again. It counts."""

    def __init__(self, *answers: list[str] | OSError) -> None:
        self.asked = 0
        self._answers = answers

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        said = self._answers[min(self.asked, len(self._answers) - 1)]
        self.asked += 1
        if isinstance(said, OSError):
            raise said
        return said


async def test_s30_rebinding_first_public_then_loopback_is_never_connected_to() -> None:
    clock, resolver = Clock(), Answers([ELSEWHERE], ["127.0.0.1"], [ELSEWHERE, "127.0.0.1"], ["::1"])
    quick = Timeouts(connect=0.1, first_byte=1, between_chunks=1, total=2)
    details = []
    async with ScriptedUpstream([answer()], host="::") as canary, transport(resolver=resolver, clock=clock) as out:
        for _ in range(4):
            with pytest.raises(Problem) as caught:
                await out.send(ask(0, origin=Origin("http", "rebind.test", canary.port), timeouts=quick))
            details.append(caught.value.detail)
            clock.now += 31
        await asyncio.sleep(0)

        assert canary.peers == []
    assert resolver.asked == 4
    assert ["may not be called" in detail for detail in details] == [False, True, True, True]


async def test_u16_one_answer_serves_30_seconds_and_all_who_ask_at_once() -> None:
    clock, resolver = Clock(), Answers(["127.0.0.1"])
    async with ScriptedUpstream([read, answer(), close]) as upstream, transport(resolver=resolver, clock=clock) as out:
        outbound = ask(0, origin=Origin("http", "model.test", upstream.port, allow_private=True))
        await asyncio.gather(*(out.send(outbound) for _ in range(10)))
        clock.now += 30
        await out.send(outbound)
        asked_before = resolver.asked
        clock.now += 1
        await out.send(outbound)

    assert (asked_before, resolver.asked) == (1, 2)


async def test_u16_an_address_that_changes_is_followed() -> None:
    clock, resolver = Clock(), Answers(["127.0.0.1"], ["127.0.0.2"])
    async with ScriptedUpstream([read, answer(b"old"), close]) as old:
        async with ScriptedUpstream([read, answer(b"new"), close], host="127.0.0.2", port=old.port):
            async with transport(resolver=resolver, clock=clock) as out:
                outbound = ask(0, origin=Origin("http", "model.test", old.port, allow_private=True))
                first = await (await out.send(outbound)).body.read()
                clock.now += 31
                second = await (await out.send(outbound)).body.read()

    assert (first, second) == (b"old", b"new")


async def test_u16_the_next_address_is_tried_when_one_does_not_answer() -> None:
    resolver = Answers(["127.0.0.3", "127.0.0.1"])
    async with ScriptedUpstream([read, answer(b"ok")]) as upstream, transport(resolver=resolver) as out:
        outbound = ask(0, origin=Origin("http", "model.test", upstream.port, allow_private=True))

        assert await (await out.send(outbound)).body.read() == b"ok"


@pytest.mark.parametrize(
    "error", [socket.gaierror(socket.EAI_NONAME, "NXDOMAIN"), socket.gaierror(socket.EAI_AGAIN, "SERVFAIL")]
)
async def test_u16_no_such_name(error: OSError) -> None:
    problem = await refused(Origin("http", "model.test", 0), resolver=Answers(error))

    assert (problem.kind, problem.source) == (Kind.UNREACHABLE, "upstream")
    assert "does not resolve" in problem.detail


@pytest.mark.parametrize("said", [[], ["nonsense"], ["8.8.8.8", "0x7f.1"]])
async def test_u16_an_answer_that_is_none(said: list[str]) -> None:
    problem = await refused(Origin("http", "model.test", 0), resolver=Answers(said))

    assert "does not resolve" in problem.detail


async def test_u16_a_resolver_that_does_not_answer_ends_with_the_connect_time() -> None:
    async def resolver(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(10)
        return []

    quick = Timeouts(connect=0.05, first_byte=1, between_chunks=1, total=2)
    async with transport(resolver=resolver) as out:
        with pytest.raises(Problem) as caught:
            await out.send(ask(0, origin=Origin("http", "model.test", 80), timeouts=quick))

    assert caught.value.kind is Kind.UPSTREAM_TIMEOUT
    assert "resolving" in caught.value.detail


async def test_u16_the_last_good_answer_serves_5_minutes_of_failure_and_no_more() -> None:
    clock = Clock()
    names = Names(Answers(["8.8.8.8"], socket.gaierror(socket.EAI_AGAIN, "SERVFAIL")), clock)

    assert await names.addresses("model.test", 443) == (ip_address("8.8.8.8"),)
    clock.now += 300
    assert await names.addresses("model.test", 443) == (ip_address("8.8.8.8"),)
    clock.now += 1
    with pytest.raises(Problem):
        await names.addresses("model.test", 443)


async def test_u16_the_last_good_answer_serves_while_the_resolver_is_slow() -> None:
    clock, asked = Clock(), []

    async def resolver(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        await asyncio.sleep(0 if len(asked) == 1 else 10)
        return ["8.8.8.8"]

    names = Names(resolver, clock, patience=0.01)
    await names.addresses("model.test", 443)
    clock.now += 60

    assert await names.addresses("model.test", 443) == (ip_address("8.8.8.8"),)
    assert len(asked) == 2
    await names.aclose()
