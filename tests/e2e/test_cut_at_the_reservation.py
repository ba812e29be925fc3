"""A stream that goes on beyond what was reserved for it is cut: every official client sees an answer that is long enough."""

import secrets
from collections.abc import Iterator

import pytest

from tests.e2e.clients import Client
from tests.e2e.conftest import CLIENTS
from tests.e2e.plant import FAMILIES
from tests.e2e.process import Running, eventually, request, running
from tests.e2e.upstream import Upstream

MOST = 300
PATHS = {
    "openai": ("/v1/chat/completions", b'"finish_reason":"length"', b"data: [DONE]"),
    "anthropic": ("/v1/messages", b'"stop_reason":"max_tokens"', b'"message_stop"'),
    "google": ("/v1beta/models/m@{}:streamGenerateContent?alt=sse", b'"finishReason":"MAX_TOKENS"', b"usageMetadata"),
    "ollama": ("/api/chat", b'"done_reason":"length"', b'"done":true'),
}


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Upstream, Running]]:
    with Upstream() as upstream:
        providers, models = [], []
        for family in FAMILIES:
            base = f"http://127.0.0.1:{upstream.port}/{family}" + ("/v1" if family in ("openai", "mistral") else "")
            providers.append(f'  {family}: {{kind: {family}, base_url: "{base}", api_key: {{env: KEY}}}}')
            models.append(f'  "m@{family}": {{targets: [{{provider: {family}}}], max_output_tokens: {MOST}}}')
        config = "\n".join(
            [
                "version: 1",
                "data: ./data",
                "audit: {patience: 10s}",
                "providers:",
                *providers,
                "models:",
                *models,
                'teams: {all: {models: ["*"], limits: [{kind: tokens, max: 100000000, per: 1h}]}}',
                "keys: [{name: tester, team: all, secret: {env: KEY}}]",
            ]
        )
        with running(tmp_path_factory.mktemp("cut"), config) as gateway:
            yield upstream, gateway


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("dialect", PATHS)
def test_a_stream_is_cut_at_its_reservation(plant: tuple[Upstream, Running], dialect: str, family: str) -> None:
    upstream, gateway = plant
    mark, (path, finish, end) = upstream.mark("endless"), PATHS[dialect]
    body: dict[str, object] = {
        "model": f"m@{family}",
        "stream": True,
        "messages": [{"role": "user", "content": mark.text}],
    }
    if dialect == "google":
        body = {"contents": [{"role": "user", "parts": [{"text": mark.text}]}]}
    if dialect == "anthropic":
        body["max_tokens"] = 1000
    name = f"cut-{secrets.token_hex(4)}"
    headers = {"authorization": f"Bearer {gateway.key}", "x-request-id": name}
    told = request(gateway.url, "POST", path.format(family), body, headers)

    assert told.status == 200
    assert finish in told.body
    assert end in told.body[told.body.index(finish) - 200 :]
    assert len(told.body) < 2 * 64 * 3000
    outcome = gateway.outcome(name)
    assert (outcome["end"], outcome["code"], outcome["estimated"]) == ("budget", "", True)
    assert outcome["usage"]["output"] >= MOST
    (got,) = upstream.received(mark)
    eventually(got.closed.is_set)


@pytest.mark.parametrize("client", CLIENTS)
def test_the_official_clients_take_the_end_for_an_end(plant: tuple[Upstream, Running], client: str) -> None:
    upstream, gateway = plant
    family = {"google": "gemini", "responses": "openai"}.get(client, client)
    sdk: Client = CLIENTS[client](gateway.url, gateway.key)
    try:
        text = "".join(sdk.stream(f"m@{family}", upstream.mark("endless").text))
    finally:
        sdk.close()

    assert set(text) == {"x"}
