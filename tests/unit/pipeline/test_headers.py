"""Additional header parameters: demanded, passed on, added and removed, with every carrier of the credential (S16)."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from lockgate.app.header_patterns import matcher
from lockgate.core.header_policy import HeaderPolicy, Required, Source
from tests.fakes import Answered, Notebook, Script
from tests.unit.pipeline.gateway import chat, claude_stream, openai_answer
from tests.unit.pipeline.policed import CARRIERS, ask, gateway

pytestmark = pytest.mark.parametrize("carrier", CARRIERS.values(), ids=CARRIERS)
Pair = tuple[bytes, bytes]
CLAIM, NOTE = Source("claim", "tenant"), Source("metadata", "tenant")


def policy(**more: Any) -> HeaderPolicy:
    return HeaderPolicy((Required(b"x-tenant", **more),))


DEMANDS: dict[str, tuple[HeaderPolicy, list[bytes], list[bytes], str]] = {
    # what is demanded, values that are refused, values that are taken, a word of the refusal
    "there": (policy(), [b""], [b"a", b"\xff"], "1 to"),
    "length": (policy(least=2, most=3), [b"a", b"abcd"], [b"ab", b"abc"], "2 to 3"),
    "values": (policy(values=frozenset((b"a", b"b"))), [b"c", b"A", b"ab", b"a b"], [b"a", b"b"], "allowed"),
    "pattern": (
        policy(matches=matcher("[a-z]{2,4}|x")),
        [b"a", b"abcde", b"ab\n", b"ab cd", b"\xc3\xa9"],
        [b"ab", b"x"],
        "form",
    ),
    "claim": (policy(equals=CLAIM), [b"acme2", b"ACME", b" "], [b"acme"], "identity"),
    "note": (policy(equals=NOTE), [b"acme"], [b"noted"], "identity"),
}
WHO: Mapping[str, Mapping[str, str]] = {"claims": {"tenant": "acme"}, "metadata": {"tenant": "noted"}}


@pytest.mark.parametrize("level", ["headers", "route_headers"])
@pytest.mark.parametrize("case", DEMANDS)
async def test_S16_a_demanded_header_is_refused_by_name_and_never_by_value(
    carrier: Pair, case: str, level: str
) -> None:
    demanded, wrong, right, word = DEMANDS[case]
    for value in wrong:
        script, notebook = Script(), Notebook()
        one = gateway(script, notebook, **{level: demanded}, **WHO)  # type: ignore[arg-type]

        reply, body = await ask(one, carrier, chat("one"), more=((b"x-tenant", value),))

        error = msgspec.json.decode(body)["error"]
        assert (reply.status, error["code"], error["param"]) == (400, "invalid_request", "headers.x-tenant")
        assert word in error["message"]
        assert script.sent == []
    for value in right:
        one = gateway(Script(openai_answer()), Notebook(), **{level: demanded}, **WHO)  # type: ignore[arg-type]
        reply, _ = await ask(one, carrier, chat("one"), more=((b"x-tenant", value),))
        assert reply.status == 200


@pytest.mark.parametrize("given", [(), ((b"x-tenant", b"a"), (b"x-tenant", b"a"))], ids=["none", "twice"])
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/models", "/v1/models/one"])
async def test_a_demanded_header_that_is_missing_or_there_twice_is_refused(
    carrier: Pair, given: tuple[Pair, ...], path: str
) -> None:
    body = chat("one") if path.endswith("completions") else None

    reply, raw = await ask(
        gateway(Script(), Notebook(), headers=policy()),
        carrier,
        body,
        path=path,
        method="POST" if body else "GET",
        more=given,
    )

    assert reply.status == 400
    assert b"x-tenant" in raw


async def test_a_claim_that_the_caller_has_not_is_equal_to_nothing(carrier: Pair) -> None:
    one = gateway(Script(), Notebook(), headers=policy(least=0, equals=CLAIM))

    for value in (b"acme", b""):
        reply, _ = await ask(one, carrier, chat("one"), more=((b"x-tenant", value),))
        assert reply.status == 400


async def test_the_team_and_the_route_both_demand(carrier: Pair) -> None:
    route = HeaderPolicy((Required(b"x-case"),))
    both = {"headers": policy(), "route_headers": route}

    for given, status in (
        (((b"x-tenant", b"a"),), 400),
        (((b"x-case", b"1"),), 400),
        (((b"x-tenant", b"a"), (b"x-case", b"1")), 200),
    ):
        reply, _ = await ask(gateway(Script(openai_answer()), Notebook(), **both), carrier, chat("one"), more=given)  # type: ignore[arg-type]
        assert reply.status == status


UNKNOWN = ((b"x-experiment", b"1"), (b"x-other", b"2"), (b"cookie", b"c"))
LIBRARY = ((b"x-stainless-lang", b"python"), (b"x-forwarded-for", b"1.1.1.1"), (b"x-app", b"cli"))
NEVER = tuple(
    (name, b"canary")
    for name in (
        b"x-auth-token", b"x-amz-security-token", b"x-csrf-token", b"x-session-id", b"x-real-ip",
        b"x-client-ip", b"x-original-url", b"x-rewrite-url", b"x-http-method-override", b"x-host", b"x-forwarded-host",
        b"x-goog-user-project", b"x-lockgate-upstream", b"x-user-password", b"x-api-key2", b"x-cookie",
    )
)  # fmt: skip


async def sent_upstream(carrier: Pair, headers: HeaderPolicy | None, more: tuple[Pair, ...], **gate: Any) -> Script:
    script = Script(openai_answer())
    reply, body = await ask(gateway(script, Notebook(), headers=headers, **gate), carrier, chat("one"), more=more)
    assert reply.status == 200, body
    return script


@pytest.mark.parametrize("word", [None, "strip", "pass"])
async def test_unknown_headers_are_stripped_or_passed(carrier: Pair, word: Any) -> None:
    headers = None if word is None else HeaderPolicy(unknown=word)

    script = await sent_upstream(carrier, headers, (*UNKNOWN, *LIBRARY, *NEVER))

    got = {name for name, _ in script.sent[0].headers}
    passed = {b"x-experiment", b"x-other"} if word == "pass" else set()
    assert got == {b"content-type", b"authorization", b"x-request-id", *passed}
    assert b"canary" not in b"".join(value for _, value in script.sent[0].headers)


async def test_unknown_headers_are_refused_by_name_but_not_what_libraries_send(carrier: Pair) -> None:
    refuse = HeaderPolicy(
        (Required(b"x-tenant"),), "refuse", frozenset((b"x-other",)), {b"x-team": Source("const", "t")}
    )
    known = ((b"x-tenant", b"a"), (b"x-other", b"2"), (b"x-team", b"mine"), *LIBRARY)
    one = gateway(Script(), Notebook(), headers=refuse)

    reply, body = await ask(one, carrier, chat("one"), more=(*known, (b"x-experiment", b"secret-value")))

    assert reply.status == 400
    assert b"x-experiment" in body
    assert b"secret-value" not in body
    script = await sent_upstream(carrier, refuse, known)
    assert (b"x-other", b"2") in script.sent[0].headers
    assert (b"x-team", b"t") in script.sent[0].headers


@pytest.mark.parametrize(
    ("outer", "inner", "status"), [("refuse", "pass", 400), ("pass", "refuse", 400), ("pass", None, 200)]
)
async def test_the_stricter_word_holds(carrier: Pair, outer: Any, inner: Any, status: int) -> None:
    gate = {"headers": HeaderPolicy(unknown=outer), "route_headers": HeaderPolicy(unknown=inner)}

    reply, _ = await ask(gateway(Script(openai_answer()), Notebook(), **gate), carrier, chat("one"), more=UNKNOWN)  # type: ignore[arg-type]

    assert reply.status == status


ADDED = {
    b"x-tenant": Source("claim", "tenant"),
    b"x-team": Source("identity", "team"),
    b"x-org": Source("identity", "organization"),
    b"x-user": Source("identity", "user"),
    b"x-key": Source("identity", "key"),
    b"x-name": Source("identity", "key_name"),
    b"x-method": Source("identity", "method"),
    b"x-id": Source("identity", "request_id"),
    b"x-cost-center": Source("metadata", "tenant"),
    b"openai-project": Source("const", "proj_1"),
    b"x-nothing": Source("claim", "missing"),
}


async def test_added_headers_say_who_it_is_whatever_the_client_says(carrier: Pair) -> None:
    lies = tuple((name, b"lie") for name in ADDED)
    headers = HeaderPolicy(unknown="pass", forward=frozenset((b"x-tenant",)), add=ADDED)

    script = await sent_upstream(carrier, headers, lies, **WHO)

    got = [pair for pair in script.sent[0].headers if pair[0] in ADDED]
    assert sorted(got) == [
        (b"openai-project", b"proj_1"),
        (b"x-cost-center", b"noted"),
        (b"x-id", b"fresh-id"),
        (b"x-key", b"key_1"),
        (b"x-method", b"api_key"),
        (b"x-name", b"web"),
        (b"x-org", b"org"),
        (b"x-team", b"shop"),
        (b"x-tenant", b"acme"),
        (b"x-user", b"u"),
    ]
    assert (b"authorization", b"Bearer sk-up") in script.sent[0].headers


async def test_added_headers_go_to_every_attempt_and_a_providers_own_only_there(carrier: Pair) -> None:
    script = Script(Answered(503), claude_stream("x"))
    one = gateway(
        script,
        Notebook(),
        headers=HeaderPolicy(add={b"x-a": Source("const", "team"), b"x-b": Source("const", "team")}),
        route_headers=HeaderPolicy(add={b"x-b": Source("const", "route")}),
        upstream_adds={b"x-c": Source("identity", "team")},
    )

    await ask(one, carrier, chat("three", stream=True))

    for sent in script.sent:
        assert {pair for pair in sent.headers if pair[0].startswith(b"x-") and len(pair[0]) == 3} == {
            (b"x-a", b"team"),
            (b"x-b", b"route"),
            (b"x-c", b"shop"),
        }
    assert len(script.sent) == 2


@pytest.mark.parametrize("value", ["a\r\nx-evil: 1", "a\nb", "a\x00", "Zo\u00eb", " a", "a ", "a\x7f", "a" * 1025])
async def test_S38_a_claim_that_could_be_more_than_a_value_stops_the_request(carrier: Pair, value: str) -> None:
    script, notebook = Script(), Notebook()
    one = gateway(script, notebook, headers=HeaderPolicy(add={b"x-tenant": CLAIM}), claims={"tenant": value})

    reply, body = await ask(one, carrier, chat("one"))

    assert (reply.status, msgspec.json.decode(body)["error"]["code"]) == (403, "permission_denied")
    assert script.sent == []
    assert b"evil" not in body
