"""What holds for every guard that is asked over the network, on real sockets: without a verdict, exactly what its rule says.

The detector is down, slow, throws, talks nonsense, or more than anybody can read.
"""

import asyncio
import gzip
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from lockgate.core.body import head
from lockgate.core.fuse import Fuse, Patience
from lockgate.core.guard import NO_RULES, GuardConfig, Rule, Rules
from lockgate.core.problem import Kind, Problem
from lockgate.core.registry import configs
from lockgate.core.remote_guard import Detector, GuardPorts, OnError, RemoteGuardConfig, RemoteRules
from lockgate.core.secret import Secret
from lockgate.dialects.openai_chat import plugin as openai_chat
from lockgate.pipeline.consult import consulted
from lockgate.pipeline.ledger import Ledger
from lockgate.transports.http import HttpTransport
from tests.detector import KEY, KEY_VALUE, MORNING, answer
from tests.integration.scripted import Peer, ScriptedUpstream, Step

SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "azure_prompt_shields": {"api_key": KEY},
    "bedrock_guardrails": {"guardrail": "abc", "region": "eu-central-1", "access_key": KEY, "secret_key": KEY},
    "lakera": {"api_key": KEY},
    "llama_guard": {"model": "guard"},
    "openai_moderation": {"api_key": KEY},
    "presidio": {},
    "webhook": {},
}
REMOTE = {
    name: plugin
    for name, plugin in configs("lockgate.guards", GuardConfig).items()
    if issubclass(plugin, RemoteGuardConfig)
}
BODY = b'{"model":"m","messages":[{"role":"user","content":"what I asked"}]}'


async def asked(peer: Peer) -> None:
    await peer.request()


async def ended(peer: Peer) -> None:
    peer.transport.close()


BOMB = gzip.compress(b"[" + b" " * (64 * 1024 * 1024))
GIANT = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[" + b" " * (2 * 1024 * 1024)
STEPS: Mapping[str, tuple[list[Step], str]] = {
    "slow": ([asked], "timeout"),
    "slow body": ([asked, b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n["], "timeout"),
    "throws": ([asked, answer(500, {"error": "x"})], "status_500"),
    "refuses": ([asked, answer(401, {"error": "x"})], "status_401"),
    "redirects": ([asked, b"HTTP/1.1 302 X\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n"], "status_302"),
    "not json": ([asked, answer(200, b"<html>hello</html>")], "bad_answer"),
    "another document": ([asked, answer(200, [{"nonsense": 1}])], "bad_answer"),
    "deep": ([asked, answer(200, b"[" * 100_000)], "bad_answer"),
    "not utf-8": ([asked, answer(200, b'{"results":["\xff\xfe"]}')], "bad_answer"),
    "giant": ([asked, GIANT], "bad_answer"),
    "S48 bomb": (
        [asked, b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n%b" % (len(BOMB), BOMB)],
        "bad_answer",
    ),
    "not http": ([asked, b"220 smtp.example\r\n"], "bad_answer"),
    "hangs up": ([asked, ended], "unreachable"),
}


def test_every_remote_guard_is_here() -> None:
    assert set(SETTINGS) == set(REMOTE)


@asynccontextmanager
async def rules(kind: str, url: str, on_error: OnError, deadline: float) -> AsyncIterator[RemoteRules]:
    settings: Any = REMOTE[kind]
    transport = HttpTransport()
    ports = GuardPorts(transport, {KEY: Secret(KEY_VALUE)}.__getitem__, lambda: MORNING)
    guard = settings(url=url, **SETTINGS[kind]).connect(ports)
    detector = Detector(kind, guard, on_error, Fuse(Patience()), deadline)
    rule = Rule("far", 0, "flag", frozenset(("request",)))
    try:
        yield RemoteRules(Rules([rule], NO_RULES.engine, "request"), [detector])
    finally:
        await transport.aclose()


async def outcome(kind: str, url: str, on_error: OnError, deadline: float) -> tuple[bool, list[tuple[str, str]]]:
    """Whether the text went on, and what the record says."""
    ledger, passed = Ledger("id", 0, 0), True
    async with rules(kind, url, on_error, deadline) as remote:
        try:
            body = await consulted(head(BODY), openai_chat, remote, ledger)
        except Problem as problem:
            assert problem.kind is Kind.BLOCKED
            assert "what I asked" not in problem.detail
            passed = False
        else:
            assert b"what I asked" in body.wire()
    return passed, [(found.label, found.action) for found in ledger.findings]


@pytest.mark.parametrize("on_error", ["block", "allow"])
@pytest.mark.parametrize("case", STEPS)
@pytest.mark.parametrize("kind", SETTINGS)
async def test_without_a_verdict_what_the_rule_says(kind: str, case: str, on_error: OnError) -> None:
    steps, word = STEPS[case]
    deadline = 0.05 if case.startswith("slow") else 5.0

    async with ScriptedUpstream(steps) as upstream:
        found = await outcome(kind, f"http://127.0.0.1:{upstream.port}", on_error, deadline)

    action = "error_blocked" if on_error == "block" else "error_allowed"
    assert found == (on_error == "allow", [(f"guard_error:{kind}:{word}", action)])


@pytest.mark.parametrize("on_error", ["block", "allow"])
@pytest.mark.parametrize("kind", SETTINGS)
async def test_when_nobody_listens(kind: str, on_error: OnError) -> None:
    async with ScriptedUpstream() as upstream:
        port = upstream.port

    passed, found = await outcome(kind, f"http://127.0.0.1:{port}", on_error, 5.0)

    assert passed == (on_error == "allow")
    assert [label for label, _ in found] == [f"guard_error:{kind}:unreachable"]


@pytest.mark.parametrize("kind", SETTINGS)
async def test_a_client_that_leaves_takes_the_question_along(kind: str) -> None:
    async with ScriptedUpstream([asked]) as upstream:
        asking = asyncio.ensure_future(outcome(kind, f"http://127.0.0.1:{upstream.port}", "block", 5.0))
        peer = await upstream.peer()
        await peer.until(lambda: bool(peer.requests))
        asking.cancel()
        await asyncio.wait({asking})
        await peer.closed()

    assert asking.cancelled()


@pytest.mark.parametrize("kind", SETTINGS)
async def test_a_name_that_means_a_private_address_is_not_called(kind: str) -> None:
    async with ScriptedUpstream([asked]) as upstream:
        passed, found = await outcome(kind, f"http://localhost:{upstream.port}", "block", 5.0)

    assert not passed
    assert found == [(f"guard_error:{kind}:unreachable", "error_blocked")]
    assert not upstream.requests


def test_the_settings_of_every_one_have_the_same_bounds() -> None:
    for kind, plugin in REMOTE.items():
        make: Any = plugin
        for wrong in ({"deadline": "2s"}, {"deadline": "1ms"}, {"pause": "2h"}, {"remember": "2d"}, {"url": "ftp://x"}):
            with pytest.raises(ValueError, match=r".+"):
                make(**{"url": "https://guard.example", **SETTINGS[kind], **wrong}).check()
