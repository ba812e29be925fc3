"""The installed command before an upstream that holds answers, three callers of two teams, and OpenAI's own client for each."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import openai
import pytest

from tests.e2e.holding import Holding, holding
from tests.e2e.process import Running, running

A, B = "sk-canary-a-x8RfQ2LmN4pT6vW0", "sk-canary-b-yB3dG5hJ7kM9nP1r"
ALICE, BOB, CAROL, DAVE = ("lg-" + letter * 40 + "x7Q" for letter in "abcd")
CONFIG = """\
version: 1
server: {{drain_seconds: 5, workers: 2}}
data: ./data
audit: {{patience: 30s}}
providers:
  held: {{kind: openai, base_url: "http://127.0.0.1:{port}/v1", api_keys: [{{env: A}}, {{env: B}}], responses: {{}}, held: {{shared: [vs_all]}}}}
  ours: {{kind: openai_compatible, base_url: "http://127.0.0.1:{port}/v1", api_key: {{env: A}}, responses: {{}}, held: {{scope: team}}}}
  chat: {{kind: openai, base_url: "http://127.0.0.1:{port}/v1", api_key: {{env: B}}}}
models:
  turns: {{balance: {{kind: weighted}}, targets: [{{provider: held, model: gpt}}]}}
  sticky: {{balance: {{kind: sticky, by: [previous_response_id, key]}}, targets: [{{provider: held, model: one}}, {{provider: held, model: two}}]}}
  team: {{targets: [{{provider: ours, model: gpt}}]}}
  plain: {{targets: [{{provider: chat, model: gpt}}]}}
  mixed: {{balance: {{kind: weighted}}, targets: [{{provider: chat, model: gpt}}, {{provider: ours, model: gpt}}]}}
  tokens: {{targets: [{{provider: ours, model: gpt}}]}}
  flows: {{targets: [{{provider: ours, model: gpt}}]}}
  cached: {{targets: [{{provider: ours, model: gpt}}], cache: {{ttl: 1h, any_temperature: true, scope: team}}}}
teams:
  shop: {{models: ["*"]}}
  other: {{models: ["*"]}}
  bound: {{models: ["*"], tools: [search], limits: [{{kind: tokens, max: 2000000, per: 1h}}]}}
keys:
  - {{name: alice, team: shop, secret: {{env: ALICE}}}}
  - {{name: bob, team: shop, secret: {{env: BOB}}}}
  - {{name: carol, team: other, secret: {{env: CAROL}}}}
  - {{name: dave, team: bound, secret: {{env: DAVE}}}}
flows:
  - {{name: no-way-out, tools: ["weather"], data: [email], action: block, scope: {{models: [flows]}}}}
rules:
  - {{name: privacy, guard: {{kind: pii, entities: [email]}}, on: [request], action: tokenize, scope: {{models: [tokens, flows]}}}}
  - {{name: no-bluebird, guard: {{kind: blocklist, words: [bluebird]}}, on: [request, response], action: block}}
  - {{name: no-robin, guard: {{kind: blocklist, words: [robin]}}, on: [response], action: mask}}
"""


class Plant(NamedTuple):
    gateway: Running
    upstream: Holding
    client: Callable[[str], openai.OpenAI]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    env = {"A": A, "B": B, "ALICE": ALICE, "BOB": BOB, "CAROL": CAROL, "DAVE": DAVE}
    with (
        holding() as upstream,
        running(tmp_path_factory.mktemp("held"), CONFIG.format(port=upstream.server_port), env=env) as gateway,
    ):
        made: dict[str, openai.OpenAI] = {}

        def client(key: str) -> openai.OpenAI:
            if key not in made:
                made[key] = openai.OpenAI(base_url=gateway.url + "/v1", api_key=key, max_retries=0)
            return made[key]

        yield Plant(gateway, upstream, client)
        for each in made.values():
            each.close()


@pytest.fixture
def plant(served: Plant) -> Plant:
    served.upstream.asked.clear()
    served.upstream.down, served.upstream.says = set(), ""
    served.upstream.broken = False
    return served


def ask(plant: Plant, model: str, said: Any, key: str = ALICE, *, stream: bool = False, **more: Any) -> Any:
    """The whole response, however it came."""
    if not stream:
        return plant.client(key).responses.create(model=model, input=said, **more)
    events = list(plant.client(key).responses.create(model=model, input=said, stream=True, **more))
    assert "".join(e.delta for e in events if e.type == "response.output_text.delta") == events[-1].response.output_text
    created = [
        e.response.id for e in events if e.type in ("response.created", "response.in_progress", "response.completed")
    ]
    assert len(set(created)) == 1
    return events[-1].response
