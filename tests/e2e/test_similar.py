"""Questions that mean the same, end to end: an embeddings server of our own, which is there, fails, and is slow."""

import json
import secrets
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import openai
import pytest

from tests.e2e.process import Running, eventually, running
from tests.e2e.upstream import Upstream
from tests.threaded import Answering

SECRET = "embeddings-key-" + "0a1b2c3d" * 4
CONFIG = """\
version: 1
data: ./data
audit: {{patience: 5s}}
providers:
  openai: {{kind: openai, base_url: "http://127.0.0.1:{port}/openai/v1", api_key: {{env: UP}}}}
models:
  kept:
    targets: [{{provider: openai, model: gpt-5-mini}}]
    cache:
      ttl: 1h
      scope: team
      similar:
        embeddings: {{url: "http://127.0.0.1:{embeddings}/v1", model: small, api_key: {{env: EMBED}}, deadline: 1.5s}}
prices: {{gpt-5-mini: {{input: 1, output: 2}}}}
teams: {{shop: {{models: ["*"]}}}}
keys:
  - {{name: web, team: shop, secret: {{env: KEY_WEB}}}}
  - {{name: app, team: shop, secret: {{env: KEY_APP}}}}
"""


class Embedder(Answering):
    """Every text means the same to it."""

    asked: ClassVar[list[tuple[str, str | None, Any]]] = []
    broken: ClassVar[bool] = False

    def do_POST(self) -> None:
        document = self.asked_for()
        self.asked.append((self.path, self.headers["authorization"], document))
        body = json.dumps({"data": [{"index": 0, "embedding": [0.6, 0.8]}]}).encode()
        self.say(body, 500 if self.broken else 200)


class House:
    def __init__(self, gateway: Running, upstream: Upstream, keys: dict[str, str]) -> None:
        self.gateway, self.upstream, self.keys = gateway, upstream, keys

    def ask(self, text: str, key: str = "web", stream: bool = False) -> tuple[str, str, str, str]:
        """Outcome, similarity, what was said, the request's id."""
        with openai.OpenAI(base_url=self.gateway.url + "/v1", api_key=self.keys[key], max_retries=0) as client:
            raw = client.chat.completions.with_raw_response.create(
                model="kept", messages=[{"role": "user", "content": text}], temperature=0, stream=stream
            )
            headers = raw.headers
            if stream:
                said = "".join(each.choices[0].delta.content or "" for each in raw.parse() if each.choices)  # type: ignore[attr-defined]
            else:
                said = raw.parse().choices[0].message.content or ""
        return (
            headers["x-lockgate-cache"],
            headers.get("x-lockgate-cache-similarity", ""),
            said,
            headers["x-request-id"],
        )


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("similar")
    keys = {name: "lg-" + secrets.token_urlsafe(40) for name in ("web", "app")}
    env = {f"KEY_{name.upper()}": key for name, key in keys.items()}
    env |= {"UP": "sk-up-" + secrets.token_hex(16), "EMBED": SECRET}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Embedder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with Upstream() as upstream:
            config = CONFIG.format(port=upstream.port, embeddings=server.server_port)
            with running(folder, config, env=env) as gateway:
                yield House(gateway, upstream, keys)
    finally:
        server.shutdown()
        server.server_close()


def test_a_question_that_means_the_same(house: House) -> None:
    mark = house.upstream.mark("chat")
    assert house.ask(f"{mark.text} how do I reset my password please")[0] == "miss"
    words = [f"{mark.text} what is the way to reset my password"]

    def alike() -> bool:
        words.append(f"{words[-1]} please")  # never the same question twice
        return house.ask(words[-1])[1] == "1.000"

    eventually(alike)
    outcome, similarity, said, request = house.ask(words[0], stream=True)

    assert (outcome, similarity, said) == ("hit", "1.000", mark.answer)
    record = house.gateway.outcome(request)
    assert (record["cache"], record["similar"], record["similarity"], record["attempts"]) == ("hit", "hit", 1.0, [])
    path, key, document = Embedder.asked[-1]
    assert (path, key, document["model"]) == ("/v1/embeddings", f"Bearer {SECRET}", "small")


def test_S33_another_key_of_the_team_is_not_answered_by_meaning(house: House) -> None:
    mark = house.upstream.mark("chat")
    house.ask(f"{mark.text} how do I bake bread")

    assert house.ask(f"{mark.text} what is the way to bake bread", key="app")[:2] == ("miss", "")


def test_a_server_that_fails_costs_no_request(house: House) -> None:
    mark = house.upstream.mark("chat")
    house.ask(f"{mark.text} how do I plant a tree")
    asked = len(Embedder.asked)
    eventually(lambda: house.ask(f"{mark.text} how do I plant a tree")[0] == "hit")
    Embedder.broken = True
    try:
        outcome, _, said, _ = house.ask(f"{mark.text} what is the way to plant a tree")
    finally:
        Embedder.broken = False

    assert (outcome, said) == ("miss", mark.answer)
    assert len(Embedder.asked) >= asked
