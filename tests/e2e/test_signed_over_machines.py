"""Two gateways, as on two machines, with one Redis: a signature that one took is not taken by the other, a request that one answered
is not asked again, an upstream that is dead for one is for the other; without Redis each is alone.
"""

import base64
import hashlib
import hmac
import http.client
import json
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from lockgate.core.repeat import LEASE
from tests.e2e.process import Running, Told, eventually, request, running
from tests.faults.faulty_process import FaultyProcess, faulty
from tests.redis_server import Server, server

PATH = "/v1/chat/completions"
CONFIG = """\
version: 1
audit: {{patience: 5s}}
server: {{drain_seconds: 1, workers: 2}}
idempotency: {{key: {{env: SHARED}}}}
limit_store: {{kind: redis, url: "{url}", password: {{file: "{password}"}}}}
providers:
  demo: {{kind: demo}}
  late: {{kind: openai_compatible, base_url: "{late}/v1"}}
  dead: {{kind: openai, base_url: "http://127.0.0.1:9/v1", api_key: {{env: KEY}}}}
models:
  demo: {{targets: [{{provider: demo}}]}}
  replaced: {{targets: [{{provider: dead}}, {{provider: demo}}]}}
  late: {{targets: [{{provider: late, model: faulty-ok}}]}}
teams: {{shop: {{models: [demo, replaced, late], limits: [{{kind: requests, max: 1000000, per: 1h}}]}}}}
auth:
  - {{kind: api_key}}
  - {{kind: hmac, keys: [{{name: nightly, team: shop, secret: {{env: SIGNING}}}}]}}
keys: [{{name: plain, team: shop, secret: {{env: KEY}}}}]
"""
BODY = {"model": "demo", "messages": [{"role": "user", "content": "hi"}]}
SIGNING, PLAIN = secrets.token_urlsafe(40), secrets.token_urlsafe(40)


@dataclass
class Setting:
    redis: Server
    password: Path
    gateways: list[Running]
    late: FaultyProcess


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    password = tmp_path_factory.mktemp("secret") / "password"
    password.write_text(secrets.token_hex(16))
    with server("--requirepass", password.read_text()) as redis, faulty() as late:
        redis.password = password.read_text()
        config = CONFIG.format(url=redis.url, password=password, late=late.url)
        folders = [tmp_path_factory.mktemp(name) for name in ("one", "two")]
        shared = base64.b64encode(secrets.token_bytes(32)).decode()
        env = {"SIGNING": SIGNING, "SHARED": shared, "KEY": PLAIN}
        with running(folders[0], config, env=env) as one, running(folders[1], config, env=env) as two:
            yield Setting(redis, password, [one, two], late)


def signed() -> dict[str, str]:
    """Another one each time: with a nonce."""
    now, nonce = str(int(time.time())), secrets.token_hex(8)
    digest = hashlib.sha256(json.dumps(BODY).encode()).hexdigest()
    base = f"v1\n{now}\n{nonce}\nPOST\n{PATH}\n{digest}"
    mac = hmac.new(SIGNING.encode(), base.encode(), "sha256").hexdigest()
    return {"x-lockgate-signature": f"k=nightly,t={now},n={nonce},d={digest},v1={mac}"}


def told(gateway: Running, headers: dict[str, str]) -> str:
    answer: Told = request(gateway.url, "POST", PATH, BODY, headers)
    return "200" if answer.status == 200 else f"{answer.status} {answer.json['error']['code']}"


def test_what_one_took_the_other_does_not_take(setting: Setting) -> None:
    one, two = setting.gateways
    eventually(lambda: told(one, signed()) == "200")  # what was signed in the second of the start may be from before
    for first, second in ((one, two), (two, one)):
        headers = signed()

        assert told(first, headers) == "200"
        assert [told(second, headers) for _ in range(4)] == ["401 invalid_api_key"] * 4


def test_C6_what_one_answered_the_other_gives_again(setting: Setting) -> None:
    """Each has a pepper of its own, and another address: the key of `idempotency` is what they share."""
    one, two = setting.gateways
    named = {"authorization": f"Bearer {PLAIN}", "idempotency-key": secrets.token_hex(8)}

    first, second = (request(gateway.url, "POST", PATH, BODY, named) for gateway in (one, two))
    other = request(two.url, "POST", PATH, {**BODY, "temperature": 1}, named)

    assert [first.status, second.status, other.status] == [200, 200, 422]
    assert first.body == second.body
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"


def test_C6_who_waits_at_the_other_takes_the_place_of_a_client_that_leaves(setting: Setting) -> None:
    """It was the turn of the one that left, and it got no answer: the retry is asked for at once, and all have its answer."""
    one, two = setting.gateways
    setting.late.play("u3-hang", "faulty-ok", 1)
    named = {"authorization": f"Bearer {PLAIN}", "idempotency-key": secrets.token_hex(8)}
    body = {"model": "late", "messages": [{"role": "user", "content": "nonce=left"}]}
    leaving = http.client.HTTPConnection("127.0.0.1", one.port)
    leaving.request("POST", PATH, json.dumps(body), {**named, "x-request-id": "leaving"})
    eventually(lambda: setting.late.seen("leaving"))

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(request, two.url, "POST", PATH, body, named)
        began = time.monotonic()
        leaving.close()
        told = [
            waiting.result(),
            request(one.url, "POST", PATH, body, named),
            request(two.url, "POST", PATH, body, named),
        ]
    took = time.monotonic() - began

    assert [each.status for each in told] == [200] * 3
    assert len({each.body for each in told}) == 1
    assert [each.headers.get("idempotent-replayed") for each in told] == [None, "true", "true"]
    assert [each["ended"] for each in setting.late.ended("leaving")] == ["client_gone"]
    assert len(setting.late.ended(told[0].id)) == 1
    assert took < LEASE / 3


def test_U8_what_is_dead_for_one_is_dead_for_the_other(setting: Setting) -> None:
    one, two = setting.gateways
    asked = {**BODY, "model": "replaced"}
    states = b'lockgate_upstream_state{state="%s",upstream="dead/replaced"} 1'
    assert states % b"well" in request(two.admin, "GET", "/metrics").body

    for _ in range(5):
        assert request(one.url, "POST", PATH, asked, {"authorization": f"Bearer {PLAIN}"}).status == 200

    for gateway in (one, two):
        eventually(lambda: states % b"out" in request(gateway.admin, "GET", "/metrics").body)  # noqa: B023


def test_a_password_that_changed_is_used_without_a_restart(setting: Setting) -> None:
    """The way an operator goes: Redis first, then the file; connections that were open are cut."""
    one, two = setting.gateways
    new = secrets.token_hex(16)
    setting.redis.ask("CONFIG", "SET", "requirepass", new)
    setting.redis.password = new
    setting.redis.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    eventually(lambda: told(one, signed()) == "503 auth_unavailable")

    setting.password.write_text(new)

    for gateway in (one, two):
        eventually(lambda: [told(gateway, signed()) for _ in range(4)] == ["200"] * 4)  # noqa: B023
    eventually(lambda: all(map(_counted_there, setting.gateways)))
    assert not any(new in gateway.stderr for gateway in setting.gateways)


def _counted_there(gateway: Running) -> bool:
    """Limits are in Redis again, and not with each worker alone."""
    return b"lockgate_limits_alone 0.0" in request(gateway.admin, "GET", "/metrics").body


def test_r1_without_redis_no_signature_is_taken_and_keys_go_on(setting: Setting) -> None:
    setting.redis.stop()
    one = setting.gateways[0]

    assert {told(one, signed()) for _ in range(6)} == {"503 auth_unavailable"}
    plain = {"authorization": f"Bearer {PLAIN}"}
    assert told(one, plain) == "200"
    assert told(one, {**plain, "idempotency-key": "away"}) == "503 idempotency_unavailable"
