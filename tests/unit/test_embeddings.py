"""An embeddings server is asked as OpenAI's is; whatever it says that is no vector, is none."""

import asyncio
from collections.abc import Sequence

import msgspec
import numpy as np
import pytest

from lockgate.core.http import Arrival, Outbound
from lockgate.core.problem import Kind, Problem
from lockgate.stores.answers.embeddings import Embeddings, Place, normal
from lockgate.stores.answers.similar import similarities
from tests.fakes import Answered, Script

PLACE = Place("http://127.0.0.1:11434/v1", "small", ((b"authorization", b"Bearer k"),))


def answer(*numbers: float) -> Answered:
    return Answered(200, [msgspec.json.encode({"object": "list", "data": [{"index": 0, "embedding": numbers}]})])


async def test_what_is_asked_and_what_comes_of_it() -> None:
    script = Script(answer(3, 4))

    vector = await Embeddings(PLACE, script).vector("hello")

    (sent,) = script.sent
    assert (sent.method, sent.target, sent.origin.port) == ("POST", "/v1/embeddings", 11434)
    assert (b"authorization", b"Bearer k") in sent.headers
    assert msgspec.json.decode(sent.body) == {"model": "small", "input": "hello", "encoding_format": "float"}
    assert np.frombuffer(vector, "<f2").tolist() == pytest.approx([0.6, 0.8], abs=1e-3)


GARBAGE: Sequence[bytes] = (
    b"",
    b"no json",
    b"{}",
    b"[]",
    b'{"data": []}',
    b'{"data": [{"embedding": []}]}',
    b'{"data": [{"embedding": [0, 0]}]}',
    b'{"data": [{"embedding": ["a"]}]}',
    b'{"data": [{"embedding": [1e999]}]}',
    b'{"data": [{"embedding": [1]}, {"embedding": [1]}]}',
    b'{"data": [{"embedding": "AAAA"}]}',
    b'{"data": [{"embedding": [' + b"1," * 9000 + b"1]}]}",
    b"[" * 100_000,
)


@pytest.mark.parametrize("said", GARBAGE, ids=range(len(GARBAGE)))
async def test_nonsense_is_no_vector(said: bytes) -> None:
    assert await Embeddings(PLACE, Script(Answered(200, [said]))).vector("hello") == b""


@pytest.mark.parametrize(
    "what",
    [Answered(500), Answered(401), Problem(Kind.UNREACHABLE, "x"), Problem(Kind.BLOCKED, "x"), OSError("x")],
    ids=repr,
)
async def test_a_failure_is_no_vector(what: Answered | Exception) -> None:
    assert await Embeddings(PLACE, Script(what)).vector("hello") == b""


class Slow:
    """Takes the question, and says nothing."""

    def __init__(self) -> None:
        self.cancelled = 0

    async def send(self, outbound: Outbound) -> Arrival:
        try:
            return await asyncio.get_running_loop().create_future()
        finally:
            self.cancelled += 1


async def test_nobody_waits_longer_than_the_deadline() -> None:
    slow = Slow()

    vector = await Embeddings(msgspec.structs.replace(PLACE, deadline=0.01), slow).vector("hello")

    assert (vector, slow.cancelled) == (b"", 1)


async def test_a_server_that_keeps_failing_is_left_alone() -> None:
    script = Script(*(Answered(500) for _ in range(5)), answer(1))
    server = Embeddings(PLACE, script)

    assert [await server.vector("x") for _ in range(7)] == [b""] * 7
    assert len(script.sent) == 5


def test_cosines() -> None:
    vectors = [normal(each) for each in ((1, 0), (0, 2), (-1, 0), (3, 3))]

    assert similarities(normal((5, 0)), [*vectors, normal((1, 0, 0)), b""]) == pytest.approx(
        [1, 0, -1, 0.7071, -1, -1], abs=1e-3
    )
