"""Answers from memory, end to end: official clients, two workers, both stores."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import anthropic
import openai
import pytest

from tests.e2e.plant import FAMILIES
from tests.e2e.process import Running, eventually, running
from tests.e2e.upstream import Upstream
from tests.redis_server import server

CONFIG = """\
version: 1
server: {{drain_seconds: 5, workers: 2}}
data: ./data
audit: {{patience: 10s}}
providers:
  openai: {{kind: openai, base_url: "http://127.0.0.1:{port}/openai/v1", api_key: {{env: UP}}}}
models:
  kept: {{targets: [{{provider: openai, model: gpt-5-mini}}], cache: {{ttl: 1h, scope: team}}}}
  kept-forever: {{targets: [{{provider: openai, model: gpt-5-mini}}], cache: {{ttl: 1h, any_temperature: true}}}}
prices: {{gpt-5-mini: {{input: 1, output: 2}}}}
cache_store: {store}
teams:
  shop: {{models: ["*"]}}
  bank: {{models: ["*"]}}
keys:
  - {{name: web, team: shop, secret: {{env: KEY_WEB}}}}
  - {{name: app, team: shop, secret: {{env: KEY_APP}}}}
  - {{name: bank, team: bank, secret: {{env: KEY_BANK}}}}
"""


class House:
    def __init__(self, gateway: Running, upstream: Upstream, keys: dict[str, str]) -> None:
        self.gateway, self.upstream, self.keys = gateway, upstream, keys

    def openai(self, key: str) -> openai.OpenAI:
        return openai.OpenAI(base_url=self.gateway.url + "/v1", api_key=self.keys[key], max_retries=0)


@pytest.fixture(scope="module", params=["lmdb", "redis"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    assert "openai" in FAMILIES
    folder = tmp_path_factory.mktemp("cache")
    keys = {name: "lg-" + secrets.token_urlsafe(40) for name in ("web", "app", "bank")}
    env = {f"KEY_{name.upper()}": key for name, key in keys.items()} | {"UP": "sk-up-" + secrets.token_hex(16)}
    with Upstream() as upstream:
        if request.param == "lmdb":
            with running(folder, CONFIG.format(port=upstream.port, store="{kind: lmdb}"), env=env) as gateway:
                yield House(gateway, upstream, keys)
        else:
            with server() as redis:
                store = f'{{kind: redis, url: "{redis.url}"}}'
                with running(folder, CONFIG.format(port=upstream.port, store=store), env=env) as gateway:
                    yield House(gateway, upstream, keys)


def ask(house: House, key: str, text: str, model: str = "kept", **more: object) -> tuple[str, str, str]:
    """How it was answered, with what, and the request's id."""
    with house.openai(key) as client:
        raw = client.chat.completions.with_raw_response.create(
            model=model,
            messages=[{"role": "user", "content": text}],
            temperature=0,
            **more,  # type: ignore[call-overload]
        )
    said = raw.parse().choices[0].message.content
    return raw.headers["x-lockgate-cache"], said, raw.headers["x-request-id"]


def kept(house: House, text: str, key: str = "web") -> None:
    """Asks until it is kept, for a store is told and not waited for, and a worker may not be the one that was told."""
    eventually(lambda: ask(house, key, text)[0] == "hit")


def test_a_question_reaches_its_upstream_once(house: House) -> None:
    mark = house.upstream.mark("chat")
    first = ask(house, "web", mark.text)
    kept(house, mark.text)
    calls = house.upstream.calls(mark)

    answers = [ask(house, key, mark.text) for key in ("web", "app") * 6]  # over both workers

    assert first[0] == "miss"
    assert {(how, said) for how, said, _ in answers} == {("hit", mark.answer)}
    assert house.upstream.calls(mark) == calls
    outcome = house.gateway.outcome(answers[0][2])
    assert (outcome["cache"], outcome["end"], outcome["cost_usd"], outcome["attempts"]) == ("hit", "complete", None, [])
    assert float(outcome["saved_usd"]) > 0


def test_S33_another_team_asks_for_itself(house: House) -> None:
    mark = house.upstream.mark("chat")
    kept(house, mark.text)
    before = house.upstream.calls(mark)

    how, said, _ = ask(house, "bank", mark.text)

    assert (how, said) == ("miss", mark.answer)
    assert house.upstream.calls(mark) == before + 1


def test_a_stream_from_memory_is_a_stream(house: House) -> None:
    mark = house.upstream.mark("chat")
    kept(house, mark.text)

    with house.openai("web") as client:
        chunks = list(
            client.chat.completions.create(
                model="kept",
                messages=[{"role": "user", "content": mark.text}],
                temperature=0,
                stream=True,
                stream_options={"include_usage": True},
            )
        )

    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == mark.answer
    assert chunks[-1].usage is not None


def test_another_dialect(house: House) -> None:
    mark = house.upstream.mark("chat")
    with anthropic.Anthropic(base_url=house.gateway.url, api_key=house.keys["web"], max_retries=0) as claude:

        def told() -> tuple[str, str]:
            raw = claude.messages.with_raw_response.create(
                model="kept-forever", max_tokens=50, messages=[{"role": "user", "content": mark.text}]
            )
            return raw.headers["x-lockgate-cache"], raw.parse().content[0].text  # type: ignore[union-attr]

        assert told() == ("miss", mark.answer)
        eventually(lambda: told()[0] == "hit")
        assert told() == ("hit", mark.answer)


def test_what_lies_there_says_nothing(house: House, tmp_path: Path) -> None:
    mark = house.upstream.mark("chat")
    kept(house, mark.text)

    files = [path.read_bytes() for path in house.gateway.data.rglob("*") if path.is_file() and "cache" in path.parts]

    assert all(mark.id.encode() not in content and b"gpt-5-mini" not in content for content in files)
