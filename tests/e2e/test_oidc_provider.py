"""A real identity provider (oidc-provider-mock), a real OAuth client, the official OpenAI client, and the command as a process."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from authlib.integrations.httpx_client import OAuth2Client
from openai import APIConnectionError, APIStatusError, OpenAI

from tests.e2e.process import Running, eventually, running

CALLBACK = "http://127.0.0.1:1/callback"
CONFIG = """\
version: 1
server: {{drain_seconds: 1}}
providers: {{demo: {{kind: demo}}}}
models: {{demo: {{targets: [{{provider: demo}}]}}}}
teams: {{shop: {{models: [demo]}}, all: {{models: ["*"]}}}}
keys: [{{name: tester, team: all, secret: {{env: KEY}}}}]
auth:
  - {{kind: api_key}}
  - kind: jwt
    issuers:
      - {{name: mock, issuer: "http://127.0.0.1:{port}", audience: [web], team: shop, claims: [email]}}
"""


@contextmanager
def provider(port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """The provider on a port; each start has fresh keys."""
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: _answers(port), 15)
        yield process
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def logged_in(port: int, user: str) -> str:
    """The ID token that the authorization code flow ends with."""
    base = f"http://127.0.0.1:{port}"
    with OAuth2Client("web", "secret-of-the-client", redirect_uri=CALLBACK, scope="openid email") as client:
        url, _ = client.create_authorization_url(f"{base}/oauth2/authorize", response_type="code")
        sent_back = httpx.post(url, data={"sub": user}).headers["location"]
        token = client.fetch_token(f"{base}/oauth2/token", authorization_response=sent_back)
    return str(token["id_token"])


def asked(gateway: Running, token: str) -> int:
    """What the official client is answered; 200 when a model answered."""
    with OpenAI(base_url=f"{gateway.url}/v1", api_key=token, max_retries=0) as client:
        try:
            client.chat.completions.create(model="demo", messages=[{"role": "user", "content": "hi"}])
        except APIStatusError as error:
            return error.status_code
    return 200


def reached(gateway: Running, token: str) -> int:
    """The same, and 0 while nobody answers."""
    try:
        return asked(gateway, token)
    except APIConnectionError:
        return 0


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_real_provider_s_tokens_open_the_door(tmp_path: Path, port: int) -> None:
    """Login, use, record; then the provider is away; then it is back with other keys."""
    with running(tmp_path, CONFIG.format(port=port)) as gateway:
        with provider(port):
            ann = logged_in(port, "ann@example.com")
            assert asked(gateway, ann) == 200
            outcome = eventually(lambda: [line for line in gateway.lines() if line["kind"] == "outcome"])[-1]
            assert (outcome["key_id"], outcome["team"]) == ("jwt:mock:ann@example.com", "shop")
            bob = logged_in(port, "bob@example.com")

        assert asked(gateway, ann) == 200  # seen before
        assert asked(gateway, bob) == 200  # never seen, but the keys are known
        assert asked(gateway, gateway.key) == 200
        (worker,) = [pid for pid, writer in gateway.writers().items() if writer == "w0"]
        os.kill(worker, signal.SIGKILL)
        assert eventually(lambda: reached(gateway, ann)) == 200  # a worker that never heard of the provider
        with provider(port):
            rotated = logged_in(port, "ann@example.com")
            assert asked(gateway, rotated) == 200
            forged = rotated[:-6] + ("AAAAAA" if rotated[-6:] != "AAAAAA" else "BBBBBB")
            assert asked(gateway, forged) == 401

        refused = httpx.get(f"{gateway.url}/v1/models", headers={"authorization": f"Bearer {forged}"})
        assert refused.headers["www-authenticate"].startswith('Bearer realm="lockgate", error="invalid_token"')
    said = gateway.stderr + "".join(str(line) for line in gateway.lines())
    assert all(secret not in said for secret in (ann, bob, rotated, ann.rpartition(".")[2]))


def test_a_provider_that_never_answered_is_503_and_keys_go_on(tmp_path: Path, port: int) -> None:
    with provider(port):
        token = logged_in(port, "ann@example.com")
    with running(tmp_path, CONFIG.format(port=port)) as gateway:
        assert asked(gateway, token) == 503
        assert asked(gateway, gateway.key) == 200
        answer = httpx.get(f"{gateway.url}/v1/models", headers={"authorization": f"Bearer {token}"})

        assert answer.json()["error"]["code"] == "auth_unavailable"
        assert "www-authenticate" not in answer.headers
        assert int(answer.headers["retry-after"]) >= 1
