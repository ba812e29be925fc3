"""Policies through real sockets and processes: keys made by the command, fall-backs, the admin listener, and a reload."""

import json
import secrets
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from lockgate.stores.key_file import admin_secret
from tests.e2e.process import Running, Told, eventually, request, running
from tests.e2e.upstream import Upstream

CONFIG = """\
version: 1
data: ./data
providers:
  openai: {{kind: openai, base_url: "http://127.0.0.1:{port}/openai/v1", api_key: {{env: UP}}, region: eu, health: {{cool_most: 0s}}}}
  anthropic: {{kind: anthropic, base_url: "http://127.0.0.1:{port}/anthropic", api_key: {{env: UP}}, region: us}}
models:
  here: {{targets: [{{provider: openai}}]}}
  fall: {{targets: [{{provider: openai, model: here}}, {{provider: anthropic}}], retry: {{attempts: 1}}}}
organizations: {{acme: {{deny: {{tools: [shell]}}}}}}
teams:
  all: {{organization: acme, models: ["*"]}}
  eu: {{parent: all, regions: [eu]}}
roles: {{counter: [models.count]}}
keys:
  - {{name: tester, team: all, secret: {{env: KEY}}}}
"""
CARRIERS = ("authorization", "x-api-key", "api-key", "x-goog-api-key", "x-litellm-api-key")


def ask(gateway: Running, key: str, model: str, text: str, *, carrier: str = "authorization", **more: object) -> Told:
    body = {"model": model, "messages": [{"role": "user", "content": text}], **more}
    value = f"Bearer {key}" if carrier == "authorization" else key
    return request(gateway.url, "POST", "/v1/chat/completions", body, {carrier: value})


def made(gateway: Running, name: str, *options: str) -> str:
    """A key's secret; it opens the door before this returns."""
    secret = str(json.loads(gateway.command("keys", "create", "--name", name, "--json", *options))["secret"])
    eventually(lambda: request(gateway.url, "GET", "/v1/nothing", None, {"x-api-key": secret}).status != 401)
    return secret


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream() as one:
        yield one


@pytest.fixture(scope="module")
def gateway(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("policies")
    admin_secret.create(folder / "data")  # for a listener that others can reach
    text, env = CONFIG.format(port=upstream.port), {"UP": "sk-upstream-" + secrets.token_hex(16)}
    with running(folder, text, "--admin", "0.0.0.0:0", env=env) as one:
        yield one


@pytest.fixture(scope="module")
def narrow(gateway: Running) -> tuple[str, str]:
    """A key for one model and two endpoints, and one for another network."""
    options = ("--models", "here", "--endpoints", "chat,list_models", "--metadata", "cost-center=17")
    return made(gateway, "narrow", "--team", "all", *options), made(
        gateway, "elsewhere", "--team", "all", "--ip", "10.0.0.0/8"
    )


@pytest.mark.parametrize("carrier", CARRIERS)
def test_S16_a_key_that_the_command_made_may_what_it_says(
    gateway: Running, upstream: Upstream, narrow: tuple[str, str], carrier: str
) -> None:
    (key, elsewhere), mark = narrow, upstream.mark("chat")

    assert ask(gateway, key, "here", mark.text, carrier=carrier).status == 200
    assert ask(gateway, key, "fall", mark.text, carrier=carrier).status == 404
    value = f"Bearer {key}" if carrier == "authorization" else key
    listed = request(gateway.url, "GET", "/v1/models", None, {carrier: value}).json
    assert [card.get("id", card.get("name")) for card in listed.get("data", listed.get("models"))] in (
        ["here"],
        ["models/here"],
    )
    assert request(gateway.url, "POST", "/v1/messages/count_tokens", {}, {carrier: value}).status == 403
    assert ask(gateway, elsewhere, "here", mark.text, carrier=carrier).status == 403
    assert len(upstream.received(mark)) == 1


def test_a_fall_back_stays_within_the_teams_region(gateway: Running, upstream: Upstream) -> None:
    inside, outside = made(gateway, "inside", "--team", "eu"), gateway.key
    failing, free = upstream.mark(".openai=503", "chat"), upstream.mark(".openai=503", "chat")

    held, fallen = ask(gateway, inside, "fall", failing.text), ask(gateway, outside, "fall", free.text)

    assert (held.status, fallen.status) == (503, 200)
    assert len(upstream.received(failing)) == 1
    assert len(upstream.received(free, 2)) == 2
    assert [attempt["upstream"] for attempt in gateway.outcome(held.id)["attempts"]] == ["openai"]


def test_a_tool_that_the_organization_denies_is_refused_below(gateway: Running, upstream: Upstream) -> None:
    mark = upstream.mark("chat")
    tool = {"type": "function", "function": {"name": "shell", "parameters": {"type": "object"}}}

    answer = ask(gateway, made(gateway, "tools", "--team", "eu"), "here", mark.text, tools=[tool])

    assert (answer.status, answer.json["error"]["code"]) == (403, "permission_denied")
    assert answer.json["error"]["param"] == "tools.0"
    assert "shell" in answer.json["error"]["message"]
    assert upstream.received(mark, 0) == []


def test_the_admin_listener_asks_for_a_role(gateway: Running) -> None:
    def metrics(key: str) -> int:
        return request(
            gateway.admin.replace("0.0.0.0", "127.0.0.1"), "GET", "/metrics", None, {"x-api-key": key}
        ).status

    auditor = made(gateway, "auditor", "--team", "all", "--role", "auditor")
    elsewhere = made(gateway, "far", "--team", "all", "--role", "auditor", "--ip", "10.0.0.0/8")

    assert metrics(auditor) == 200
    assert metrics(elsewhere) == 403
    assert metrics(gateway.key) == 403  # a developer's
    assert metrics("lg-wrong") == 401
    assert ask(gateway, auditor, "here", "hi").status == 403


def test_a_role_of_the_operators_own(gateway: Running) -> None:
    key = made(gateway, "counter", "--team", "all", "--role", "counter")
    body = {"model": "here", "messages": [{"role": "user", "content": "hi"}]}

    assert request(gateway.url, "POST", "/v1/messages/count_tokens", body, {"x-api-key": key}).status == 200
    assert ask(gateway, key, "here", "hi").status == 403


@pytest.mark.parametrize(
    "options",
    [
        ("--role", "boss"),
        ("--models", "nope"),
        ("--endpoints", "everything"),
        ("--ip", "10.0.0.1/8"),
        ("--metadata", "nonsense"),
        ("--metadata", "Bad Name=1"),
        ("--user", "a b"),
    ],
)
def test_what_is_not_possible_makes_no_key(gateway: Running, options: tuple[str, str]) -> None:
    import subprocess

    keys = gateway.data / "keys.json"
    before = keys.read_bytes() if keys.exists() else b""

    with pytest.raises(subprocess.CalledProcessError) as caught:
        gateway.command("keys", "create", "--name", "never", "--team", "all", *options)

    assert options[0] in caught.value.stderr
    assert caught.value.returncode in (1, 2)
    assert (keys.read_bytes() if keys.exists() else b"") == before


def test_a_policy_is_in_force_after_a_reload_and_a_wrong_one_is_not(tmp_path: Path, upstream: Upstream) -> None:
    text, env = CONFIG.format(port=upstream.port), {"UP": "sk-upstream-" + secrets.token_hex(16)}
    with running(tmp_path, text, env=env) as one:
        assert ask(one, one.key, "here", upstream.mark("chat").text).status == 200

        one.file.write_text(text.replace('models: ["*"]', "models: [fall], parent: all"))
        one.process.send_signal(signal.SIGHUP)
        eventually(lambda: "not reloaded" in one.stderr)
        assert ask(one, one.key, "here", upstream.mark("chat").text).status == 200

        one.file.write_text(text.replace('models: ["*"]', "models: [fall]"))
        one.process.send_signal(signal.SIGHUP)
        eventually(lambda: ask(one, one.key, "here", upstream.mark("chat").text).status == 404)
