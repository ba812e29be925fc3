"""Alerts end to end: three workers spend one budget, and a webhook is told of each threshold once."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.e2e.process import eventually, request, running
from tests.threaded import serving

CONFIG = """\
version: 1
server: {{workers: 3, drain_seconds: 1}}
data: ./data
alerts: {{url: "http://127.0.0.1:{port}/hook", secret: {{env: HOOK}}}}
providers: {{demo: {{kind: demo}}}}
models: {{demo: {{targets: [{{provider: demo}}], max_output_tokens: 100}}}}
prices: {{demo: {{input: 0, output: 10000}}}}
teams: {{shop: {{models: ["*"], budgets: [{{max_usd: 6, per: month}}]}}}}
keys: [{{name: shop, team: shop, secret: {{env: KEY}}}}]
"""


@contextmanager
def hook() -> Iterator[tuple[int, list[tuple[bytes, str]]]]:
    """A server that takes everything: bodies and signatures."""
    got: list[tuple[bytes, str]] = []

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append((body, self.headers["x-lockgate-signature"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *words: Any) -> None:
            pass

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Takes)) as server:
        yield server.server_port, got


def test_each_threshold_is_told_once_over_all_workers(tmp_path: Path) -> None:
    key, secret = "lg-" + secrets.token_urlsafe(40), secrets.token_hex(20)
    with (
        hook() as (port, got),
        running(tmp_path, CONFIG.format(port=port), env={"HOOK": secret, "KEY": key}) as gateway,
    ):

        def ask(_: int) -> int:
            body = {"model": "demo", "max_tokens": 100, "messages": [{"role": "user", "content": "hello"}]}
            return request(gateway.url, "POST", "/v1/chat/completions", body, {"authorization": f"Bearer {key}"}).status

        with ThreadPoolExecutor(6) as pool:
            told = [status for _ in range(25) for status in pool.map(ask, range(6))]
        assert {200, 429} >= set(told) >= {429}

        eventually(lambda: len(got) >= 3)
        assert eventually(lambda: "100 % reached" in gateway.stderr)

    alerts = [json.loads(body) for body, _ in got]
    assert sorted(alert["percent"] for alert in alerts) == [50, 80, 100]
    assert {(alert["budget"], alert["max_usd"]) for alert in alerts} == {("team/shop:cost:month:UTC", "6")}
    assert all(alert["whose"] == {"team": "shop"} for alert in alerts)
    for body, signature in got:
        at, seal = (part.partition("=")[2] for part in signature.split(","))
        assert seal == hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert secret not in gateway.stderr
