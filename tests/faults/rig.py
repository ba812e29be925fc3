"""A gateway before the faulty upstream: for every fault a model in each dialect, and one with a sound target behind it."""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.process import Running, Told, request, running
from tests.faults.faulty_process import FaultyProcess, faulty

KINDS = {"openai": "openai_compatible", "anthropic": "anthropic", "gemini": "gemini", "ollama": "ollama"}
RESPONSES = {"responses": "openai_compatible, responses: {}"}
"""Asked in the Responses API."""
BASES = {"openai": "/v1", "responses": "/v1", "anthropic": "", "gemini": "", "ollama": ""}
PATHS = {
    "openai": "/v1/chat/completions",
    "responses": "/v1/responses",
    "anthropic": "/v1/messages",
    "ollama": "/api/chat",
}
ENDS = {
    "openai": b"[DONE]",
    "responses": b"response.completed",
    "anthropic": b'"message_stop"',
    "ollama": b'"done":true',
}
TIMEOUTS = "{connect: 300ms, first_byte: 600ms, between_chunks: 600ms, total: 2s}, health: {failures: 1000}"
"""Nobody is left out for failing: that is what they are here for."""
CONFIG = """\
version: 1
data: ./data
providers:
%s
models:
%s
teams:
  all: {models: ["*"]}
keys:
  - {name: tester, team: all, secret: {env: KEY}}
audit: {patience: 5s}
"""


@dataclass
class Rig:
    """`ask` gives what the client got and leaves an id by which all sides know it."""

    gateway: Running
    upstream: FaultyProcess

    def ask(
        self, model: str, *, stream: bool = False, dialect: str = "openai", headers: dict[str, str] | None = None
    ) -> Told:
        nonce = secrets.token_hex(6)
        body: dict[str, Any] = {"model": model, "stream": stream, "max_tokens": 99}
        turns = "input" if dialect == "responses" else "messages"
        body[turns] = [{"role": "user", "content": f"nonce={nonce}"}]
        given = {"authorization": f"Bearer {self.gateway.key}", "x-request-id": f"n-{nonce}", **(headers or {})}
        return request(self.gateway.url, "POST", PATHS[dialect], body, given)

    def same(self, model: str, headers: dict[str, str]) -> Told:
        """A request without anything of its own."""
        body = {"model": model, "messages": [{"role": "user", "content": "nonce=same"}]}
        given = {"authorization": f"Bearer {self.gateway.key}", **headers}
        return request(self.gateway.url, "POST", PATHS["openai"], body, given)

    def seen(self, told: Told) -> list[dict[str, Any]]:
        return self.upstream.ended(told.id)

    def attempts(self, told: Told) -> list[tuple[str, int, str]]:
        found = self.gateway.outcome(told.id)["attempts"]
        return [(each["upstream"], each.get("status", 0), each.get("error", "")) for each in found]


def well(told: Told, dialect: str, *, stream: bool = False) -> bool:
    """The whole answer, with its own nonce in it and nobody else's, and a clean end."""
    nonce = told.id.removeprefix("n-")
    whole = all(f"{nonce}-{i}".encode() in told.body for i in range(12))
    return told.status == 200 and whole and (not stream or ENDS[dialect] in told.body)


def broken(told: Told, dialect: str) -> bool:
    """A stream that ends with its dialect's error, and never with its clean end (I8)."""
    return told.status == 200 and b'"error"' in told.body and ENDS[dialect] not in told.body


def errors(told: Told) -> str:
    """The code of an error of OpenAI's dialect."""
    return str(json.loads(told.body)["error"]["code"])


@contextmanager
def rig(
    folder: Path,
    faults: dict[str, str],
    *,
    more: str = "",
    pace: float = 1.0,
    within: Sequence[str] = (),
    kinds: Mapping[str, str] = KINDS,
) -> Iterator[Rig]:
    """`faults` are names of models, and the settings of each one's provider."""
    with faulty(pace) as upstream:
        providers, models = [], []
        for family, kind in kinds.items():
            providers.append(f'  well-{family}: {{kind: {kind}, base_url: "{upstream.url}{BASES[family]}"}}')
            for fault, settings in faults.items():
                name = f"{fault}-{family}"
                base = f'base_url: "{upstream.url}{BASES[family]}"'
                providers.append(f"  {name}: {{kind: {kind}, {base}, timeouts: {TIMEOUTS}{settings}}}")
                target = f"{{provider: {name}, model: faulty-{fault}}}"
                models.append(f"  {fault}@{family}: {{targets: [{target}], retry: {{attempts: 1}}}}")
                spare = "anthropic" if family == "openai" else "openai"
                then = f"{{provider: well-{spare}, model: faulty-ok}}"
                models.append(f"  {fault}@{family}+: {{targets: [{target}, {then}]}}")
        more = more.replace("UPSTREAM", upstream.url).replace("PORT", upstream.url.rpartition(":")[2])
        for place, where in sorted(upstream.places.items(), reverse=True):  # the longer names first
            more = more.replace(f"PLACE-{place}", where)
        providers.append(more.partition("---\n")[0])
        models.append(more.partition("---\n")[2])
        with running(folder, CONFIG % ("\n".join(providers), "\n".join(models)), within=within) as gateway:
            yield Rig(gateway, upstream)
