"""S31: an upstream gets our credential for it and the listed headers, and nothing else that a client sent: first try and next one."""

import itertools
import json
import secrets
from typing import NamedTuple

import pytest

from tests.e2e.acts import Received
from tests.e2e.plant import FAMILIES, MODELS, Plant
from tests.e2e.process import Told, request


class Asking(NamedTuple):
    """A client's dialect: its path, and the header its credential comes in."""

    path: str
    carrier: str
    own: tuple[str, ...]
    """Headers of this dialect that go to an upstream of the same one."""


ASKING = {
    "openai": Asking("/v1/chat/completions", "authorization", ("idempotency-key", "openai-beta")),
    "anthropic": Asking("/v1/messages", "x-api-key", ("anthropic-beta", "anthropic-version")),
    "gemini": Asking("/v1beta/models/{model}:generateContent", "x-goog-api-key", ("x-goog-api-client",)),
    "ollama": Asking("/api/chat", "authorization", ()),
}
SIGNED = {
    "openai": "authorization",
    "mistral": "authorization",
    "ollama": "authorization",
    "anthropic": "x-api-key",
    "gemini": "x-goog-api-key",
}
OURS = {"host", "accept-encoding", "content-type", "content-length", "user-agent"}
OTHERS = [
    "cookie",
    "set-cookie",
    "proxy-authorization",
    "proxy-authenticate",
    "www-authenticate",
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "x-client-ip",
    "origin",
    "referer",
    "user-agent",
    "from",
    "x-csrf-token",
    "x-auth-token",
    "x-access-token",
    "x-amz-security-token",
    "x-amz-date",
    "x-amz-content-sha256",
    "x-goog-user-project",
    "openai-organization",
    "openai-project",
    "anthropic-workspace-id",
    "anthropic-user-profile-id",
    "x-goog-iam-authority",
    "x-goog-authenticated-user-email",
    "x-ms-client-principal",
    "ocp-apim-subscription-key",
    "x-portkey-api-key",
    "x-portkey-config",
    "helicone-auth",
    "x-original-url",
    "x-rewrite-url",
    "x-http-method-override",
    "x-method-override",
    "x-host",
    "x-forwarded-server",
    "x-upstream-url",
    "x-base-url",
    "x-target-url",
    "x-custom-host",
    "x-lockgate-upstream",
    "x-lockgate-key",
    "x-stainless-lang",
    "x-stainless-os",
    "x-stainless-retry-count",
    "session-id",
    "thread-id",
    "x-client-request-id",
    "originator",
    "x-codex-window-id",
    "x-claude-code-session-id",
    "if-none-match",
    "if-match",
    "range",
    "accept",
    "accept-language",
    "cache-control",
    "pragma",
    "priority",
    "dnt",
    "x-api-version",
    "api-version",
    "authorization2",
    "xauthorization",
    "x-authorization",
    "content-language",
    "x-request-start",
]


def family_dialect(family: str) -> str:
    return "openai" if family == "mistral" else family


def ask(plant: Plant, dialect: str, model: str, text: str) -> tuple[Told, dict[str, str]]:
    """A request with a canary in every header there is, in cookies and in the query; and those headers."""
    asking, words = ASKING[dialect], [{"role": "user", "content": text}]
    sent = {name: f"canary-{secrets.token_hex(8)}" for name in (*OTHERS, *(n for a in ASKING.values() for n in a.own))}
    sent |= {"traceparent": f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01", "tracestate": "vendor=canary"}
    key = plant.gateway.key
    credential = {asking.carrier: f"Bearer {key}" if asking.carrier == "authorization" else key, "api-key": key}
    body: dict[str, object] = {"model": model, "messages": words, "max_tokens": 9}
    if dialect == "gemini":
        body = {"contents": [{"role": "user", "parts": [{"text": text}]}]}
    if dialect == "ollama":
        body |= {"stream": False}
        del body["max_tokens"]
    query = "?key=canary-query&api_key=canary-query&access_token=canary-query&beta=true"
    path = asking.path.format(model=model) + query
    return request(plant.gateway.url, "POST", path, body, {**sent, **credential}), sent


def expect(plant: Plant, dialect: str, family: str, got: Received, said: tuple[Told, dict[str, str]]) -> None:
    """The exact set of headers, each with its exact value, and no canary elsewhere."""
    answer, sent = said
    same = family_dialect(family) == dialect
    through = ("tracestate", *(ASKING[dialect].own if same else ()))
    credential = plant.credentials[family]
    want = {name: sent[name] for name in through}
    want |= {"x-request-id": answer.id, "traceparent": answer.headers["traceresponse"]}
    assert want["traceparent"][:36] == sent["traceparent"][:36]  # the same trace
    assert want["traceparent"][36:52] != sent["traceparent"][36:52]  # another operation of it
    want[SIGNED[family]] = f"Bearer {credential}" if SIGNED[family] == "authorization" else credential
    if family == "anthropic" and not same:
        want["anthropic-version"] = "2023-06-01"
    assert got.names == sorted({*want, *OURS})
    assert {name: value for name, value in got.headers if name in want} == want
    rest = got.raw
    for name in through:
        rest = rest.replace(sent[name].encode(), b"")
    assert b"canary-" not in rest.replace(credential.encode(), b"")
    assert plant.gateway.key.encode() not in got.raw
    assert not any(plant.credentials[other].encode() in got.raw for other in FAMILIES if other != family)
    assert "?" not in got.target


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("dialect", ASKING)
def test_S31_the_first_try(plant: Plant, dialect: str, family: str) -> None:
    mark = plant.upstream.mark("chat")

    answer, sent = ask(plant, dialect, f"best@{family}", mark.text)

    assert len(sent) >= 60
    assert (answer.status, mark.id in answer.body.decode()) == (200, True)
    (got,) = plant.upstream.received(mark)
    expect(plant, dialect, family, got, (answer, sent))


@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(FAMILIES, 2)))
@pytest.mark.parametrize("dialect", ASKING)
def test_S31_the_next_upstream(plant: Plant, dialect: str, first: str, second: str) -> None:
    mark = plant.upstream.mark(f".{first}=503", "chat")

    answer, sent = ask(plant, dialect, f"fall@{first}@{second}", mark.text)

    assert (answer.status, mark.id in answer.body.decode()) == (200, True)
    tried, answered = plant.upstream.received(mark, 2)
    expect(plant, dialect, first, tried, (answer, sent))
    expect(plant, dialect, second, answered, (answer, sent))
    assert MODELS[second] in (answered.target if second == "gemini" else json.loads(answered.body)["model"])
    outcome = plant.gateway.outcome(answer.id)
    assert [attempt["upstream"].split("/")[0] for attempt in outcome["attempts"]] == [first, second]
