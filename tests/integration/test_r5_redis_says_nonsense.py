"""R5: what answers in the place of Redis says anything at all. Whoever asks hears that the store is away, and of nothing else."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import pytest

from lockgate.caches.redis.store import RedisCache
from lockgate.core.problem import Kind, Problem
from lockgate.core.store import StoreError
from lockgate.limits.redis.nonces import RedisNonces
from lockgate.limits.redis.notices import RedisNotices
from lockgate.limits.redis.repeats import RedisRepeats
from lockgate.limits.redis.store import RedisLimits, Who
from lockgate.redis_links.connections import Connections
from lockgate.redis_links.maker import maker
from lockgate.token_stores.redis.store import RedisTokens
from tests.integration.redis_owner import claim

WELL = b"$15\r\nrun_id:abcdef\r\n\r\n"
SAYINGS = {
    "a number": b":7\r\n",
    "a large number": b":300000000\r\n",
    "nothing": b"$-1\r\n",
    "a word": b"$3\r\nabc\r\n",
    "an empty word": b"$0\r\n\r\n",
    "a list": b"*1\r\n:1\r\n",
    "a list of two kinds": b"*2\r\n:1\r\n$1\r\na\r\n",
    "lists in lists": b"*1\r\n" * 20_000,
    "an error": b"-ERR no\r\n",
    "no permission": b"-NOPERM this user has no permissions to run the 'info' command\r\n",
    "half a redirection": b"-MOVED\r\n",
    "no number": b":abc\r\n",
    "no length": b"$x\r\nabc\r\n",
    "a length below zero": b"$-5\r\n",
    "no Redis": b"HTTP/1.1 400 Bad Request\r\n\r\n",
}


@asynccontextmanager
async def saying(about: bytes, else_: bytes) -> AsyncIterator[str]:
    """A server that says the one to INFO and the other to all else."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                words = []
                for _ in range(int(line[1:])):
                    length = int((await reader.readline())[1:])
                    words.append((await reader.readexactly(length + 2))[:-2])
                writer.write(about if words[0] == b"INFO" else else_)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=1 << 24)
    async with server:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def questions(url: str, opened: list[Connections]) -> dict[str, Awaitable[object]]:
    def links() -> Connections:
        opened.append(Connections(maker(url)))
        return opened[-1]

    limits, nonces = RedisLimits(links(), Who("o", "i"), 1), RedisNonces(links(), 1)
    tokens = RedisTokens(links(), 1)
    return {
        "reserve": limits.reserve([claim(1)]),
        "beat": limits.beat(),
        "recover": limits.recover(),
        "read": limits.read([claim(1)]),
        "restore": limits.restore([]),
        "nonce": nonces.first(b"a", 1, 2, 1),
        "tokens": tokens.read(b"a"),
        "grant": tokens.put(b"a", None, b"x", 5),
        "answer": RedisCache(links(), 1).get(b"a"),
        "repeat": RedisRepeats(links(), deadline=1).claim(b"p", b"x"),
        "notices": RedisNotices(links(), 1).exchange([]),
    }


@pytest.mark.parametrize("said", SAYINGS)
@pytest.mark.parametrize("first", [True, False], ids=["at once", "later"])
async def test_R5_nonsense_is_a_store_that_is_away(said: str, first: bool) -> None:
    about, else_ = (SAYINGS[said], b"+OK\r\n") if first else (WELL, SAYINGS[said])
    wrong: dict[str, object] = {}
    opened: list[Connections] = []
    async with saying(about, else_) as url:
        for name, question in questions(url, opened).items():
            try:
                answer = await question
            except StoreError:
                continue
            except Problem as problem:
                wrong |= {} if problem.kind is Kind.NO_AUTH else {name: problem}
            except Exception as error:  # noqa: BLE001  whatever else there is
                wrong[name] = error
            else:
                wrong |= {name: len(answer)} if isinstance(answer, bytes) and len(answer) > 1000 else {}
        for each in opened:
            await each.aclose()

    assert not wrong
