"""A connection that was refused: it is not read for a while, and the same request gets the same answer without being looked at."""

import asyncio
from collections.abc import Awaitable, Callable

from lockgate.core.http import Inbound, Reply, Shed
from tests.integration.front_door import GET, Client, door, post, until


async def refuse_first(inbound: Inbound) -> Reply:
    """A refusal with a pause for the path `/v1/models`, and 200 for all else."""
    return Reply(503, (), b"", Shed(0.3, lambda _: None)) if inbound.path == "/v1/models" else Reply(200, (), b"ok")


OTHER = GET.replace(b"/v1/models", b"/v1/other")


async def test_what_a_refused_client_sends_at_once_is_read_later_and_answered() -> None:
    loop = asyncio.get_running_loop()
    async with door(refuse_first) as gateway:
        refused, calm = await gateway.connect(), await gateway.connect()
        await refused.send(GET)
        assert (await refused.one()).status == 503

        began = loop.time()
        await refused.send(OTHER)
        await calm.send(OTHER)
        assert (await calm.one()).status == 200
        assert loop.time() - began < 0.25
        assert (await refused.one()).status == 200
        assert loop.time() - began > 0.2

        await refused.send(OTHER)
        assert (await refused.one()).status == 200
        for client in (refused, calm):
            client.close()
        await until(lambda: gateway.server.connections == 0)


async def test_a_pipelined_request_and_a_client_that_leaves_while_it_rests() -> None:
    async with door(refuse_first) as gateway:
        both, gone = await gateway.connect(), await gateway.connect()
        await both.send(GET + OTHER)
        await gone.send(GET)
        assert (await gone.one()).status == 503
        gone.close()

        answers, _ = await both.answers(silence=0.05)
        assert [answer.status for answer in answers] == [503, 200]
        both.close()
        await until(lambda: gateway.server.connections == 0)


async def test_a_server_drains_while_connections_rest() -> None:
    async with door(refuse_first) as gateway:
        client = await gateway.connect()
        await client.send(GET)
        assert (await client.one()).status == 503

        assert await gateway.server.drain(1.0)
        client.close()


FULL = Reply(503, ((b"x-request-id", b"first"), (b"retry-after", b"2"), (b"retry-after-ms", b"2000")), b"no")


AT_ONCE, LATER = (2.0, 0.0), (0.3, 0.3)
"""When to come back, and for how long it is not read."""


def crowded(told: list[tuple[float, float] | None], seen: list[str]) -> Callable[[Inbound], Awaitable[Reply]]:
    """Refuses the first; what `told` holds is what those are told after it that come with the same head."""

    async def serve(inbound: Inbound) -> Reply:
        await inbound.read()
        seen.append(inbound.path)
        if len(seen) == 1:
            return Reply(FULL.status, FULL.headers, FULL.body, Shed(0.0, lambda _: told.pop(0)))
        return Reply(200, (), b"ok")

    return serve


async def test_the_same_request_is_refused_again_without_being_looked_at_until_the_answer_may_be_another() -> None:
    seen: list[str] = []
    async with door(crowded([AT_ONCE, AT_ONCE, None, AT_ONCE], seen)) as gateway:
        client = await gateway.connect()
        answers = []
        for body in (b"{}", b"{ }", b"{}", b"{}", b"{}"):
            await client.send(post(body))
            answers.append(await client.one())
        client.close()
    assert [answer.status for answer in answers] == [503, 503, 503, 200, 503]
    assert sorted(answers[1].headers.items()) == sorted(answers[0].headers.items())
    assert answers[1].body == b"no"
    assert len(seen) == 2


async def test_who_is_refused_again_is_told_anew_when_to_come_back() -> None:
    """Else all who were refused together would come back together."""
    async with door(crowded([(0.7, 0.0), (2.25, 0.0)], [])) as gateway:
        client = await gateway.connect()
        told = []
        for _ in range(3):
            await client.send(post())
            headers = (await client.one()).headers
            told.append((headers[b"retry-after"], headers[b"retry-after-ms"], headers[b"x-request-id"]))
        client.close()
    assert told == [(b"2", b"2000", b"first"), (b"1", b"700", b"first"), (b"3", b"2250", b"first")]


async def test_another_head_is_looked_at_and_the_one_before_it_is_still_known() -> None:
    seen: list[str] = []
    async with door(crowded([AT_ONCE], seen), tick=9.0) as gateway:
        client = await gateway.connect()
        statuses = []
        for request in (post(), post(b"{}", b"Authorization: Bearer other"), post()):
            await client.send(request)
            statuses.append((await client.one()).status)
        client.close()
    assert statuses == [503, 200, 503]
    assert len(seen) == 2


async def test_a_body_that_comes_late_and_a_request_behind_another_are_looked_at() -> None:
    seen: list[str] = []
    async with door(crowded([AT_ONCE], seen)) as gateway:
        client = await gateway.connect()
        await client.send(post())
        assert (await client.one()).status == 503
        whole = post(b"{}")
        await client.send(whole[:-1])
        await until(lambda: len(seen) == 1)
        await client.send(whole[-1:] + whole)
        answers, _ = await client.answers()
        client.close()
    assert [answer.status for answer in answers] == [200, 503]
    assert answers[1].headers[b"x-request-id"] == b"first"


async def test_who_asks_again_at_once_is_not_read_meanwhile() -> None:
    loop = asyncio.get_running_loop()
    async with door(crowded([LATER, AT_ONCE], [])) as gateway:
        client = await gateway.connect()
        began = loop.time()
        for _ in range(3):
            await client.send(post())
            assert (await client.one()).status == 503
        assert loop.time() - began > 0.29
        client.close()


async def test_what_asks_for_a_head_alone_gets_no_body_behind_it_however_often() -> None:
    seen: list[str] = []
    async with door(crowded([AT_ONCE], seen)) as gateway:
        client = await gateway.connect()
        for status in (503, 200):
            await client.send(post().replace(b"POST", b"HEAD"))
            answer = await client.one()
            assert (answer.status, answer.body) == (status, b"")
        client.close()
    assert len(seen) == 2, "it is looked at each time"


SAME = post(b'{"a": 1}')
ELSEWHERE = post(b'{"a": 1}', path=b"/v1/chat/completionz")
SHORTER = SAME.replace(b"Content-Length: 8", b"Content-Length: 7")
UNFINISHED = b"POST /v1/other HTTP/1.1\r\nX-Note: "


async def thrice(client: Client, seen: list[str]) -> None:
    """The first is looked at, the second is known by its head, the third by its bytes."""
    for _ in range(3):
        await client.send(SAME)
        assert (await client.one()).status == 503
    assert len(seen) == 1


async def test_S40_as_many_bytes_with_another_head_are_another_request() -> None:
    seen: list[str] = []
    async with door(crowded([AT_ONCE] * 3, seen)) as gateway:
        client = await gateway.connect()
        await thrice(client, seen)
        for request in (ELSEWHERE, SHORTER):
            assert len(request) == len(SAME)
            await client.send(request)
        answers, _ = await client.answers()
        client.close()
    assert [answer.status for answer in answers] == [200, 200, 400], "what is behind the shorter body is no request"
    assert seen[1:] == ["/v1/chat/completionz", "/v1/chat/completions"]


async def test_S40_the_same_bytes_inside_a_head_are_part_of_it() -> None:
    seen: list[str] = []
    async with door(crowded([AT_ONCE] * 3, seen)) as gateway:
        client, other = await gateway.connect(), await gateway.connect()
        await thrice(client, seen)
        await client.send(UNFINISHED)
        for _ in range(2):  # until it was read
            await other.send(GET)
            assert (await other.one()).status == 200
        await client.send(SAME)
        assert (await client.one()).status == 200
        assert seen[-1] == "/v1/other", "what was said was a value of its head"
        for each in (client, other):
            each.close()


async def test_what_is_said_again_is_let_through_once_there_may_be_room() -> None:
    """Asked once and not twice whether the answer may be another: each time counts as one who comes."""
    seen: list[str] = []
    told: list[tuple[float, float] | None] = [AT_ONCE, AT_ONCE, None, AT_ONCE]
    async with door(crowded(told, seen)) as gateway:
        client = await gateway.connect()
        await thrice(client, seen)
        await client.send(SAME)
        assert (await client.one()).status == 200
        assert (len(seen), told) == (2, [AT_ONCE])
        client.close()


async def test_who_got_an_answer_after_a_refusal_does_not_rest_for_it() -> None:
    loop = asyncio.get_running_loop()
    async with door(crowded([LATER, None, None], [])) as gateway:
        client = await gateway.connect()
        for status in (503, 503, 200):
            await client.send(post())
            assert (await client.one()).status == status
        began = loop.time()
        await client.send(post())
        assert (await client.one()).status == 200
        assert loop.time() - began < 0.25
        client.close()
