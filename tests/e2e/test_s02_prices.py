"""S02: a model without a price is refused to a key with a budget, and is never free; a damaged list changes nothing."""

import secrets
import signal
from collections.abc import Iterator
from typing import Any

import anthropic
import openai
import pytest

from tests.e2e.process import Running, Told, eventually, request, running

CONFIG = """\
version: 1
server: {drain_seconds: 1}
data: ./data
providers:
  demo: {kind: demo}
  openai: {kind: openai, api_key: {env: UP}, base_url: "http://127.0.0.1:9/v1"}
models:
  demo: {targets: [{provider: demo}]}
  gpt-5-mini: {targets: [{provider: openai}]}
teams:
  paid: {models: ["*"], budgets: [{max_usd: 50, per: day}]}
  free: {models: ["*"]}
keys:
  - {name: paid, team: paid, secret: {env: KEY_PAID}}
  - {name: free, team: free, secret: {env: KEY_FREE}}
"""


@pytest.fixture(scope="module")
def keys() -> dict[str, str]:
    return {team: "lg-" + secrets.token_urlsafe(40) for team in ("paid", "free")}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory, keys: dict[str, str]) -> Iterator[Running]:
    env = {"UP": "sk-" + secrets.token_hex(20), **{f"KEY_{team.upper()}": key for team, key in keys.items()}}
    with running(tmp_path_factory.mktemp("prices"), CONFIG, env=env) as made:
        yield made


def ask(gateway: Running, key: str, model: str = "demo", path: str = "/v1/chat/completions") -> Told:
    body: dict[str, Any] = {"model": model, "max_tokens": 20, "messages": [{"role": "user", "content": "hello"}]}
    return request(gateway.url, "POST", path, body, {"authorization": f"Bearer {key}"})


def test_S02_a_model_without_a_price_is_refused_to_a_key_with_a_budget(gateway: Running, keys: dict[str, str]) -> None:
    told = ask(gateway, keys["paid"])

    assert (told.status, told.json["error"]["code"]) == (403, "price_unknown")
    assert told.headers["x-should-retry"] == "false"
    outcome = gateway.outcome(told.id)
    assert (outcome["code"], outcome["cost_usd"], outcome["admitted"]) == ("price_unknown", None, False)
    unpaid = ask(gateway, keys["free"])
    assert (unpaid.status, gateway.outcome(unpaid.id)["cost_usd"]) == (200, None)


def test_S02_the_official_clients_understand_it(gateway: Running, keys: dict[str, str]) -> None:
    with (
        openai.OpenAI(base_url=gateway.url + "/v1", api_key=keys["paid"]) as client,
        pytest.raises(openai.PermissionDeniedError) as told,
    ):
        client.chat.completions.create(model="demo", messages=[{"role": "user", "content": "hello"}])
    assert told.value.code == "price_unknown"
    with (
        anthropic.Anthropic(base_url=gateway.url, api_key=keys["paid"]) as claude,
        pytest.raises(anthropic.PermissionDeniedError),
    ):
        claude.messages.create(model="demo", max_tokens=20, messages=[{"role": "user", "content": "hello"}])


def test_S02_a_damaged_list_changes_nothing_and_a_price_of_one_s_own_opens_the_model(
    gateway: Running, keys: dict[str, str]
) -> None:
    assert ask(gateway, keys["paid"], "gpt-5-mini").status == 502  # it has a price, and nobody is at its address
    (listed,) = (gateway.data / "prices").glob("genai-*.json")
    listed.write_bytes(b"{ damaged")

    gateway.file.write_text(CONFIG + "prices: {demo: {input: 1, output: 2}}\n")
    gateway.process.send_signal(signal.SIGHUP)

    eventually(lambda: ask(gateway, keys["paid"]).status == 200)
    told = ask(gateway, keys["paid"])
    outcome = gateway.outcome(told.id)
    usage = outcome["usage"]
    assert float(outcome["cost_usd"]) * 1e6 == pytest.approx(usage["input"] + 2 * usage["output"])
    assert ask(gateway, keys["paid"], "gpt-5-mini").status == 502
    assert listed.stat().st_size > 100_000  # it was made anew from the installed package
