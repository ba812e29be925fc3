"""A head that comes again on its connection says the same as one that is new: nobody's credential and no header is taken for another's."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.auth import BEARER, Authenticator, Caller, Presented, Takes
from lockgate.core.body import Headed
from lockgate.core.dialect import Ask
from lockgate.core.exchange import Call, Upstream
from lockgate.core.http import Fields, Headers, Inbound, Origin
from lockgate.core.problem import Problem
from lockgate.core.secret import Secret
from lockgate.dialects import anthropic_messages, openai_chat
from lockgate.pipeline.authenticate import Entrance, authenticate
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.passing import request_headers
from lockgate.providers import anthropic, openai

ORIGIN = Origin("http", "127.0.0.1", 9, literal=True)


class Anybody:
    """Takes every credential of its kind, and says which it was."""

    def __init__(self, takes: Takes) -> None:
        self.takes = takes

    async def authenticate(self, presented: Presented) -> Caller | None:
        return Caller(f"{presented.scheme} {presented.credential!r}", "shop") if presented.credential else None


KEYS: Authenticator = Anybody(BEARER)
BASIC: Authenticator = Anybody(Takes("Basic", "a name and a password", scheme="basic"))
ENTRANCES = [Entrance((KEYS,)), Entrance((BASIC,)), Entrance((KEYS, BASIC))]
heads = st.lists(
    st.tuples(
        st.sampled_from([b"authorization", b"x-api-key", b"api-key", b"x-goog-api-key", b"x-a"]),
        st.sampled_from([b"Bearer a", b"Bearer b", b"Basic a", b"Basic", b"a", b""]),
    ),
    max_size=3,
).map(tuple)


async def who(headers: Headers, entrance: Entrance) -> object:
    async def read() -> bytes:
        return b""

    try:
        return (await authenticate(Inbound("POST", "/v1/x", "", headers, read), entrance))[0].key_id
    except Problem as problem:
        return problem.kind, problem.detail, problem.challenges


@given(heads, st.lists(st.sampled_from(ENTRANCES), max_size=6))
def test_whoever_is_asked_finds_the_same_credential(headers: Headers, asked: list[Entrance]) -> None:
    again = Fields(headers)

    async def run() -> None:
        for entrance in asked:
            assert await who(again, entrance) == await who(headers, entrance)

    asyncio.run(run())


names = st.sampled_from([b"openai-beta", b"anthropic-beta", b"idempotency-key", b"x-api-key", b"cookie", b"x-a"])
UPSTREAMS = [
    (openai_chat.plugin, Upstream("openai", openai.plugin, ORIGIN, "/v1", Secret("sk"), "m")),
    (anthropic_messages.plugin, Upstream("claude", anthropic.plugin, ORIGIN, "", Secret("sk"), "m")),
]


@given(st.lists(st.tuples(names, st.sampled_from([b"1", b"2"])), max_size=4).map(tuple), st.data())
def test_the_same_headers_go_on(headers: Headers, data: st.DataObject) -> None:
    again = Fields(headers)

    for dialect, upstream in data.draw(st.lists(st.sampled_from(UPSTREAMS), max_size=6)):
        passing = data.draw(st.sampled_from([dialect.passing, None]))
        sent = [
            request_headers(
                Call(dialect, "chat", Ask("m"), Headed({}), each), passing, upstream, Ledger("id", 0.0, 0.0)
            )
            for each in (again, headers)
        ]

        assert sent[0] == sent[1]
