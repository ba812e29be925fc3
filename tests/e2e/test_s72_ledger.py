"""S72, I10: whenever the client leaves and however the upstream breaks, there is a ledger row, and nothing stays reserved."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from lockgate.app.limits import limits
from lockgate.app.load import load
from lockgate.core.limit import Claim
from lockgate.core.limit_store import Place
from lockgate.limits.lmdb import plugin as lmdb
from lockgate.pipeline.applies import counter
from tests.e2e.process import Running, eventually, request, running
from tests.e2e.upstream import Mark, Upstream

MOST = 100
FAMILIES = ("openai", "anthropic", "gemini")
CONFIG = """\
version: 1
data: ./data
audit: {{patience: 10s}}
providers:
  openai: {{kind: openai, base_url: "http://127.0.0.1:{port}/openai/v1", api_key: {{env: KEY}}, timeouts: {hasty}}}
  anthropic: {{kind: anthropic, base_url: "http://127.0.0.1:{port}/anthropic", api_key: {{env: KEY}}, timeouts: {hasty}}}
  gemini: {{kind: gemini, base_url: "http://127.0.0.1:{port}/gemini", api_key: {{env: KEY}}, timeouts: {hasty}}}
models:
  m@openai: {{targets: [{{provider: openai}}], max_output_tokens: 100}}
  m@anthropic: {{targets: [{{provider: anthropic}}], max_output_tokens: 100}}
  m@gemini: {{targets: [{{provider: gemini}}], max_output_tokens: 100}}
  gone: {{targets: [{{provider: openai}}], max_output_tokens: 100}}
prices: {{"openai/*": {price}, "anthropic/*": {price}, "gemini/*": {price}}}
teams:
  shop: {{models: ["*"], limits: [{{kind: concurrency, max: 50}}], budgets: [{{max_usd: 1000, per: 30d}}]}}
keys:
  - {{name: tester, team: shop, secret: {{env: KEY}}}}
"""
HASTY = "{first_byte: 3s, between_chunks: 700ms}"


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Upstream, Running]]:
    """In the end what the store says is what the records say, and nothing is held."""
    with Upstream() as upstream:
        text = CONFIG.format(port=upstream.port, hasty=HASTY, price="{input: 1000, output: 10000}")
        with running(tmp_path_factory.mktemp("ledger"), text) as gateway:
            yield upstream, gateway
            eventually(lambda: "lockgate_reservations_open 0.0" in metrics(gateway))
            logged = sum(
                charge[2] for line in gateway.lines() if line["kind"] == "outcome" for charge in line["charges"]
            )
        assert asyncio.run(money(gateway)) == (logged, 0)
        assert logged > 0


def metrics(gateway: Running) -> str:
    return request(gateway.admin, "GET", "/metrics").body.decode()


async def money(gateway: Running) -> tuple[int, int]:
    (budget,) = [
        limit
        for limit in limits(load(gateway.file, dict(gateway.env)).valid).at["team", "shop"]
        if limit.kind == "cost"
    ]
    store = lmdb().build(Place(gateway.data, "reader"))
    (found,) = await store.read([Claim(counter(budget, "shop"), budget.shape, 0)])
    await store.aclose()
    return found.used, found.held


def asking(gateway: Running, family: str, mark: Mark, *, stream: bool) -> bytes:
    messages = [{"role": "user", "content": mark.text}]
    body = json.dumps({"model": f"m@{family}", "stream": stream, "messages": messages}).encode()
    lines = ("POST /v1/chat/completions HTTP/1.1", "host: gw", f"x-api-key: {gateway.key}")
    lines = (*lines, f"x-request-id: {mark.id}", f"content-length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def charged(outcome: dict[str, Any]) -> None:
    """The row: what it cost is in the record, and the same amount is in the budget."""
    (charge,) = outcome["charges"]
    assert charge[2] == round(float(outcome["cost_usd"]) * 1e9)
    assert charge[2] > 0


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
@pytest.mark.parametrize("phase", ["head", "first", "mid", "last"])
@pytest.mark.parametrize("family", FAMILIES)
def test_S72_the_client_leaves(plant: tuple[Upstream, Running], family: str, phase: str, *, stream: bool) -> None:
    upstream, gateway = plant
    mark = upstream.mark(phase)
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as client:
        client.sendall(asking(gateway, family, mark, stream=stream))
        (got,) = upstream.received(mark)
        assert got.answered.wait(5)
        time.sleep(0.02)  # what was sent is on its way through the gateway, or not: either is good
    outcome = gateway.outcome(mark.id)

    assert outcome["end"] == "client_gone"
    assert outcome["estimated"] or phase == "last"  # where the counts may have come already
    assert outcome["usage"]["input"] > 0
    assert outcome["usage"]["output"] <= MOST
    charged(outcome)


@pytest.mark.parametrize("act", ["reset", "cut", "garbage", "mid"])
@pytest.mark.parametrize("family", FAMILIES)
def test_I3_the_upstream_breaks(plant: tuple[Upstream, Running], family: str, act: str) -> None:
    """In the middle of a stream, or it falls silent there until the time is over."""
    upstream, gateway = plant
    mark = upstream.mark(act)
    body = {"model": f"m@{family}", "stream": True, "messages": [{"role": "user", "content": mark.text}]}
    headers = {"authorization": f"Bearer {gateway.key}", "x-request-id": mark.id}
    with suppress(OSError):
        request(gateway.url, "POST", "/v1/chat/completions", body, headers)
    outcome = gateway.outcome(mark.id)

    assert outcome["end"] == "upstream_error"
    assert outcome["estimated"]
    charged(outcome)


def test_what_never_reached_a_model_costs_nothing(plant: tuple[Upstream, Running]) -> None:
    upstream, gateway = plant
    for act in ("503", "429", "refuse"):
        mark = upstream.mark(act)
        body = {"model": "m@openai", "messages": [{"role": "user", "content": mark.text}]}
        headers = {"authorization": f"Bearer {gateway.key}", "x-request-id": mark.id}
        request(gateway.url, "POST", "/v1/chat/completions", body, headers)

        outcome = gateway.outcome(mark.id)
        assert (outcome["charges"], outcome["cost_usd"]) == ([], None)
