"""Limits end to end: the installed command, the official clients, and the audit log."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anthropic
import openai
import pytest

from tests.e2e.process import Line, Running, eventually, rest, running

TEAMS = ("slow", "talkers", "few", "small", "tried", "twice", "headed", "poor")
CONFIG = """\
version: 1
server: {drain_seconds: 5, workers: 2}
data: ./data
audit: {patience: 10s}
providers:
  demo: {kind: demo}
models:
  demo: {targets: [{provider: demo}], max_output_tokens: 300}
  demo-slow: {targets: [{provider: demo}], max_output_tokens: 300}
teams:
  slow: {models: ["*"], limits: [{kind: requests, max: 3, per: 1h}]}
  talkers: {models: ["*"], limits: [{kind: tokens, max: 6000, per: 1h}]}
  few: {models: ["*"], limits: [{kind: concurrency, max: 1}]}
  small: {models: ["*"], limits: [{kind: request_bytes, max: 2000}]}
  tried: {models: ["*"], limits: [{kind: requests, max: 1, per: 1h, shadow: true}]}
  twice: {models: ["*"], limits: [{kind: requests, max: 100, per: 1h}, {kind: requests, max: 2, per: 1h, by: client}]}
  headed: {models: ["*"], limits: [{kind: requests, max: 1, per: 1h, by: "header:x-tenant"}]}
  poor: {models: ["*"], budgets: [{max_usd: 0.001, per: day}]}
prices: {demo: {input: 1, output: 100}}
keys:
"""


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, dict[str, str]]]:
    keys = {team: "lg-" + secrets.token_urlsafe(40) for team in TEAMS}
    lines = "".join(f"  - {{name: {team}, team: {team}, secret: {{env: KEY_{team.upper()}}}}}\n" for team in TEAMS)
    env = {f"KEY_{team.upper()}": key for team, key in keys.items()}
    with running(tmp_path_factory.mktemp("limited"), CONFIG + lines, env=env) as gateway:
        yield gateway, keys


def ask(client: openai.OpenAI, text: str = "hello", **more: Any) -> Any:
    return client.chat.completions.with_raw_response.create(
        model="demo", messages=[{"role": "user", "content": text}], max_tokens=50, **more
    )


def openai_client(limited: tuple[Running, dict[str, str]], team: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=limited[0].url + "/v1", api_key=limited[1][team], max_retries=0)


def test_requests_over_a_limit(limited: tuple[Running, dict[str, str]]) -> None:
    """Both workers count in the same place; both official clients understand the refusal."""
    gateway, keys = limited
    with openai_client(limited, "slow") as client, ThreadPoolExecutor(8) as pool:
        told = [job.exception() for job in [pool.submit(ask, client) for _ in range(12)]]

    refused = [error for error in told if error is not None]
    assert len(refused) == 9
    assert all(isinstance(error, openai.RateLimitError) for error in refused)
    error: Any = refused[0]
    assert error.status_code == 429
    assert error.code == "rate_limit_exceeded"
    assert 3500 < int(error.response.headers["retry-after"]) <= 3661
    assert -(-int(error.response.headers["retry-after-ms"]) // 1000) == int(error.response.headers["retry-after"])
    assert "x-should-retry" not in error.response.headers
    assert error.response.headers["x-ratelimit-limit-requests"] == "3"
    assert error.response.headers["x-ratelimit-remaining-requests"] == "0"
    assert error.response.headers["ratelimit-policy"] == '"team/slow:requests:1h";q=3;w=3600'
    assert error.response.headers["ratelimit"].startswith('"team/slow:requests:1h";r=0;t=3')
    outcome = gateway.outcome(error.response.headers["x-request-id"])
    assert outcome["limits"] == [{"limit": "team/slow:requests:1h", "action": "refused"}]
    assert (outcome["code"], outcome["status"], outcome["end"]) == ("rate_limit_exceeded", 429, "refused")

    with anthropic.Anthropic(base_url=gateway.url, api_key=keys["slow"], max_retries=0) as claude:
        with pytest.raises(anthropic.RateLimitError) as caught:
            claude.messages.create(model="demo", max_tokens=50, messages=[{"role": "user", "content": "hello"}])
        assert caught.value.response.headers["anthropic-ratelimit-requests-remaining"] == "0"
        assert caught.value.response.headers["anthropic-ratelimit-requests-reset"].endswith("Z")


def test_every_reply_says_how_the_limits_stand(limited: tuple[Running, dict[str, str]]) -> None:
    with openai_client(limited, "twice") as client:
        first, second = ask(client), ask(client)

    assert [each.headers["x-ratelimit-remaining-requests"] for each in (first, second)] == ["1", "0"]
    assert first.headers["ratelimit-policy"].count("q=") == 2


def test_tokens_are_reserved_and_given_back(limited: tuple[Running, dict[str, str]]) -> None:
    """Each request reserves more than 2000: three do not fit at a time, and many do one after the other."""
    gateway, _ = limited
    with openai_client(limited, "talkers") as client:
        replies = [ask(client) for _ in range(12)]
        left = int(replies[-1].headers["x-ratelimit-remaining-tokens"])

        with pytest.raises(openai.RateLimitError, match="ask for fewer tokens"):
            client.chat.completions.create(
                model="demo", messages=[{"role": "user", "content": "x" * 5000}], max_tokens=300
            )

    charged = 0
    for reply in replies[:-1]:
        usage = gateway.outcome(reply.headers["x-request-id"])["usage"]
        charged += usage["input"] + usage["output"]
    assert 6000 - charged - left > 2000  # what the last one held


def test_requests_at_a_time(limited: tuple[Running, dict[str, str]]) -> None:
    gateway, keys = limited
    stream = Line(gateway, keys["few"]).begin("demo-slow", "count to twenty")
    stream.read1()

    other = Line(gateway, keys["few"])
    refused = other.ask("demo", "me too")
    rest(stream)

    assert refused.status == 429
    assert refused.headers["retry-after"] == "1"
    assert eventually(lambda: other.ask("demo", "now").status == 200)


def test_a_body_that_is_too_large(limited: tuple[Running, dict[str, str]]) -> None:
    with openai_client(limited, "small") as client:
        ask(client)
        with pytest.raises(openai.APIStatusError) as caught:
            ask(client, "x" * 2000)

    assert caught.value.status_code == 413


def test_a_shadow_refuses_nobody_and_is_recorded(limited: tuple[Running, dict[str, str]]) -> None:
    gateway, _ = limited
    with openai_client(limited, "tried") as client:
        ask(client)
        second = ask(client)

    assert "ratelimit" not in second.headers
    outcome = gateway.outcome(second.headers["x-request-id"])
    assert outcome["limits"] == [{"limit": "team/tried:requests:1h", "action": "shadow"}]


def test_each_value_of_a_header_has_its_own_count(limited: tuple[Running, dict[str, str]]) -> None:
    with openai_client(limited, "headed") as client:
        for tenant in ("a", "b"):
            ask(client, extra_headers={"x-tenant": tenant})
        with pytest.raises(openai.RateLimitError):
            ask(client, extra_headers={"x-tenant": "a"})


def test_nobody_asks_again_when_the_money_is_gone(limited: tuple[Running, dict[str, str]]) -> None:
    """The official clients retry what may come to something: `x-should-retry: false` says that this will not."""
    gateway, keys = limited
    openai_sdk = openai.OpenAI(base_url=gateway.url + "/v1", api_key=keys["poor"], max_retries=2)
    claude = anthropic.Anthropic(base_url=gateway.url, api_key=keys["poor"], max_retries=2)
    with openai_sdk as client, pytest.raises(openai.RateLimitError) as caught:
        ask(client)
    with claude as other, pytest.raises(anthropic.APIStatusError) as refused:
        other.messages.create(model="demo", max_tokens=50, messages=[{"role": "user", "content": "hello"}])

    error: Any = caught.value
    assert (error.code, error.type) == ("insufficient_quota", "insufficient_quota")
    assert refused.value.status_code == 402
    gateway.outcome(refused.value.response.headers["x-request-id"])
    assert sum(line["key_id"] == "config:poor" for line in gateway.lines()) == 2
