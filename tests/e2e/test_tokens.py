"""Tokens end to end: the official clients of OpenAI and Anthropic, two workers, real sockets, and what the upstream saw."""

import base64
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anthropic
import openai
import pytest

from tests.e2e.parrot import Parrot, parrot
from tests.e2e.process import Running, request, running
from tests.redis_server import server

MAIL, OTHER = "jo.doe@mail.example.org", "ann@corp.example.org"
TEXT = f"Please write to {MAIL} and {OTHER}"
SAID = f"To {MAIL}, {OTHER}"
CONFIG = """\
version: 1
server: {{workers: 2, drain_seconds: 1}}
data: ./data
providers:
  openai: {{kind: openai, base_url: "http://127.0.0.1:{port}/v1", api_key: {{env: UP}}}}
  anthropic: {{kind: anthropic, base_url: "http://127.0.0.1:{port}", api_key: {{env: UP}}}}
models: {{gpt: {{targets: [{{provider: openai}}]}}, claude: {{targets: [{{provider: anthropic}}]}}}}
teams: {{all: {{models: ["*"]}}}}
keys:
  - {{name: one, team: all, secret: {{env: KEY}}}}
  - {{name: two, team: all, secret: {{env: KEY_TWO}}}}
rules:
  - {{name: privacy, guard: {{kind: pii, entities: [email]}}, on: [request], action: tokenize}}
audit: {{patience: 5s}}
tokens: {tokens}
"""
TOOL: Any = {"type": "function", "function": {"name": "send_mail", "parameters": {"type": "object", "properties": {}}}}


@dataclass
class Setting:
    gateway: Running
    upstream: Parrot
    second: str


def env() -> dict[str, str]:
    return {
        "UP": "sk-up-" + secrets.token_hex(16),
        "KEY_TWO": "lg-" + secrets.token_urlsafe(40),
        "TOKENS": base64.b64encode(secrets.token_bytes(32)).decode(),
    }


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    around = env()
    with parrot() as upstream:
        config = CONFIG.format(port=upstream.server_port, tokens="{key: {env: TOKENS}, ttl: 1d}")
        with running(tmp_path_factory.mktemp("tokens"), config, env=around) as gateway:
            yield Setting(gateway, upstream, around["KEY_TWO"])


@pytest.fixture
def gpt(setting: Setting) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=setting.gateway.url + "/v1", api_key=setting.gateway.key, max_retries=0) as client:
        yield client


@pytest.fixture
def claude(setting: Setting) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=setting.gateway.url, api_key=setting.gateway.key, max_retries=0) as client:
        yield client


def user(text: str) -> list[Any]:
    return [{"role": "user", "content": text}]


def unseen(setting: Setting) -> bool:
    """The upstream saw tokens, and no value."""
    assert "<EMAIL_1>" in setting.upstream.seen[-1]
    return not any(MAIL in body or OTHER in body for body in setting.upstream.seen)


@pytest.mark.parametrize("model", ["gpt", "claude"])
def test_openai_client(setting: Setting, gpt: openai.OpenAI, model: str) -> None:
    whole = gpt.chat.completions.create(model=model, messages=user(TEXT)).choices[0].message.content
    stream = list(gpt.chat.completions.create(model=model, messages=user(TEXT), stream=True))
    history = [*user(TEXT), {"role": "assistant", "content": whole}, *user(f"and {OTHER} first")]
    later: Any = gpt.chat.completions.create(model=model, messages=history)

    assert whole == SAID
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices) == SAID
    assert later.choices[0].message.content == f"To {OTHER}"
    assert "and <EMAIL_2> first" in setting.upstream.seen[-1]
    assert unseen(setting)


@pytest.mark.parametrize("model", ["gpt", "claude"])
def test_openai_client_calls_tools_with_values(setting: Setting, gpt: openai.OpenAI, model: str) -> None:
    whole = gpt.chat.completions.create(model=model, messages=user(TEXT), tools=[TOOL]).choices[0].message
    stream = gpt.chat.completions.create(model=model, messages=user(TEXT), tools=[TOOL], stream=True)
    calls = [call for chunk in stream if chunk.choices for call in chunk.choices[0].delta.tool_calls or ()]

    wanted = {"to": MAIL, "all": [MAIL, OTHER]}
    assert whole.tool_calls is not None
    assert json.loads(whole.tool_calls[0].function.arguments) == wanted  # type: ignore[union-attr]
    assert json.loads("".join(call.function.arguments or "" for call in calls if call.function)) == wanted
    assert unseen(setting)


@pytest.mark.parametrize("model", ["claude", "gpt"])
def test_anthropic_client(setting: Setting, claude: anthropic.Anthropic, model: str) -> None:
    whole = claude.messages.create(model=model, max_tokens=99, messages=user(TEXT))
    with claude.messages.stream(model=model, max_tokens=99, messages=user(TEXT)) as stream:
        streamed = stream.get_final_message()

    for message in (whole, streamed):
        assert "".join(block.text for block in message.content if block.type == "text") == SAID
    thoughts = [block.thinking for block in (*whole.content, *streamed.content) if block.type == "thinking"]
    assert thoughts == [f"To {MAIL}, < email_2>"] * 2 * (model == "claude")  # to the letter, for they are signed
    history = [*user(TEXT), {"role": "assistant", "content": whole.content}, *user("thanks")]
    claude.messages.create(model=model, max_tokens=99, messages=history)
    if model == "claude":
        assert "To <EMAIL_1>, < email_2>" in setting.upstream.seen[-1]
    assert unseen(setting)


@pytest.mark.parametrize("model", ["claude", "gpt"])
def test_anthropic_client_calls_tools_with_values(setting: Setting, claude: anthropic.Anthropic, model: str) -> None:
    tools: Any = [{"name": "send_mail", "input_schema": {"type": "object", "properties": {}}}]
    whole = claude.messages.create(model=model, max_tokens=99, messages=user(TEXT), tools=tools)
    with claude.messages.stream(model=model, max_tokens=99, messages=user(TEXT), tools=tools) as stream:
        streamed = stream.get_final_message()

    for message in (whole, streamed):
        assert [block.input for block in message.content if block.type == "tool_use"] == [
            {"to": MAIL, "all": [MAIL, OTHER]}
        ]
    assert unseen(setting)


def test_another_key_gets_only_its_own(setting: Setting, gpt: openai.OpenAI) -> None:
    session = {"x-session-id": "main"}
    gpt.chat.completions.create(model="gpt", messages=user(TEXT), extra_headers=session)
    with openai.OpenAI(base_url=setting.gateway.url + "/v1", api_key=setting.second, max_retries=0) as other:
        told = other.chat.completions.create(model="gpt", messages=user("<EMAIL_1> <EMAIL_2>"), extra_headers=session)

    assert told.choices[0].message.content == "To <EMAIL_1>, < email_2>"
    mine = gpt.chat.completions.create(model="gpt", messages=user(f"{OTHER}"), extra_headers=session)
    assert mine.choices[0].message.content == f"To {OTHER}"
    assert "<EMAIL_2>" in setting.upstream.seen[-1]


def test_nothing_on_the_disk_and_in_the_record_says_a_value(setting: Setting, gpt: openai.OpenAI) -> None:
    answer = gpt.chat.completions.with_raw_response.create(model="gpt", messages=user(TEXT))
    outcome = setting.gateway.outcome(answer.headers["x-request-id"])

    assert [(f["label"], f["action"]) for f in outcome["findings"]] == [("email", "tokenize")] * 2
    files = [path for path in setting.gateway.data.rglob("*") if path.is_file()]
    assert any(path.parent.name == "tokens" for path in files)
    assert not [path for path in files if MAIL.encode() in path.read_bytes() or b"jo.doe" in path.read_bytes()]
    assert MAIL not in setting.gateway.stderr


def test_redis_keeps_them_and_without_it_nothing_goes_out(tmp_path: Path) -> None:
    with server() as redis, parrot() as upstream:
        store = f'{{key: {{env: TOKENS}}, store: {{kind: redis, url: "{redis.url}"}}}}'
        config = CONFIG.format(port=upstream.server_port, tokens=store)
        with running(tmp_path, config, env=env()) as gateway:
            headers = {"authorization": f"Bearer {gateway.key}"}
            body = {"model": "gpt", "messages": user(TEXT)}
            told = request(gateway.url, "POST", "/v1/chat/completions", body, headers)
            assert told.json["choices"][0]["message"]["content"] == SAID
            redis.stop()
            before = len(upstream.seen)

            told = request(gateway.url, "POST", "/v1/chat/completions", body, headers)
            other = request(gateway.url, "POST", "/v1/messages", {**body, "max_tokens": 9}, headers)

            assert (told.status, told.json["error"]["code"]) == (503, "tokens_unavailable")
            assert (other.status, other.json["error"]["type"]) == (503, "api_error")
            assert len(upstream.seen) == before
            assert MAIL not in gateway.stderr
